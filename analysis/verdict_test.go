package analysis

import (
	"math"
	"math/rand/v2"
	"testing"

	"patchbench/results"
)

// What the verdicts promise, over many simulated runs on a host with outliers:
// a patch that changes nothing is called a regression in at most one run of
// twenty, however many benchmarks there are, and one that loses exactly the
// margin is called no loss in at most one of twenty. A loss well beyond the
// margin is found.
func TestVerdictRates(t *testing.T) {
	const runs, pairs = 1000, 20
	p := testProtocol()
	rng := rand.New(rand.NewPCG(51, 52))
	run := func(benchmarks int, sigma, theta float64) Verdict {
		a := &Analysis{Protocol: p, Complete: true}
		var all []*Comparison
		for i := range benchmarks {
			d := make([]float64, pairs)
			for j := range d {
				d[j] = sigma * rng.NormFloat64() / math.Sqrt(max(0.2, rng.ExpFloat64()))
				if i == 0 {
					d[j] += theta
				}
			}
			c := Comparison{Metric: testMetrics()[0], Pairs: pairs}
			c.estimate(d, p.Alpha)
			b := Benchmark{Comparisons: []Comparison{c}}
			a.Benchmarks = append(a.Benchmarks, b)
			all = append(all, &b.Comparisons[0])
		}
		adjust(all)
		for i, c := range all {
			c.decide(p, len(all), 1)
			a.Benchmarks[i].decide()
		}
		a.decide()
		return a.Verdict
	}
	count := func(benchmarks int, sigma, theta float64) map[Verdict]int {
		n := make(map[Verdict]int)
		for range runs {
			n[run(benchmarks, sigma, theta)]++
		}
		t.Logf("one benchmark of %d slower by %.3g: %v", benchmarks, math.Expm1(theta), n)
		return n
	}
	atMost := runs*p.Alpha + 3*math.Sqrt(runs*p.Alpha*(1-p.Alpha))
	if n := count(12, 0.03, 0); float64(n[Regression]) > atMost {
		t.Errorf("no change is called a regression in %d of %d runs", n[Regression], runs)
	}
	if n := count(1, 0.01, math.Log1p(0.02)); float64(n[NoLoss]+n[Improvement]) > atMost {
		t.Errorf("a loss of the margin passes in %d of %d runs", n[NoLoss]+n[Improvement], runs)
	}
	if n := count(4, 0.03, math.Log1p(0.08)); n[Regression] < runs*9/10 {
		t.Errorf("a loss of 8 %% is found in %d of %d runs only", n[Regression], runs)
	}
}

func TestRunVerdict(t *testing.T) {
	tests := []struct {
		verdicts   []Verdict
		unfinished bool
		want       Verdict
	}{
		{nil, false, Inconclusive},
		{[]Verdict{NoLoss, NoLoss}, false, NoLoss},
		{[]Verdict{NoLoss, Improvement}, false, Improvement},
		{[]Verdict{NoLoss, Improvement}, true, Inconclusive},
		{[]Verdict{NoLoss}, true, Inconclusive},
		{[]Verdict{Improvement, Inconclusive}, false, Inconclusive},
		{[]Verdict{Improvement, Inconclusive, Regression}, false, Regression},
		{[]Verdict{NoLoss, Regression}, true, Regression},
		{[]Verdict{Regression, Broken}, false, Broken},
	}
	for _, tt := range tests {
		a := &Analysis{Protocol: testProtocol(), Complete: !tt.unfinished}
		for _, v := range tt.verdicts {
			a.Benchmarks = append(a.Benchmarks, Benchmark{Verdict: v})
		}
		a.decide()
		if a.Verdict != tt.want || a.ExitCode != tt.want.ExitCode() {
			t.Errorf("%v, unfinished %v: %s with exit code %d, want %s", tt.verdicts, tt.unfinished, a.Verdict, a.ExitCode, tt.want)
		}
	}
}

