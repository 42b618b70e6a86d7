package report

import (
	"fmt"

	"patchbench/analysis"
)

// A tallied is how many benchmarks have a verdict.
type tallied struct {
	Mark mark
	N    int
}

// tally counts the benchmarks by verdict, from worst to best, those that the
// budget did not reach apart.
func tally(a *analysis.Analysis) (counts []tallied, unmeasured int) {
	of := make(map[analysis.Verdict]int)
	for i := range a.Benchmarks {
		b := &a.Benchmarks[i]
		if pb := a.Protocol.Benchmark(b.Name); pb != nil && pb.Unmeasured != "" && b.Verdict == analysis.Inconclusive {
			unmeasured++
			continue
		}
		of[b.Verdict]++
	}
	for _, m := range marks {
		counts = append(counts, tallied{m.mark, of[m.verdict]})
	}
	return counts, unmeasured
}

// tallyText is the tally in a line.
func tallyText(a *analysis.Analysis) string {
	counts, unmeasured := tally(a)
	text := ""
	for _, c := range counts {
		text += fmt.Sprintf("%s %d %s · ", c.Mark.Symbol, c.N, c.Mark.Word)
	}
	return text + fmt.Sprintf("%d not measured", unmeasured)
}
