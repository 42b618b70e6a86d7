module patchbench.invalid/blackfriday

go 1.16

require (
	github.com/russross/blackfriday/v2 v2.1.0
)
