package analysis

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"patchbench/results"
)

// sentence answers the question of the run in one sentence, from verdicts that
// are settled. It needs Benchmarks in order, worst first.
func (a *Analysis) sentence() string {
	switch a.Verdict {
	case Broken:
		return "Broken: " + a.brokenClause() + "."
	case Regression:
		return "Regression: " + a.regressionClause() + "."
	case Improvement:
		return "Improvement: " + a.improvementClause() + "."
	case NoLoss:
		if a.measured() == 0 {
			return "No difference to measure: " + a.sameClause() + "."
		}
		return "No loss: " + a.noLossClause() + "."
	}
	return "Inconclusive: " + a.inconclusiveClause() + "."
}

func (a *Analysis) brokenClause() string {
	broken := a.with(Broken)
	first := broken[0]
	text := fmt.Sprintf("%s gave no result (%s)", first.Name, first.Basis)
	if len(broken) > 1 {
		text = fmt.Sprintf("%d of %s gave no result, among them %s (%s)", len(broken), plural(len(a.Benchmarks), "benchmark"), first.Name, first.Basis)
	}
	var rest []string
	for _, part := range []struct {
		verdict  Verdict
		one, all string
	}{
		{Regression, "regressed", "regressed"},
		{Inconclusive, "is inconclusive", "are inconclusive"},
		{NoLoss, "shows no loss", "show no loss"},
		{Improvement, "improved", "improved"},
	} {
		switch n := len(a.with(part.verdict)); n {
		case 0:
		case 1:
			rest = append(rest, "1 "+part.one)
		default:
			rest = append(rest, fmt.Sprintf("%d %s", n, part.all))
		}
	}
	if len(rest) > 0 {
		text += "; of the others, " + list(rest)
	}
	return text
}

func (a *Analysis) regressionClause() string {
	name, c := a.extreme(Regression, func(c *Comparison) float64 { return c.Effect })
	return fmt.Sprintf("after is %s on %s (%s); %d of %s regressed%s", c.change(), name, c.Unit,
		len(a.with(Regression)), plural(len(a.Benchmarks), "benchmark"), a.unfinished())
}

func (a *Analysis) improvementClause() string {
	name, c := a.extreme(Improvement, func(c *Comparison) float64 { return -c.Effect })
	improved := len(a.with(Improvement))
	text := fmt.Sprintf("after is %s on %s (%s); %d of %s improved", c.change(), name, c.Unit, improved, plural(len(a.Benchmarks), "benchmark"))
	switch rest := len(a.Benchmarks) - improved; rest {
	case 0:
	case 1:
		text += ", and the other shows no loss"
	default:
		text += ", and the others show no loss"
	}
	return text
}

// sameClause is for a run in which nothing had to be measured.
func (a *Analysis) sameClause() string {
	identical := 0
	for _, b := range a.Protocol.Benchmarks {
		if b.Difference == results.Identical {
			identical++
		}
	}
	n := len(a.Benchmarks)
	switch identical {
	case n:
		return "both sides compile to identical binaries for " + all(n)
	case 0:
		return "both sides compile to the same machine code, with other line tables, for " + all(n)
	}
	return fmt.Sprintf("both sides compile to identical binaries for %d and to the same machine code, with other line tables, for %d of %s",
		identical, n-identical, plural(n, "benchmark"))
}

func (a *Analysis) noLossClause() string {
	worstName, worst := a.extreme("", func(c *Comparison) float64 { return c.Upper - c.Margin })
	text := fmt.Sprintf("a loss beyond the margins (%s) is excluded on %s", a.margins(), a.scope())
	if worst.Upper > 0 {
		text += fmt.Sprintf("; the closest call is %s (%s), worse by %s at most", worstName, worst.Unit, percentUp(worst.Upper))
	}
	if a.Protocol.Claim == "improves" {
		text += "; the claimed improvement is not shown"
	}
	return text
}

