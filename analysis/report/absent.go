package report

import (
	"strings"

	"patchbench/results"
)

// An absence is something of the suite that the run does not have, and why.
type absence struct{ Name, Reason string }

// absences lists what of the suite could not be had.
func absences(p *results.Protocol) []absence {
	var list []absence
	for _, line := range p.Missing {
		name, why, ok := strings.Cut(line, ": ")
		if !ok {
			name, why = "", line
		}
		list = append(list, absence{clip(name, 100), clip(why, 300)})
	}
	return list
}
