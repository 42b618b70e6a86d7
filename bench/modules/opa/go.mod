module patchbench.invalid/opa

go 1.16

require (
	github.com/open-policy-agent/opa v0.25.2
)
