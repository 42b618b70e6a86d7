package report

import (
	"fmt"

	"patchbench/analysis"
	"patchbench/analysis/prof"
)

// A functionRow is one function's share of CPU on both sides.
type functionRow struct {
	Name                              string
	FlatBefore, FlatAfter             string
	Change, Noise                     string
	Beyond                            bool // the change exceeds its noise band
	CumulativeBefore, CumulativeAfter string
}

// functionRows lists the functions whose share of CPU changed most, and says
// in words what they rest on or what is missing.
func functionRows(b *analysis.Benchmark) (table []functionRow, note string) {
	if b.Profile == nil {
		return nil, "No CPU profiles of both sides were taken of this benchmark."
	}
	p := b.Profile
	note = fmt.Sprintf("%d and %d CPU samples from %s before and %d after, unscored. Changes are in percentage points. The noise band is two standard errors, a floor because samples of one process depend on each other; a change within it says nothing.",
		p.Samples[0], p.Samples[1], count(p.Processes[0], "profile"), p.Processes[1])
	if len(p.Functions) == 0 {
		return nil, note + " No function changed its share."
	}
	for _, f := range p.Functions {
		table = append(table, newFunctionRow(f))
	}
	return table, note
}

func newFunctionRow(f prof.FunctionDiff) functionRow {
	return functionRow{
		Name:       clip(f.Name, 120),
		FlatBefore: share(f.Flat[0]), FlatAfter: share(f.Flat[1]),
		Change: percent(f.Change()), Noise: "±" + share(f.Noise), Beyond: f.Beyond(),
		CumulativeBefore: share(f.Cumulative[0]), CumulativeAfter: share(f.Cumulative[1]),
	}
}
