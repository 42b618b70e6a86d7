module patchbench.invalid/dtrie

go 1.16

require (
	github.com/Workiva/go-datastructures v1.0.52
	github.com/stretchr/testify v1.6.1
)
