module patchbench.invalid/immutable

go 1.16

require (
	github.com/benbjohnson/immutable v0.2.1
)
