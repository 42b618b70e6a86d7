package analysis

import (
	"fmt"
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
		return "Regression: " + a.regressionClause() + a.claimRemark() + "."
	case Refuted:
		return "Refuted: " + a.Claim.clause() + a.refutedRest() + "."
	case Improvement:
		if a.Claim != nil {
			return "Improvement: " + a.Claim.clause() + "; " + a.noLossClause() + "."
		}
		return "Improvement: " + a.improvementClause() + "."
	case NoLoss:
		if a.measured() == 0 {
			return "No difference to measure: " + a.sameClause() + "."
		}
		return "No loss: " + a.noLossClause() + "."
	}
	if a.Complete && len(a.Benchmarks) > 0 && len(a.with(Inconclusive)) == 0 && !a.noneExposed() {
		return "Inconclusive: nothing speaks against after, but " + a.Claim.clause() + "."
	}
	return "Inconclusive: " + a.inconclusiveClause() + a.claimRemark() + "."
}

// claimRemark says how the claim fares where that is not the answer.
func (a *Analysis) claimRemark() string {
	if a.Claim == nil {
		return ""
	}
	return "; " + a.Claim.clause()
}

// refutedRest says what a run shows beside that its claim is refuted.
func (a *Analysis) refutedRest() string {
	text := "; nothing regressed"
	if n := len(a.with(Inconclusive)); n > 0 {
		text += fmt.Sprintf(", but %d of %s can't tell", n, plural(len(a.Benchmarks), "benchmark"))
	}
	return text + a.unfinished()
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
	name, c := extreme(a.with(Regression), Regression, func(c *Comparison) float64 { return c.Effect })
	return fmt.Sprintf("after is %s on %s (%s)%s; %d of %s regressed%s", c.change(), name, c.Unit, c.doubted(),
		len(a.with(Regression)), plural(len(a.Benchmarks), "benchmark"), a.unfinished())
}

func (a *Analysis) improvementClause() string {
	name, c := extreme(a.counted(), Improvement, func(c *Comparison) float64 { return -c.Effect })
	improved := 0
	for _, b := range a.counted() {
		if b.Verdict == Improvement {
			improved++
		}
	}
	text := fmt.Sprintf("after is %s on %s (%s)%s; %d of %s improved", c.change(), name, c.Unit, c.doubted(), improved, plural(len(a.Benchmarks), "benchmark"))
	switch rest := len(a.Benchmarks) - improved; rest {
	case 0:
	case 1:
		text += ", and the other shows no loss"
	default:
		text += ", and the others show no loss"
	}
	return text + a.apartClause("of them")
}

// doubted is the remark on an effect that the changed code can't account for.
func (c *Comparison) doubted() string {
	if c.Suspicion == "" {
		return ""
	}
	return ", more than the changed code's share of CPU time explains: layout or noise suspected"
}

// apartClause is the remark on benchmarks whose verdict does not count. which
// of the benchmarks named before it are these.
func (a *Analysis) apartClause(which string) string {
	switch n := len(a.Benchmarks) - len(a.counted()); n {
	case 0:
		return ""
	case 1:
		return fmt.Sprintf("; 1 %s never ran the changed code and does not count", which)
	default:
		return fmt.Sprintf("; %d %s never ran the changed code and do not count", n, which)
	}
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
	worstName, worst := extreme(a.counted(), "", func(c *Comparison) float64 { return c.Upper - c.Margin })
	scope := all(len(a.Benchmarks))
	if n := len(a.counted()); n < len(a.Benchmarks) {
		scope = fmt.Sprintf("%d of %s", n, plural(len(a.Benchmarks), "benchmark"))
	}
	text := fmt.Sprintf("a loss beyond the margins (%s) is excluded on %s%s%s", a.margins(), scope, a.unmeasured(), a.apartClause("more"))
	if worst.Upper > 0 {
		text += fmt.Sprintf("; the closest call is %s (%s), worse by %s at most", worstName, worst.Unit, percentUp(worst.Upper))
	}
	if a.Protocol.Claim == "improves" && a.Claim == nil {
		text += "; the claimed improvement is not shown"
	}
	return text
}

// unfinished is the clause a run that broke off ends with.
func (a *Analysis) unfinished() string {
	if a.Complete {
		return ""
	}
	return "; " + a.breakOff()
}

// breakOff says how far a run got that did not reach its end.
func (a *Analysis) breakOff() string {
	if a.Samples < a.Planned {
		return fmt.Sprintf("the schedule is unfinished (%d of %s)", a.Samples, plural(a.Planned, "sample"))
	}
	return "the run broke off after its last sample, before the unscored passes"
}

// with lists the benchmarks of one verdict, or all if v is empty.
func (a *Analysis) with(v Verdict) []*Benchmark {
	var list []*Benchmark
	for i := range a.Benchmarks {
		if v == "" || a.Benchmarks[i].Verdict == v {
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

// unmeasured is the remark on benchmarks whose machine code does not differ.
func (a *Analysis) unmeasured() string {
	n := 0
	for _, b := range a.Protocol.Benchmarks {
		if !b.Measured() && b.Unmeasured == "" && b.Broken == "" {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" (%d of them not measured: the same machine code)", n)
}

// counted lists the benchmarks whose verdict counts.
func (a *Analysis) counted() []*Benchmark {
	var list []*Benchmark
	for i := range a.Benchmarks {
		if b := &a.Benchmarks[i]; !b.apart() {
			list = append(list, b)
		}
	}
	return list
}

// extreme finds the primary comparison with verdict v, or any if v is empty,
// for which by is largest. There must be one.
func extreme(benchmarks []*Benchmark, v Verdict, by func(*Comparison) float64) (name string, c *Comparison) {
	for _, b := range benchmarks {
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
