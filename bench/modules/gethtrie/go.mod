module patchbench.invalid/gethtrie

go 1.16

require (
	github.com/ethereum/go-ethereum v1.9.24
)
