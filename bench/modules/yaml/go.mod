module patchbench.invalid/yaml

go 1.16

require (
	gopkg.in/yaml.v3 v3.0.0-20200615113413-eeeca48fe776
)
