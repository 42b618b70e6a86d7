module patchbench.invalid/btree

go 1.16

require (
	github.com/google/btree v1.0.0
)
