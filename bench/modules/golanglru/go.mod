module patchbench.invalid/golanglru

go 1.16

require (
	github.com/hashicorp/golang-lru v0.5.4
)
