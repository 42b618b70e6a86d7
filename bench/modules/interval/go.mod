module patchbench.invalid/interval

go 1.16

require (
	github.com/biogo/store v0.0.0-20200525035639-8c94ae1e7c9c
)
