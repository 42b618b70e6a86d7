module patchbench.invalid/artree

go 1.16

require (
	github.com/plar/go-adaptive-radix-tree v1.0.4
	github.com/stretchr/testify v1.6.1
)
