package analysis

import (
	"math"
	"slices"
	"strings"

	"golang.org/x/perf/benchfmt"
	"golang.org/x/perf/benchmath"

	"patchbench/analysis/stats"
	"patchbench/results"
)

// compare computes everything about metric m that needs no look at other
// comparisons: all but the verdict and the adjusted p-values. It is judged at
// looks, or once at alpha if that is nil. The comparison keeps obs.
func compare(m results.Metric, obs observations, alpha float64, looks *looks) Comparison {
	c := Comparison{Metric: m, Pairs: len(obs.pairs), Differences: obs.pairs}
	before, after, d := obs.before, obs.after, make([]float64, len(obs.pairs))
	for i := range obs.pairs {
		d[i] = obs.pairs[i].D
	}
	c.BeforeSpread, c.AfterSpread = stats.Variation(before), stats.Variation(after)
	stats.Ascend(before)
	stats.Ascend(after)
	c.Before, c.After = stats.Median(before), stats.Median(after)
	if looks == nil {
		c.estimate(d, alpha)
		c.spreadOverLayouts(alpha)
	} else {
		c.Spread, c.EffectivePairs = stats.Spread(d), c.effective(d)
		c.monitor(looks)
		if looks.roughly {
			return c
		}
	}

	// As benchstat does it, ties, errors and all.
	thresholds := benchmath.DefaultThresholds
	c.MannWhitneyP = benchmath.AssumeNothing.Compare(
		benchmath.NewSample(before, &thresholds), benchmath.NewSample(after, &thresholds)).P
	return c
}

// estimate fills in what follows from the differences d alone.
func (c *Comparison) estimate(d []float64, alpha float64) {
	test := stats.NewSignedRank(d)
	c.Spread = test.Spread()
	c.Effect = relative(test.Center())
	c.bound(test, alpha)
	c.crossCheck(d, alpha)
	c.widen(d, test)
}

// bound fills in what is sure by test.
func (c *Comparison) bound(test *stats.SignedRank, alpha float64) {
	c.Lower, c.Upper = relative(test.Lower(alpha)), relative(test.Upper(alpha))
	c.PWorse, c.PBetter = test.PGreater(0), test.PLess(0)
	c.settleBounds()
}

// settleBounds fills in what follows from c's bounds and p-values.
func (c *Comparison) settleBounds() {
	c.PWorseHolm, c.PBetterHolm = c.PWorse, c.PBetter
	c.ProvenMargin = max(0, c.Upper)
}

// crossCheck fills in what paired t makes of the differences d.
func (c *Comparison) crossCheck(d []float64, alpha float64) {
	mean, low, high := stats.PairedT(d, alpha)
	c.TEffect, c.TLower, c.TUpper = relative(mean), relative(low), relative(high)
}

// relative turns the logarithm of a ratio into a relative change: 0.02 is 2 %
// more. Infinite bounds stay what they are, since −Inf would pass for −100 %.
func relative(x float64) float64 {
	if math.IsInf(x, 0) {
		return x
	}
	return math.Expm1(x)
}

// exploratory lists the units that both sides of r reported beside the primary
// ones, in alphabetical order, with what is known of them.
func (r *record) exploratory(p *results.Protocol) []results.Metric {
	return r.others(p, func(before, after bool) bool { return before && after })
}

// oneSided lists what only one side of r reported, in alphabetical order: there
// is nothing to compare, but that is worth knowing.
func (r *record) oneSided(p *results.Protocol) []Comparison {
	var list []Comparison
	for _, m := range r.others(p, func(before, after bool) bool { return before != after }) {
		c := compare(m, observations{}, p.Alpha, nil)
		c.Basis = r.useless(m.Unit, "")
		list = append(list, c)
	}
	return list
}

// others lists the units that r reported as wanted beside the primary ones.
func (r *record) others(p *results.Protocol, wanted func(before, after bool) bool) []results.Metric {
	var metrics []results.Metric
	for _, column := range r.columns {
		if !wanted(column.before, column.after) || hasUnit(r.benchmark.Primary, column.unit) {
			continue
		}
		m := describe(column.unit, p.Units)
		m.Margin = 0
		metrics = append(metrics, m)
	}
	slices.SortFunc(metrics, func(a, b results.Metric) int { return strings.Compare(a.Unit, b.Unit) })
	return metrics
}

// describe says what sort of quantity unit is: as declared, as every process
// has it, or by the spelling and the defaults of the Go benchmark format.
func describe(unit string, declared []results.Metric) results.Metric {
	known := slices.Concat(declared, []results.Metric{results.OpMetric}, results.ProcessMetrics())
	for _, m := range known {
		if m.Unit == unit {
			return m
		}
	}
	m := results.Metric{Unit: unit, Kind: results.Count}
	switch head, _, _ := strings.Cut(unit, "/"); {
	case head == "sec" || strings.HasSuffix(head, "-sec"):
		m.Kind = results.Time
	case unit == "B/op" || strings.HasSuffix(head, "-bytes"):
		m.Kind = results.Space
	}
	switch benchfmt.UnitMetadataMap(nil).GetBetter(unit) {
	case -1:
		m.Better = "lower"
	case 1:
		m.Better = "higher"
	}
	return m
}
