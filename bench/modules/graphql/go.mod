module patchbench.invalid/graphql

go 1.16

require (
	github.com/graphql-go/graphql v0.7.9
)
