module patchbench.invalid/tally

go 1.16

require (
	github.com/uber-go/tally v3.3.17+incompatible
	github.com/stretchr/testify v1.6.1
)
