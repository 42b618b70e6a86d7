package report

import (
	"fmt"
	"strings"

	"patchbench/results"
)

// layoutLines says in how many layouts the benchmarks were measured, and how
// they were made.
func layoutLines(p *results.Protocol) []string {
	one := 0
	var several []string
	for i := range p.Benchmarks {
		b := &p.Benchmarks[i]
		if !b.Measured() {
			continue
		}
		if len(b.Layouts) < 2 {
			one++
			continue
		}
		var names []string
		for _, l := range b.Layouts {
			names = append(names, l.Name)
		}
		text := fmt.Sprintf("%s a side: %s", count(len(names), "layout"), strings.Join(names, ", "))
		if len(several) == 0 || several[len(several)-1] != text {
			several = append(several, text)
		}
	}
	switch {
	case one == 0 && several == nil:
		return []string{"nothing was measured"}
	case several == nil:
		return []string{"one layout a side"}
	case one > 0:
		several = append(several, "one layout a side of the other benchmarks")
	}
	return several
}
