module patchbench.invalid/freecache

go 1.16

require (
	github.com/coocood/freecache v1.1.1
)
