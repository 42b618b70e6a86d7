module patchbench.invalid/sqlparser

go 1.16

require (
	github.com/xwb1989/sqlparser v0.0.0-20180606152119-120387863bf2
)
