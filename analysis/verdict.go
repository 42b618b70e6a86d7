package analysis

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"patchbench/analysis/stats"
	"patchbench/results"
)

// decide gives c its verdict by the rule of the package comment. Which pairs
// were lost may depend on the outcome, so with any of them there is no proof
// of no loss. comparisons is how many the p-values were adjusted for, and
// seconds the wall time of a sample.
func (c *Comparison) decide(p *results.Protocol, comparisons int, seconds float64) {
	c.Verdict = Inconclusive
	noLoss := c.Upper < c.Margin
	switch {
	case c.Pairs < p.MinPairs:
		c.Basis = fmt.Sprintf("%s, a verdict needs %d", plural(c.Pairs, "pair"), p.MinPairs)
	case noLoss && c.Lost > 0:
		c.Basis = fmt.Sprintf("%s of %d have no usable value", plural(c.Lost, "pair"), c.Lost+c.Pairs)
	case noLoss && c.Upper < 0 && c.PBetterHolm <= p.Alpha:
		c.Verdict = Improvement
		c.Basis = fmt.Sprintf("%s, %s", c.change(), plural(c.Pairs, "pair"))
	case noLoss:
		c.Verdict = NoLoss
		c.Basis = fmt.Sprintf("a loss beyond %s is excluded by %s", percent(c.Margin), plural(c.Pairs, "pair"))
	case c.Lower > 0 && c.PWorseHolm <= p.Alpha:
		c.Verdict = Regression
		c.Basis = fmt.Sprintf("%s, %s", c.change(), plural(c.Pairs, "pair"))
	case c.Lower > 0:
		c.Basis = fmt.Sprintf("%s, which chance alone can bring about among %s (Holm's p = %.2g)", c.change(), plural(comparisons, "comparison"), c.PWorseHolm)
	case math.IsInf(c.Upper, 1):
		c.Basis = fmt.Sprintf("%s exclude nothing", plural(c.Pairs, "pair"))
	default:
		c.Basis = fmt.Sprintf("a loss beyond %s can't be excluded, only one beyond %s", percent(c.Margin), percentUp(c.ProvenMargin))
	}
	if c.Verdict != Inconclusive || noLoss && c.Lost > 0 && c.Pairs >= p.MinPairs {
		return
	}
	spread := c.Spread
	if c.EffectivePairs > 0 {
		spread *= math.Sqrt(float64(c.Pairs) / c.EffectivePairs)
	}
	needed := stats.PairsNeeded(spread, math.Log1p(c.Margin), p.Alpha)
	if c.Margin <= 0 && c.Pairs >= p.MinPairs {
		return // no number of pairs proves a loss of nothing
	}
	if l := c.Layouts; l != nil && l.Wider {
		n, ok := l.groups.PairsNeeded(l.Layouts, math.Log1p(c.Margin), p.Alpha)
		if !ok {
			c.Basis += fmt.Sprintf("; more pairs would not do, as the %d code layouts alone differ too much", l.Layouts)
			return
		}
		needed = max(needed, n)
	}
	// The pairs there are did not do, and pairs come two to a block.
	needed = max(needed, p.MinPairs, c.Pairs+1)
	c.PairsNeeded = needed + needed%2
	c.SecondsNeeded = float64(2*c.PairsNeeded) * seconds
}

// adjust fills in the p-values that account for how many primary metrics the
// run has.
func adjust(comparisons []*Comparison) {
	var worse, better []float64
	for _, c := range comparisons {
		worse, better = append(worse, c.PWorse), append(better, c.PBetter)
	}
	worse, better = stats.Holm(worse), stats.Holm(better)
	for i, c := range comparisons {
		c.PWorseHolm, c.PBetterHolm = worse[i], better[i]
	}
}

