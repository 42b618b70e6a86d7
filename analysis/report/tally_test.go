package report

import (
	"testing"

	"patchbench/analysis"
	"patchbench/results"
)

func TestTally(t *testing.T) {
	a := &analysis.Analysis{Protocol: &results.Protocol{}}
	for name, v := range map[string]analysis.Verdict{
		"A": analysis.NoLoss, "B": analysis.NoLoss, "C": analysis.Regression, "D": analysis.Inconclusive, "E": analysis.Inconclusive, "F": analysis.Broken,
	} {
		b := results.Benchmark{Name: name}
		if name == "E" {
			b.Unmeasured = "deciding it takes 3 h"
		}
		a.Protocol.Benchmarks = append(a.Protocol.Benchmarks, b)
		a.Benchmarks = append(a.Benchmarks, analysis.Benchmark{Name: name, Verdict: v})
	}
	if got, want := tallyText(a), "✕ 1 broken · ▲ 1 regression · ◇ 1 inconclusive · ● 2 no loss · ▼ 0 improvement · 1 not measured"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
