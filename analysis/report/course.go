package report

import (
	"fmt"
	"math"
	"slices"

	"patchbench/analysis"
	"patchbench/analysis/stats"
)

// fewestForCourse is how many pairs it takes for a running median to say
// anything.
const fewestForCourse = 10

// course draws the running median of c's differences: what a drift or a spell
// looks like without the noise.
func (d *diary) course(out *drawing, y axis, c analysis.Comparison) {
	if len(c.Differences) < fewestForCourse {
		return
	}
	class := "course"
	if unsteady(&c) != "" {
		class += " unsteady"
	}
	fromX, fromY := 0.0, math.NaN()
	for i, m := range runningMedian(c.Differences) {
		x, _ := d.across(c.Differences[i])
		at, _ := y.at(math.Expm1(m))
		if !math.IsNaN(fromY) && !math.IsNaN(at) {
			out.line(class, fromX, fromY, x, at)
		}
		fromX, fromY = x, at
	}
	out.WriteByte('\n')
}

// runningMedian is the median of each difference and those around it, a quarter
// of all but seven at least. At the ends there are fewer of them.
func runningMedian(all []analysis.PairDifference) []float64 {
	half := max(3, len(all)/8)
	var d, medians []float64
	for _, p := range all {
		d = append(d, p.D)
	}
	for i := range d {
		medians = append(medians, stats.Median(d[max(0, i-half):min(len(d), i+half+1)]))
	}
	return medians
}

// unsteady says how c's differences are not of one kind over the run; it is
// empty where they seem to be.
func unsteady(c *analysis.Comparison) string {
	switch {
	case c.EffectivePairs > 0 && c.Trend != 0:
		return fmt.Sprintf("drifts; %s are worth %.0f", count(c.Pairs, "pair"), c.EffectivePairs)
	case c.EffectivePairs > 0:
		return fmt.Sprintf("clusters: %s are worth %.0f", count(c.Pairs, "pair"), c.EffectivePairs)
	case c.Trend != 0:
		return "drifts"
	}
	return ""
}

// Unsteady reports whether some metric's differences are not of one kind over
// the run, so that the plot is to be looked at.
func (d *diary) Unsteady() bool {
	return slices.ContainsFunc(d.metrics, func(c analysis.Comparison) bool { return unsteady(&c) != "" })
}