// adjustExploratory fills in Q of the comparisons that have pairs.
func adjustExploratory(comparisons []*Comparison) {
	comparisons = slices.DeleteFunc(comparisons, func(c *Comparison) bool { return c.Pairs == 0 })
	var p []float64
	for _, c := range comparisons {
		p = append(p, min(1, 2*min(c.PWorse, c.PBetter)))
	}
	for i, q := range stats.BenjaminiHochberg(p) {
		comparisons[i].Q = q
	}
}

// decide gives b its verdict from its primary metrics, which have theirs.
func (b *Benchmark) decide() {
	var improved, lossless, open []string
	for _, c := range b.Comparisons {
		text := c.Unit + ": " + c.Basis
		switch c.Verdict {
		case Regression:
			if b.Verdict != Regression {
				b.Verdict, b.Basis = Regression, text
			}
		case Improvement:
			improved = append(improved, text)
		case NoLoss:
			lossless = append(lossless, text)
		default:
			open = append(open, text)
		}
	}
	switch {
	case b.Verdict == Regression:
	case len(open) > 0:
		b.Verdict, b.Basis = Inconclusive, open[0]
	case len(improved) > 0:
		b.Verdict, b.Basis = Improvement, improved[0]
	case len(lossless) > 0:
		b.Verdict, b.Basis = NoLoss, strings.Join(lossless, "; ")
	default:
		b.Verdict, b.Basis = Inconclusive, "no primary metric"
	}
}

// apart reports whether b's verdict does not count for the patch: it never ran
// the changed code, and shows no harm.
func (b *Benchmark) apart() bool {
	return b.Exposure != nil && b.Exposure.Reach == NotExposed && (b.Verdict == NoLoss || b.Verdict == Improvement)
}

// decide gives the run its verdict from its benchmarks, which have theirs.
func (a *Analysis) decide() {
	n := make(map[Verdict]int)
	for i := range a.Benchmarks {
		if b := &a.Benchmarks[i]; !b.apart() {
			n[b.Verdict]++
		}
	}
	switch {
	case n[Broken] > 0:
		a.Verdict = Broken
	case n[Regression] > 0:
		a.Verdict = Regression
	case a.Claim != nil && a.Claim.Standing == ClaimRefuted:
		a.Verdict = Refuted
	case n[Inconclusive] > 0 || len(a.Benchmarks) == 0 || !a.Complete || a.noneExposed(),
		a.Claim != nil && a.Claim.Standing == ClaimOpen:
		a.Verdict = Inconclusive
	case n[Improvement] > 0 || a.Claim != nil:
		a.Verdict = Improvement
	default:
		a.Verdict = NoLoss
	}
	a.ExitCode = a.Verdict.ExitCode()
}

// noneExposed reports whether benchmarks were measured, but none that ran the
// changed code as far as is known.
func (a *Analysis) noneExposed() bool {
	measured := 0
	for i := range a.Benchmarks {
		if e := a.Benchmarks[i].Exposure; e != nil {
			if e.Reach != NotExposed {
				return false
			}
			measured++
		}
	}
	return measured > 0
}

// severity orders verdicts, worst first.
func (v Verdict) severity() int {
	return slices.Index([]Verdict{Broken, Regression, Inconclusive, NoLoss, Improvement}, v)
}

// worst is the largest upper bound of b's primary metrics, −Inf without any.
func (b *Benchmark) worst() float64 {
	upper := math.Inf(-1)
	for _, c := range b.Comparisons {
		upper = max(upper, c.Upper)
	}
	return upper
}

// sortWorstFirst orders benchmarks by severity, then by how large a loss the
// data still allow, then by name.
func sortWorstFirst(benchmarks []Benchmark) {
	slices.SortStableFunc(benchmarks, func(x, y Benchmark) int {
		return cmp.Or(
			cmp.Compare(x.Verdict.severity(), y.Verdict.severity()),
			cmp.Compare(y.worst(), x.worst()),
			strings.Compare(x.Name, y.Name),
		)
	})
}
