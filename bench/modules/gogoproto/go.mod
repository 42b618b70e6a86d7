module patchbench.invalid/gogoproto

go 1.16

require (
	github.com/gogo/protobuf v1.3.1
)
