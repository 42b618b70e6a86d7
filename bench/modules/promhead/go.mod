module patchbench.invalid/promhead

go 1.16

require (
	github.com/prometheus/prometheus v1.8.2-0.20201119181812-c8f810083d3f
)
