package report

import (
	"cmp"
	"fmt"
	"slices"

	"patchbench/analysis"
)

// notableQ is the share of false discoveries that exploratory metrics are
// marked at (Benjamini and Hochberg 1995).
const notableQ = 0.1

// A hintList is what stands out among all exploratory metrics of a run.
type hintList struct {
	Note string
	Rows []row // likeliest first
}

// hints lists the exploratory metrics below notableQ.
func hints(a *analysis.Analysis) hintList {
	type hint struct {
		row row
		q   float64
	}
	var passed []hint
	compared := 0
	ids := anchors{}
	for i := range a.Benchmarks {
		b := &a.Benchmarks[i]
		anchor := ids.of(b.Name)
		for j := range b.Exploratory {
			c := &b.Exploratory[j]
			if c.Pairs == 0 {
				continue
			}
			compared++
			if c.Q < notableQ {
				r := newRow(c)
				r.Name, r.Anchor = clean(b.Name), anchor
				passed = append(passed, hint{r, c.Q})
			}
		}
	}
	slices.SortStableFunc(passed, func(x, y hint) int { return cmp.Compare(x.q, y.q) })
	var list hintList
	for _, h := range passed {
		list.Rows = append(list.Rows, h.row)
	}
	switch {
	case compared == 0:
		list.Note = "No exploratory metric was compared."
	case len(passed) == 0:
		list.Note = fmt.Sprintf("Nothing passed: none of %s has q below %g.", count(compared, "exploratory metric"), notableQ)
	default:
		list.Note = fmt.Sprintf("Hints where to measure next, no findings: %d of %s with q below %g, of which about one in ten may be chance (Benjamini and Hochberg). No verdict rests on them.",
			len(passed), count(compared, "exploratory metric"), notableQ)
	}
	return list
}
