module patchbench.invalid/xhtml

go 1.16

require (
	golang.org/x/net v0.0.0-20201224014010-6772e930b67b
)
