module patchbench.invalid/buntdb

go 1.16

require (
	github.com/tidwall/buntdb v1.1.2
)