func TestExitCode(t *testing.T) {
	for v, want := range map[Verdict]int{NoLoss: 0, Improvement: 0, Regression: 1, Inconclusive: 2, Broken: 3, "": 3} {
		if got := v.ExitCode(); got != want {
			t.Errorf("%q: %d, want %d", v, got, want)
		}
	}
}

func TestWorsening(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	tests := []struct {
		before, after float64
		better        string
		want          float64
		ok            bool
	}{
		{1, math.E, "lower", 1, true},
		{1, math.E, "higher", -1, true},
		{1, math.E, "", 1, true},
		{3, 3, "lower", 0, true},
		{0, 0, "higher", 0, true},
		{1e-300, 1e300, "lower", 600 * math.Ln10, true}, // the quotient overflows
		{0, 1, "lower", 0, false}, {1, 0, "lower", 0, false},
		{-1, -1, "lower", 0, false}, {1, -1, "lower", 0, false},
		{nan, 1, "lower", 0, false}, {1, nan, "lower", 0, false}, {nan, nan, "lower", 0, false},
		{inf, 1, "lower", 0, false}, {1, inf, "lower", 0, false}, {inf, inf, "lower", 0, false},
	}
	for _, tt := range tests {
		got, ok := worsening(tt.before, tt.after, tt.better)
		if ok != tt.ok || math.Abs(got-tt.want) > 1e-9 || math.Signbit(got) && got == 0 {
			t.Errorf("%g to %g, better %q: %g %v, want %g %v", tt.before, tt.after, tt.better, got, ok, tt.want, tt.ok)
		}
	}
}

func TestDescribe(t *testing.T) {
	declared := []results.Metric{{Unit: "p99-sec", Kind: results.Latency, Better: "lower"}}
	tests := []struct {
		unit, better string
		kind         results.Kind
	}{
		{"p99-sec", "lower", results.Latency},
		{"sec/op", "lower", results.Time},
		{"cpu-sec", "lower", results.Time},
		{"peak-RSS-bytes", "lower", results.Space},
		{"B/op", "lower", results.Space},
		{"heap-bytes", "", results.Space},
		{"pause-sec/gc", "", results.Time},
		{"B/s", "higher", results.Count},
		{"allocs/op", "lower", results.Count},
		{"widgets", "", results.Count},
		{"seconds-of-fame", "", results.Count},
	}
	for _, tt := range tests {
		if m := describe(tt.unit, declared); m.Unit != tt.unit || m.Kind != tt.kind || m.Better != tt.better {
			t.Errorf("%s: %+v, want kind %s, better %q", tt.unit, m, tt.kind, tt.better)
		}
	}
}

// An interval alone is not enough for the two verdicts that one of many
// comparisons can trigger by chance.
func TestDecideNeedsHolm(t *testing.T) {
	tests := []struct {
		lower, upper, p float64
		want            Verdict
	}{
		{-0.05, -0.001, 0.04, Improvement},
		{-0.05, -0.001, 0.20, NoLoss},
		{0.001, 0.05, 0.04, Regression},
		{0.001, 0.05, 0.20, Inconclusive},
		{0.001, 0.019, 0.04, NoLoss}, // slower, but by less than was promised
		{-0.01, 0.02, 0.5, Inconclusive},
	}
	for _, tt := range tests {
		c := Comparison{Metric: testMetrics()[0], Pairs: 20, Lower: tt.lower, Upper: tt.upper, PWorseHolm: tt.p, PBetterHolm: tt.p}
		c.decide(testProtocol(), 12, 1)
		if c.Verdict != tt.want {
			t.Errorf("[%g, %g] with p = %g: %s (%s), want %s", tt.lower, tt.upper, tt.p, c.Verdict, c.Basis, tt.want)
		}
		if needed := c.PairsNeeded > 0; needed != (tt.want == Inconclusive) {
			t.Errorf("[%g, %g]: %s needs %d pairs", tt.lower, tt.upper, c.Verdict, c.PairsNeeded)
		}
	}
}
