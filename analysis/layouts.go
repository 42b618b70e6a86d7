package analysis

import (
	"maps"
	"slices"

	"patchbench/analysis/stats"
)

// spreadOverLayouts takes the layouts of c's pairs as a sample of all there
// could be. The signed-rank bounds know nothing of layouts: those of the
// random-effects model take their place where they are wider.
func (c *Comparison) spreadOverLayouts(alpha float64) {
	if !slices.ContainsFunc(c.Differences, func(d PairDifference) bool { return d.Layout != c.Differences[0].Layout }) {
		return
	}
	byLayout := make(map[int][]float64)
	for _, d := range c.Differences {
		byLayout[d.Layout] = append(byLayout[d.Layout], d.D)
	}
	var groups [][]float64
	for _, layout := range slices.Sorted(maps.Keys(byLayout)) {
		groups = append(groups, byLayout[layout])
	}
	g, ok := stats.NewGroups(groups)
	if !ok {
		return
	}
	low, high := g.Bounds(alpha)
	e := &LayoutEffect{Layouts: len(groups), Share: g.Share(), Lower: relative(low), Upper: relative(high), groups: g}
	c.Layouts = e
	if g.Between == 0 {
		return
	}
	e.Wider = e.Lower < c.Lower || e.Upper > c.Upper
	c.Lower, c.Upper = min(c.Lower, e.Lower), max(c.Upper, e.Upper)
	c.PWorse, c.PBetter = max(c.PWorse, g.PGreater(0)), max(c.PBetter, g.PLess(0))
	c.PWorseHolm, c.PBetterHolm = c.PWorse, c.PBetter
	c.ProvenMargin = max(0, c.Upper)
}
