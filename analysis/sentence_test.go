package analysis

import (
	"cmp"
	"math"
	"testing"

	"patchbench/results"
)

func TestSentence(t *testing.T) {
	inf := math.Inf(1)
	// A fake comparison: what it says, not how it got there.
	sec := func(v Verdict, effect, lower, upper float64) Comparison {
		return Comparison{Metric: testMetrics()[0], Primary: true, Verdict: v, Pairs: 20, Effect: effect, Lower: lower, Upper: upper}
	}
	few := Comparison{Metric: testMetrics()[0], Verdict: Inconclusive, Pairs: 4, Lower: -inf, Upper: inf}
	none := Comparison{Metric: testMetrics()[0], Verdict: Inconclusive, Lower: -inf, Upper: inf}
	p99 := Comparison{
		Metric: results.Metric{Unit: "p99-sec", Kind: results.Latency, Better: "lower", Margin: 0.1}, Verdict: Inconclusive,
		Pairs: 20, Effect: 0.02, Lower: -0.1, Upper: 0.151,
	}
	loses := sec(Inconclusive, 0.001, -0.01, 0.012)
	loses.Lost = 2
	bench := func(name string, v Verdict, cs ...Comparison) Benchmark {
		return Benchmark{Name: name, Verdict: v, Basis: "because", Comparisons: cs}
	}
	same := func(name string) Benchmark { return bench(name, NoLoss) }
	noLoss := func(name string, upper float64) Benchmark {
		return bench(name, NoLoss, sec(NoLoss, 0.001, -0.01, upper))
	}
	noise := func(name string, upper float64) Benchmark {
		return bench(name, Inconclusive, sec(Inconclusive, 0.001, -0.03, upper))
	}

	tests := []struct {
		name       string
		benchmarks []Benchmark
		difference results.Difference // of benchmarks without comparisons
		claim      string
		unfinished bool
		excluded   int // blocks
		samples    int // 120 if not given
		want       string
	}{
		{name: "nothing", want: "Inconclusive: the protocol names no benchmark."},
		{
			name:       "regression",
			benchmarks: []Benchmark{bench("Storm-4", Regression, sec(Regression, 0.142, 0.11, 0.174)), noLoss("B-4", 0.01), noise("C-4", 0.09)},
			want:       "Regression: after is 14 % slower [11 %, 17 %] on Storm-4 (sec/op); 1 of 3 benchmarks regressed.",
		},
		{
			name:       "regression, the largest first",
			benchmarks: []Benchmark{bench("A-4", Regression, sec(Regression, 0.05, 0.03, 0.9)), bench("B-4", Regression, sec(Regression, 0.08, 0.07, 0.09))},
			unfinished: true,
			want:       "Regression: after is 8 % slower [7 %, 9 %] on B-4 (sec/op); 2 of 2 benchmarks regressed; the schedule is unfinished (120 of 256 samples).",
		},
		{
			name:       "improvement",
			benchmarks: []Benchmark{noLoss("A-4", 0.01), noLoss("B-4", 0.01), bench("C-4", Improvement, sec(Improvement, -0.051, -0.07, -0.032))},
			want:       "Improvement: after is 5.1 % faster [3.2 %, 7 %] on C-4 (sec/op); 1 of 3 benchmarks improved, and the others show no loss.",
		},
		{
			name:       "improvement of the only one",
			benchmarks: []Benchmark{bench("C-4", Improvement, sec(Improvement, -0.051, -0.07, -0.032))},
			want:       "Improvement: after is 5.1 % faster [3.2 %, 7 %] on C-4 (sec/op); 1 of 1 benchmark improved.",
		},
		{
			name:       "no loss",
			benchmarks: []Benchmark{noLoss("A-4", 0.0141), noLoss("B-4", -0.001)},
			want:       "No loss: a loss beyond the margins (2 % time) is excluded on both benchmarks; the closest call is A-4 (sec/op), worse by 1.5 % at most.",
		},
		{
			name:       "no loss, some not measured, improvement claimed",
			benchmarks: []Benchmark{noLoss("A-4", -0.001), same("B-4")}, difference: results.Identical, claim: "improves",
			want: "No loss: a loss beyond the margins (2 % time) is excluded on both benchmarks (1 of them not measured: the same machine code); the claimed improvement is not shown.",
		},
		{
			name:       "identical",
			benchmarks: []Benchmark{same("A-4"), same("B-4"), same("C-4")}, difference: results.Identical,
			want: "No difference to measure: both sides compile to identical binaries for all 3 benchmarks.",
		},
		{
			name:       "line tables",
			benchmarks: []Benchmark{same("A-4")}, difference: results.LineTables,
			want: "No difference to measure: both sides compile to the same machine code, with other line tables, for the one benchmark.",
		},
		{
			name:       "inconclusive on some",
			benchmarks: []Benchmark{noise("A-4", 0.0301), noise("B-4", 0.022), noLoss("C-4", 0.01)},
			want:       "Inconclusive: after is no slower by more than 3.1 % on any of 3 benchmarks, but a loss of 2 % can't be excluded on 2 of them.",
		},
		{
			name:       "inconclusive on all",
			benchmarks: []Benchmark{noise("A-4", 0.12), noise("B-4", 0.022)},
			want:       "Inconclusive: after is no slower by more than 12 % on any of 2 benchmarks, but a loss of 2 % can't be excluded on any of them.",
		},
		{
			name:       "inconclusive on the only one",
			benchmarks: []Benchmark{noise("A-4", 0.12)},
			want:       "Inconclusive: after is no slower by more than 12 % on A-4, but a loss of 2 % can't be excluded.",
		},
		{
			name:       "inconclusive, unlike metrics",
			benchmarks: []Benchmark{bench("A-4", Inconclusive, p99, sec(Inconclusive, 0.001, -0.03, 0.04)), noLoss("B-4", 0.01)},
			want:       "Inconclusive: after is no worse by more than 16 % on any of 2 benchmarks, but a loss beyond its margin can't be excluded on 1 of them.",
		},
		{
			name:       "inconclusive, one suspect",
			benchmarks: []Benchmark{bench("A-4", Inconclusive, sec(Inconclusive, 0.04, 0.005, 0.08)), noLoss("B-4", 0.01)},
			want:       "Inconclusive: after is no slower by more than 8 % on any of 2 benchmarks, but a loss of 2 % can't be excluded on 1 of them, and A-4 looks 4 % slower [0.5 %, 8 %] (sec/op), which may be chance.",
		},
		{
			name:       "inconclusive, one without bounds",
			benchmarks: []Benchmark{bench("A-4", Inconclusive, few), noise("B-4", 0.03)},
			want:       "Inconclusive: a loss of 2 % can't be excluded on 2 of 2 benchmarks.",
		},
		{
			name:       "too few pairs",
			benchmarks: []Benchmark{bench("A-4", Inconclusive, few), bench("B-4", Inconclusive, none)},
			unfinished: true,
			want:       "Inconclusive: 0 to 4 pairs measured on 2 of 2 benchmarks, where a verdict needs 10; the schedule is unfinished (120 of 256 samples).",
		},
		{
			name:       "no pairs",
			benchmarks: []Benchmark{bench("A-4", Inconclusive, none), bench("B-4", Inconclusive, none)},
			unfinished: true,
			want:       "Inconclusive: no pair of samples was measured on 2 of 2 benchmarks; the schedule is unfinished (120 of 256 samples).",
		},
		{
			name:       "all left out",
			benchmarks: []Benchmark{bench("A-4", Inconclusive, none)},
			excluded:   10,
			want:       "Inconclusive: no pair of samples is left on 1 of 1 benchmark; 10 blocks were left out by the protocol's rule.",
		},
		{
			name:       "most left out",
			benchmarks: []Benchmark{bench("A-4", Inconclusive, few)},
			excluded:   8,
			want:       "Inconclusive: 4 pairs measured on 1 of 1 benchmark, where a verdict needs 10; 8 blocks were left out by the protocol's rule.",
		},
		{
			name:       "lost values",
			benchmarks: []Benchmark{bench("A-4", Inconclusive, loses), noLoss("B-4", 0.01)},
			want:       "Inconclusive: pairs without a usable value leave 1 of 2 benchmarks open.",
		},
		{
			name:       "unfinished",
			benchmarks: []Benchmark{noLoss("A-4", 0.01)},
			unfinished: true,
			want:       "Inconclusive: nothing speaks against after so far, but the schedule is unfinished (120 of 256 samples).",
		},
		{
			name:       "regression in a run without its passes",
			benchmarks: []Benchmark{bench("A-4", Regression, sec(Regression, 0.08, 0.07, 0.09))},
			samples:    256, unfinished: true,
			want: "Regression: after is 8 % slower [7 %, 9 %] on A-4 (sec/op); 1 of 1 benchmark regressed; the run broke off after its last sample, before the unscored passes.",
		},
		{
			name:       "broken alone",
			benchmarks: []Benchmark{bench("A-4", Broken)},
			want:       "Broken: A-4 gave no result (because).",
		},
		{
			name:       "broken among others",
			benchmarks: []Benchmark{bench("A-4", Broken), bench("B-4", Broken), bench("C-4", Regression, sec(Regression, 0.1, 0.05, 0.2)), noLoss("D-4", 0), noLoss("E-4", 0)},
			want:       "Broken: 2 of 5 benchmarks gave no result, among them A-4 (because); of the others, 1 regressed and 2 show no loss.",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := testProtocol()
			if tt.claim != "" {
				p.Claim = tt.claim
			}
			for _, b := range tt.benchmarks {
				pb := testBenchmark(b.Name, 4)
				for _, c := range b.Comparisons {
					if !hasUnit(pb.Primary, c.Unit) {
						pb.Primary = append(pb.Primary, c.Metric)
					}
				}
				if len(b.Comparisons) == 0 {
					pb.Difference = tt.difference
				}
				p.Benchmarks = append(p.Benchmarks, pb)
			}
			a := &Analysis{Protocol: p, Benchmarks: tt.benchmarks, Complete: !tt.unfinished, Samples: cmp.Or(tt.samples, 120), Planned: 256}
			a.Noise.Excluded = tt.excluded
			a.decide()
			if got := a.sentence(); got != tt.want {
				t.Errorf("\n got %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestPercent(t *testing.T) {
	tests := []struct {
		x        float64
		want, up string
	}{
		{0, "0 %", "0 %"}, {0.02, "2 %", "2 %"}, {0.0301, "3 %", "3.1 %"}, {0.142, "14 %", "15 %"}, {-0.051, "−5.1 %", "−5.1 %"},
		{0.00844, "0.84 %", "0.85 %"}, {0.0999, "10 %", "10 %"}, {1.5, "150 %", "150 %"}, {1e-6, "0 %", "0.01 %"},
		{math.Inf(1), "+∞ %", "+∞ %"}, {math.Inf(-1), "−∞ %", "−∞ %"},
	}
	for _, tt := range tests {
		if got := percent(tt.x); got != tt.want {
			t.Errorf("percent(%g) = %q, want %q", tt.x, got, tt.want)
		}
		if got := percentUp(tt.x); got != tt.up {
			t.Errorf("percentUp(%g) = %q, want %q", tt.x, got, tt.up)
		}
	}
}
