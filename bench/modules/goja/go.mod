module patchbench.invalid/goja

go 1.16

require (
	github.com/dop251/goja v0.0.0-20211022113120-dc8c55024d06
)
