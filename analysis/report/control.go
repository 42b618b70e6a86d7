package report

import (
	"fmt"

	"patchbench/analysis"
)

// A controlRow is what before against its copy shows, beside before against
// after.
type controlRow struct {
	Name    string
	Metric  string
	Control row // A/A
	Patch   row // A/B
	P       string
	Calls   bool
}

// A controlPart is the report's part on the run's own control.
type controlPart struct {
	Sound      string // in a sentence, whether the run passes
	Note       string
	Metrics    []controlRow
	Benchmarks []controlRow
}

// control is nil for a run without a control.
func control(a *analysis.Analysis) *controlPart {
	c := a.Control
	if c == nil {
		return nil
	}
	part := &controlPart{
		Sound: "Before and its copy, where there is nothing to find, differ by no more than chance brings about.",
		Note: fmt.Sprintf("In about one block of five before was also paired with a copy of before, built apart, where there is nothing to find. "+
			"Pooled over %s that have such pairs; a difference is called at p ≤ %g, by Holm over the metrics, which chance brings about in one sound run of a hundred.",
			count(c.Benchmarks, "benchmark"), c.Level),
	}
	few, sound := true, true
	for i := range c.Metrics {
		m := &c.Metrics[i]
		few = few && m.Control.Pairs < a.Protocol.MinPairs
		sound = sound && !m.Calls
		if m.Calls {
			part.Sound = "Before and its copy differ though they are the same: what this run says of the patch can't be trusted."
		}
		part.Metrics = append(part.Metrics, controlRow{
			Name: "all benchmarks", Metric: clean(m.Control.Unit), Control: newRow(&m.Control), Patch: newRow(&m.Patch),
			P: probability(m.P), Calls: m.Calls,
		})
	}
	if few && sound {
		part.Sound = "Too few pairs with the control to tell anything."
	}
	for i := range a.Benchmarks {
		b := &a.Benchmarks[i]
		for j := range b.Control {
			if j < len(b.Comparisons) && b.Comparisons[j].Unit == b.Control[j].Unit {
				part.Benchmarks = append(part.Benchmarks, controlRow{
					Name: clean(b.Name), Metric: clean(b.Control[j].Unit), Control: newRow(&b.Control[j]), Patch: newRow(&b.Comparisons[j]),
				})
			}
		}
	}
	return part
}