func (a *Analysis) inconclusiveClause() string {
	if len(a.Benchmarks) == 0 {
		return "the protocol names no benchmark"
	}
	fewest, most, open := math.MaxInt, 0, 0
	lost := false
	var undecided []*Comparison // with enough pairs
	for _, b := range a.with(Inconclusive) {
		open++
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
	case open == 0:
		return fmt.Sprintf("nothing speaks against after so far, but the schedule is unfinished (%d of %s)", a.Samples, plural(a.Planned, "sample"))
	case len(undecided) == 0 && lost:
		return fmt.Sprintf("pairs without a usable value leave %d of %s open%s", open, plural(len(a.Benchmarks), "benchmark"), a.unfinished())
	case len(undecided) == 0 && most == 0:
		return "no pair of samples was measured on " + all(open) + a.unfinished()
	case len(undecided) == 0:
		pairs := plural(most, "pair")
		if fewest < most {
			pairs = fmt.Sprintf("%d to %s", fewest, pairs)
		}
		return fmt.Sprintf("%s measured on %d of %s, where a verdict needs %d%s", pairs, open,
			plural(len(a.Benchmarks), "benchmark"), a.Protocol.MinPairs, a.unfinished())
	}

	name, worst := a.extreme("", func(c *Comparison) float64 { return c.Upper })
	worse, _ := words(worst.Metric)
	for _, b := range a.Benchmarks {
		for _, c := range b.Comparisons {
			if w, _ := words(c.Metric); w != worse {
				worse = "worse" // one word for unlike metrics
			}
		}
	}
	margin := "beyond its margin"
	if slices.IndexFunc(undecided, func(c *Comparison) bool { return c.Margin != undecided[0].Margin }) < 0 {
		margin = "of " + percent(undecided[0].Margin)
	}
	where := fmt.Sprintf("on %d of them", open)
	if open == len(a.Benchmarks) {
		where = "on any of them"
	}
	if len(a.Benchmarks) == 1 {
		where = "there"
	}
	if math.IsInf(worst.Upper, 1) || lost {
		return fmt.Sprintf("a loss %s can't be excluded on %d of %s%s", margin, open, plural(len(a.Benchmarks), "benchmark"), a.unfinished())
	}
	text := fmt.Sprintf("after is no %s by more than %s on any of %s, but a loss %s can't be excluded %s",
		worse, percentUp(max(0, worst.Upper)), a.scope(), margin, where)
	if len(a.Benchmarks) == 1 {
		text = fmt.Sprintf("after is no %s by more than %s on %s, but a loss %s can't be excluded",
			worse, percentUp(max(0, worst.Upper)), name, margin)
	}
	for _, c := range undecided {
		if c.Lower > 0 && c.Upper >= c.Margin {
			suspect, c := a.extreme(Inconclusive, func(c *Comparison) float64 { return c.Lower })
			text += fmt.Sprintf(", and %s looks %s (%s), which may be chance", suspect, c.change(), c.Unit)
			break
		}
	}
	return text + a.unfinished()
}

// unfinished is the clause a run that broke off ends with.
func (a *Analysis) unfinished() string {
	if a.Complete {
		return ""
	}
	return fmt.Sprintf("; the schedule is unfinished (%d of %s)", a.Samples, plural(a.Planned, "sample"))
}

// with lists the benchmarks of one verdict.
func (a *Analysis) with(v Verdict) []*Benchmark {
	var list []*Benchmark
	for i := range a.Benchmarks {
		if a.Benchmarks[i].Verdict == v {
			list = append(list, &a.Benchmarks[i])
		}
	}
	return list
}

// measured counts the benchmarks with primary comparisons.
func (a *Analysis) measured() int {
	n := 0
	for _, b := range a.Benchmarks {
		if len(b.Comparisons) > 0 {
			n++
		}
	}
	return n
}

// scope names the benchmarks a bound holds for.
func (a *Analysis) scope() string {
	n, measured := len(a.Benchmarks), a.measured()
	if measured == n {
		return plural(n, "benchmark")
	}
	return fmt.Sprintf("%s (%d of them not measured: the same machine code)", plural(n, "benchmark"), n-measured)
}

// extreme finds the primary comparison with verdict v, or any if v is empty,
// for which by is largest. There must be one.
func (a *Analysis) extreme(v Verdict, by func(*Comparison) float64) (name string, c *Comparison) {
	for i := range a.Benchmarks {
		b := &a.Benchmarks[i]
		for j := range b.Comparisons {
			x := &b.Comparisons[j]
			if (v == "" || x.Verdict == v) && (c == nil || by(x) > by(c)) {
				name, c = b.Name, x
			}
		}
	}
	return name, c
}

// margins lists the margins of the primary metrics by kind: "2 % time and
// space, 10 % latency".
func (a *Analysis) margins() string {
	kinds := make(map[string][]string) // by margin
	var order []string
	for _, m := range primaryMetrics(a.Protocol) {
		margin := percent(m.Margin)
		if _, ok := kinds[margin]; !ok {
			order = append(order, margin)
		}
		if !slices.Contains(kinds[margin], string(m.Kind)) {
			kinds[margin] = append(kinds[margin], string(m.Kind))
		}
	}
	var parts []string
	for _, margin := range order {
		parts = append(parts, margin+" "+list(kinds[margin]))
	}
	return strings.Join(parts, ", ")
}

// all names all of n benchmarks.
func all(n int) string {
	switch n {
	case 1:
		return "the one benchmark"
	case 2:
		return "both benchmarks"
	}
	return fmt.Sprintf("all %d benchmarks", n)
}

// list joins words the way a sentence does: "a, b and c".
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}
