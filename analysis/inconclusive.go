package analysis

import (
	"fmt"
	"math"
	"slices"

	"patchbench/results"
)

// inconclusiveClause says what keeps the run from a verdict, the least
// informative reason first: nothing measured, too little measured, or data
// that allow both answers.
func (a *Analysis) inconclusiveClause() (clause string) {
	open := a.measuredOf(Inconclusive)
	if spared := len(a.with(Inconclusive)) - len(open); spared > 0 {
		if len(open) == 0 {
			return fmt.Sprintf("nothing speaks against after on what was measured, but %d of %s %s not, as the budget can't decide %s%s",
				spared, plural(len(a.Benchmarks), "benchmark"), wasWere(spared), itThem(spared), a.unfinished())
		}
		defer func() {
			clause += fmt.Sprintf("; %d more %s not measured, as the budget can't decide %s", spared, wasWere(spared), itThem(spared))
		}()
	}
	ofAll := fmt.Sprintf("%d of %s", len(open), plural(len(a.Benchmarks), "benchmark"))
	if len(a.Benchmarks) == 0 {
		return "the protocol names no benchmark"
	}
	if len(open) == 0 && a.noneExposed() {
		return "no benchmark that was measured ever ran the changed code" + a.unfinished()
	}
	if len(open) == 0 {
		return "nothing speaks against after so far, but " + a.breakOff()
	}
	fewest, most, lost := math.MaxInt, 0, false
	var undecided []*Comparison // with enough pairs
	for _, b := range open {
		for i := range b.Comparisons {
			c := &b.Comparisons[i]
			fewest, most = min(fewest, c.Pairs), max(most, c.Pairs)
			lost = lost || c.Lost > 0
			if c.Verdict == Inconclusive && c.Pairs >= a.Protocol.MinPairs && c.Upper >= c.Margin {
				undecided = append(undecided, c)
			}
		}
	}
	switch {
	case len(undecided) > 0:
		return a.undecidedClause(undecided, lost, ofAll) + a.unfinished()
	case lost:
		return "pairs without a usable value leave " + ofAll + " open" + a.unfinished()
	case most == 0 && a.Noise.Excluded > 0:
		return fmt.Sprintf("no pair of samples is left on %s%s%s", ofAll, a.excluded(), a.unfinished())
	case most == 0:
		return "no pair of samples was measured on " + ofAll + a.unfinished()
	}
	pairs := plural(most, "pair")
	if fewest < most {
		pairs = fmt.Sprintf("%d to %s", fewest, pairs)
	}
	return fmt.Sprintf("%s measured on %s, where a verdict needs %d%s%s", pairs, ofAll, a.Protocol.MinPairs, a.excluded(), a.unfinished())
}

// excluded is a clause on blocks that were left out; it is empty if none was.
func (a *Analysis) excluded() string {
	if a.Noise.Excluded == 0 {
		return ""
	}
	return fmt.Sprintf("; %s left out by the protocol's rule", were(a.Noise.Excluded, "block"))
}

// measuredOf lists the benchmarks of one verdict that the budget had time for.
func (a *Analysis) measuredOf(v Verdict) []*Benchmark {
	return slices.DeleteFunc(a.with(v), func(b *Benchmark) bool {
		p := a.Protocol.Benchmark(b.Name)
		return p != nil && p.Unmeasured != ""
	})
}

func wasWere(n int) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

func itThem(n int) string {
	if n == 1 {
		return "it"
	}
	return "them"
}

// undecidedClause states the loss that is excluded everywhere and the one that
// is not. That no bound is beyond the largest of them holds at the level of a
// single one: whichever benchmark is truly worst, its own bound would have to
// miss.
func (a *Analysis) undecidedClause(undecided []*Comparison, lost bool, ofAll string) string {
	loss := "a loss of " + percent(undecided[0].Margin)
	for _, c := range undecided {
		if c.Margin != undecided[0].Margin {
			loss = "a loss beyond its margin"
		}
	}
	name, worst := extreme(a.with(""), "", func(c *Comparison) float64 { return c.Upper })
	if math.IsInf(worst.Upper, 1) || lost {
		return loss + " can't be excluded on " + ofAll
	}
	open := len(a.measuredOf(Inconclusive))
	n := len(a.Benchmarks) - (len(a.with(Inconclusive)) - open)
	scope, where := fmt.Sprintf("any of %s%s", plural(n, "benchmark"), a.unmeasured()), fmt.Sprintf(" on %d of them", open)
	switch {
	case n == 1:
		scope, where = name, ""
	case n == open:
		where = " on any of them"
	}
	text := fmt.Sprintf("after is no %s by more than %s on %s, but %s can't be excluded%s",
		a.worse(), percentUp(max(0, worst.Upper)), scope, loss, where)
	if name, c := extreme(a.with(""), Inconclusive, func(c *Comparison) float64 { return c.Lower }); c.Lower > 0 {
		text += fmt.Sprintf(", and %s looks %s (%s), which may be chance", name, c.change(), c.Unit)
	}
	return text
}

// worse is the word for a change for the worse that fits all primary metrics.
func (a *Analysis) worse() string {
	word := ""
	for _, m := range primaryMetrics(a.Protocol) {
		switch w := worseWord(m); word {
		case "", w:
			word = w
		default:
			return "worse"
		}
	}
	return word
}

func worseWord(m results.Metric) string {
	worse, _ := words(m)
	return worse
}
