package analysis

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"patchbench/results"
)

func TestVerdicts(t *testing.T) {
	higher := testBenchmark("X-4", 4)
	higher.Primary = []results.Metric{{Unit: "B/s", Kind: results.Time, Better: "higher", Margin: 0.02}}
	throughput := func(effect float64) func(*results.Sample, float64) []results.Value {
		inner := secPerOp(effect, 0.005)
		return func(s *results.Sample, host float64) []results.Value {
			return []results.Value{{Value: inner(s, host)[0].Value, Unit: "B/s"}}
		}
	}
	edit := func(change func(*results.Benchmark)) results.Benchmark {
		b := testBenchmark("X-4", 4)
		change(&b)
		return b
	}
	// with replaces the values of after samples in one round.
	with := func(round int, value float64) func(*results.Sample, float64) []results.Value {
		inner := secPerOp(0, 0.005)
		return func(s *results.Sample, host float64) []results.Value {
			v := inner(s, host)
			if s.Round == round && s.Side == results.After {
				v[0].Value = value
			}
			return v
		}
	}
	tests := []struct {
		name      string
		benchmark results.Benchmark
		values    func(*results.Sample, float64) []results.Value
		rounds    int
		verdict   Verdict
		basis     string // part of it
	}{
		{name: "regression", values: secPerOp(0.10, 0.01), verdict: Regression, basis: "% slower ["},
		{name: "regression within the margin is no loss", values: secPerOp(0.01, 0.002), verdict: NoLoss, basis: "beyond 2 % is excluded by 20 pairs"},
		{name: "no loss", values: secPerOp(0, 0.005), verdict: NoLoss, basis: "beyond 2 % is excluded by 20 pairs"},
		{name: "improvement", values: secPerOp(-0.10, 0.01), verdict: Improvement, basis: "% faster ["},
		{name: "noise", values: secPerOp(0, 0.15), verdict: Inconclusive, basis: "a loss beyond 2 % can't be excluded, only one beyond"},
		{name: "too few pairs", values: secPerOp(0.10, 0.01), rounds: 4, verdict: Inconclusive, basis: "8 pairs, a verdict needs 10"},
		{name: "one round", values: secPerOp(0, 0.01), rounds: 1, verdict: Inconclusive, basis: "2 pairs, a verdict needs 10"},
		{name: "one pair", values: func(s *results.Sample, host float64) []results.Value {
			if s.Round > 0 || s.Slot > 1 {
				return nil
			}
			return []results.Value{{Value: 1, Unit: "ns/op"}}
		}, verdict: Inconclusive, basis: "1 pair, a verdict needs 10"},
		{name: "no sample", values: func(*results.Sample, float64) []results.Value { return nil }, verdict: Inconclusive, basis: "0 pairs, a verdict needs 10"},
		{name: "all equal", values: func(*results.Sample, float64) []results.Value {
			return []results.Value{{Value: 7, Unit: "ns/op"}}
		}, verdict: NoLoss, basis: "beyond 2 % is excluded"},
		{name: "all zero", values: func(*results.Sample, float64) []results.Value {
			return []results.Value{{Value: 0, Unit: "ns/op"}}
		}, verdict: NoLoss, basis: "beyond 2 % is excluded"},
		{name: "higher is better, lower", benchmark: higher, values: throughput(-0.10), verdict: Regression, basis: "% less ["},
		{name: "higher is better, higher", benchmark: higher, values: throughput(0.10), verdict: Improvement, basis: "% more ["},
		{name: "identical", benchmark: edit(func(b *results.Benchmark) { b.Difference = results.Identical }), verdict: NoLoss, basis: "identical binaries, not measured"},
		{name: "line tables", benchmark: edit(func(b *results.Benchmark) { b.Difference = results.LineTables }), verdict: NoLoss, basis: "same machine code, other line tables, not measured"},
		{name: "broken", benchmark: edit(func(b *results.Benchmark) { b.Broken = "does not compile" }), verdict: Broken, basis: "does not compile"},
		{name: "difference unknown", benchmark: edit(func(b *results.Benchmark) { b.Difference = "" }), verdict: Broken, basis: "does not say how its binaries differ"},
		{name: "no primary metric", benchmark: edit(func(b *results.Benchmark) { b.Primary = nil }), values: secPerOp(0, 0.01), verdict: Inconclusive, basis: "no primary metric"},
		{name: "one zero", values: with(3, 0), verdict: Inconclusive, basis: "2 pairs of 20 have no usable value"},
		{name: "one not a number", values: with(3, math.NaN()), verdict: Inconclusive, basis: "2 pairs of 20 have no usable value"},
		{name: "one infinite", values: with(3, math.Inf(1)), verdict: Inconclusive, basis: "2 pairs of 20 have no usable value"},
		{name: "one negative", values: with(3, -1), verdict: Inconclusive, basis: "2 pairs of 20 have no usable value"},
		{name: "negative throughout", values: func(*results.Sample, float64) []results.Value {
			return []results.Value{{Value: -1, Unit: "ns/op"}}
		}, verdict: Broken, basis: "sec/op has no usable value"},
		{name: "metric of one side only", values: func(s *results.Sample, host float64) []results.Value {
			if s.Side == results.Before {
				return []results.Value{{Value: 1, Unit: "B/op"}}
			}
			return []results.Value{{Value: 1, Unit: "ns/op"}}
		}, verdict: Broken, basis: "sec/op is reported by after only"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.benchmark.Name == "" {
				tt.benchmark = testBenchmark("X-4", 4)
			}
			a := analyze(t, (&fakeRun{protocol: testProtocol(tt.benchmark), values: tt.values, rounds: tt.rounds}).write(t))
			b := a.Benchmarks[0]
			if b.Verdict != tt.verdict || !strings.Contains(b.Basis, tt.basis) {
				t.Errorf("%s (%s), want %s (%s)", b.Verdict, b.Basis, tt.verdict, tt.basis)
			}
			if a.Verdict != tt.verdict {
				t.Errorf("the run is %s, want %s", a.Verdict, tt.verdict)
			}
			if _, err := json.Marshal(a); err != nil { // as of what is not a number
				t.Error(err)
			}
			if a.ExitCode != tt.verdict.ExitCode() {
				t.Errorf("exit code %d, want %d", a.ExitCode, tt.verdict.ExitCode())
			}
			if !strings.HasSuffix(a.Sentence, ".") || strings.Contains(a.Sentence, "NaN") || strings.Contains(a.Sentence, "Inf") {
				t.Errorf("sentence %q", a.Sentence)
			}
		})
	}
}

func TestComparisonNumbers(t *testing.T) {
	p := testProtocol(testBenchmark("X-4", 4))
	c := analyze(t, (&fakeRun{protocol: p, values: secPerOp(0.10, 0.01)}).write(t)).Benchmarks[0].Comparisons[0]
	truth := math.Expm1(0.10)
	if !(c.Lower < truth && truth < c.Upper) || c.Upper-c.Lower > 0.02 || !(c.Lower < c.Effect && c.Effect < c.Upper) {
		t.Errorf("effect %g [%g, %g], truth %g", c.Effect, c.Lower, c.Upper, truth)
	}
	if math.Abs(c.Effect-c.TEffect) > 0.01 || math.Abs(c.Upper-c.TUpper) > 0.01 || math.Abs(c.Lower-c.TLower) > 0.01 {
		t.Errorf("signed ranks %g [%g, %g], t %g [%g, %g]", c.Effect, c.Lower, c.Upper, c.TEffect, c.TLower, c.TUpper)
	}
	// Two processes off by 1 % each: their ratio is off by 1.4 %.
	if c.Spread < 0.009 || c.Spread > 0.021 {
		t.Errorf("spread %g", c.Spread)
	}
	if c.Before < 0.9e-3 || c.Before > 1.1e-3 || c.After < c.Before {
		t.Errorf("medians %g and %g", c.Before, c.After)
	}
	if c.Pairs != 20 || len(c.Differences) != 20 || !c.Primary || c.Unit != "sec/op" {
		t.Errorf("%d pairs, %d differences, primary %v, %s", c.Pairs, len(c.Differences), c.Primary, c.Unit)
	}
	if c.PWorse > 1e-5 || c.PBetter < 0.99 || c.MannWhitneyP > 0.05 {
		t.Errorf("p of worse %g, better %g, Mann-Whitney %g", c.PWorse, c.PBetter, c.MannWhitneyP)
	}
	if c.ProvenMargin != c.Upper || c.PairsNeeded != 0 {
		t.Errorf("proven margin %g, pairs needed %d", c.ProvenMargin, c.PairsNeeded)
	}
	firsts := 0
	for i, d := range c.Differences {
		if d.Round != i/2 || d.Pair != i%2 || d.Load != 1 {
			t.Errorf("difference %d is %+v", i, d)
		}
		if d.AfterFirst {
			firsts++
		}
	}
	if firsts != 10 { // one of each block's pairs
		t.Errorf("after ran first in %d of 20 pairs", firsts)
	}

	c = analyze(t, (&fakeRun{protocol: p, values: secPerOp(0, 0.15)}).write(t)).Benchmarks[0].Comparisons[0]
	want := 8.564 * math.Pow(c.Spread/math.Log(1.02), 2) * 1.2
	if got := float64(c.PairsNeeded); got < want || got > want+2 || c.PairsNeeded%2 != 0 {
		t.Errorf("%d pairs needed, want %g rounded up to whole blocks", c.PairsNeeded, want)
	}
	if c.SecondsNeeded != float64(c.PairsNeeded) { // two samples of half a second
		t.Errorf("%g seconds for %d pairs", c.SecondsNeeded, c.PairsNeeded)
	}
}

// A pair that one benchmark lacks is in no mean.
func TestGeomeanGaps(t *testing.T) {
	p := testProtocol(testBenchmark("A-4", 4), testBenchmark("B-4", 4))
	inner := secPerOp(0, 0.002)
	got := analyze(t, (&fakeRun{protocol: p, values: func(s *results.Sample, host float64) []results.Value {
		v := inner(s, host)
		if s.Benchmark == "B-4" && s.Round == 2 && s.Slot == 0 {
			return nil
		}
		if s.Benchmark == "B-4" && s.Round == 3 {
			v[0].Value = 0
		}
		return v
	}}).write(t)).Geomeans
	if len(got) != 1 || got[0].Pairs != 17 {
		t.Errorf("%+v, want 17 of 20 pairs", got)
	}
}

// A benchmark given up on the way leaves the rest of the schedule complete.
func TestGivenUp(t *testing.T) {
	p := testProtocol(testBenchmark("A-4", 4), testBenchmark("B-4", 4))
	inner := secPerOp(0, 0.002)
	a := analyze(t, (&fakeRun{
		protocol: p,
		values: func(s *results.Sample, host float64) []results.Value {
			if s.Benchmark == "B-4" && s.Round > 4 {
				return nil
			}
			return inner(s, host)
		},
		extra: []results.Event{{Kind: results.EventBroken, Benchmark: "B-4", Message: "exit status 2"}},
	}).write(t))
	b := a.benchmark(t, "B-4")
	if !a.Complete || a.Samples != 60 || a.Planned != 80 || a.Verdict != Broken || b.Verdict != Broken || b.Basis != "exit status 2" {
		t.Errorf("complete %v, %d of %d samples, B-4 %s (%s): %s", a.Complete, a.Samples, a.Planned, b.Verdict, b.Basis, a.Sentence)
	}
	if len(b.Comparisons) != 1 || b.Comparisons[0].Pairs != 10 {
		t.Errorf("what was measured of B-4 is gone: %+v", b.Comparisons)
	}
}

// With many benchmarks, one that looks worse by a hair is no regression.
func TestHolmHoldsBack(t *testing.T) {
	var benchmarks []results.Benchmark
	for _, name := range strings.Fields("A-4 B-4 C-4 D-4 E-4 F-4 G-4 H-4 I-4 J-4 K-4 L-4") {
		benchmarks = append(benchmarks, testBenchmark(name, 4))
	}
	inner := secPerOp(0, 0.03)
	slower := secPerOp(0.012, 0.03)
	a := analyze(t, (&fakeRun{protocol: testProtocol(benchmarks...), values: func(s *results.Sample, host float64) []results.Value {
		if s.Benchmark == "A-4" {
			return slower(s, host)
		}
		return inner(s, host)
	}}).write(t))
	c := a.benchmark(t, "A-4").Comparisons[0]
	if c.PWorse > 0.05 || c.PWorseHolm <= 0.05 {
		t.Fatalf("p = %g, by Holm %g: the seeds no longer make the case", c.PWorse, c.PWorseHolm)
	}
	if c.Verdict != Inconclusive || !strings.Contains(c.Basis, "chance alone can bring about among 12 comparisons") {
		t.Errorf("%s (%s)", c.Verdict, c.Basis)
	}
	if a.Verdict == Regression {
		t.Errorf("run: %s", a.Sentence)
	}
}

func TestGeomean(t *testing.T) {
	p := testProtocol(testBenchmark("A-4", 4), testBenchmark("B-4", 4), testBenchmark("C-4", 4))
	p.Benchmarks[2].Difference = results.Identical
	a, b := secPerOp(0.06, 0.002), secPerOp(-0.02, 0.002)
	got := analyze(t, (&fakeRun{protocol: p, values: func(s *results.Sample, host float64) []results.Value {
		if s.Benchmark == "A-4" {
			return a(s, host)
		}
		return b(s, host)
	}}).write(t)).Geomeans
	if len(got) != 1 {
		t.Fatalf("%d geomeans", len(got))
	}
	if c := got[0]; math.Abs(c.Effect-math.Expm1(0.02)) > 0.002 || c.Pairs != 20 || c.Margin != 0.01 || c.Primary || c.Verdict != Regression {
		t.Errorf("%+v", c)
	}
}

func TestExploratory(t *testing.T) {
	p := testProtocol(testBenchmark("A-4", 4))
	p.Units = []results.Metric{{Unit: "p99-sec", Kind: results.Latency, Better: "lower", Margin: 0.1}}
	inner := secPerOp(0, 0.005)
	b := analyze(t, (&fakeRun{protocol: p, values: func(s *results.Sample, host float64) []results.Value {
		allocs := 10.0
		if s.Side == results.After {
			allocs = 12
		}
		values := append(inner(s, host), results.Value{Value: allocs, Unit: "allocs/op"}, results.Value{Value: 5, Unit: "p99-ns"}, results.Value{Value: 1, Unit: "widgets"})
		if s.Side == results.After {
			return append(values, results.Value{Value: 1, Unit: "only-after"})
		}
		return append(values, results.Value{Value: 1, Unit: "only-before"})
	}}).write(t)).Benchmarks[0]
	var units []string
	for _, c := range b.Exploratory {
		units = append(units, c.Unit)
		if c.Verdict != "" || c.Primary || c.Margin != 0 || c.Differences != nil {
			t.Errorf("%s: %+v", c.Unit, c)
		}
	}
	if want := []string{"allocs/op", "p99-sec", "widgets", "only-after", "only-before"}; !slices.Equal(units, want) {
		t.Fatalf("units %v, want %v", units, want)
	}
	if c := b.Exploratory[0]; math.Abs(c.Effect-0.2) > 1e-9 || c.Q > 0.001 || c.Better != "lower" || c.Kind != results.Count {
		t.Errorf("allocs/op: %+v", c)
	}
	if c := b.Exploratory[1]; c.Kind != results.Latency || c.Q != 1 {
		t.Errorf("p99-sec: %+v", c)
	}
	if c := b.Exploratory[2]; c.Better != "" {
		t.Errorf("widgets: %+v", c)
	}
	// What one side lacks is told, and counts for nothing.
	for i, want := range []string{"only-after is reported by after only", "only-before is reported by before only"} {
		if c := b.Exploratory[3+i]; c.Basis != want || c.Pairs != 0 || c.Q != 0 || !math.IsInf(c.Upper, 1) {
			t.Errorf("%+v", c)
		}
	}
	if _, err := json.Marshal(b); err != nil {
		t.Error(err)
	}
	if q := b.Exploratory[1].Q; q != 1 || b.Exploratory[0].Q > 3*2*1e-5 {
		t.Errorf("q %g and %g are adjusted for what was not compared", b.Exploratory[0].Q, q)
	}
	if b.Verdict != NoLoss {
		t.Errorf("exploratory metrics changed the verdict to %s", b.Verdict)
	}
}

func TestWorstFirst(t *testing.T) {
	p := testProtocol(testBenchmark("Better-4", 4), testBenchmark("Same-4", 4), testBenchmark("Noisy-4", 4), testBenchmark("Worse-4", 4), testBenchmark("Gone-4", 4), testBenchmark("Noisier-4", 4))
	by := map[string]func(*results.Sample, float64) []results.Value{
		"Better-4": secPerOp(-0.1, 0.005), "Same-4": secPerOp(0, 0.004), "Noisy-4": secPerOp(0, 0.1),
		"Worse-4": secPerOp(0.1, 0.005), "Gone-4": secPerOp(0, 0.005), "Noisier-4": secPerOp(0, 0.4),
	}
	a := analyze(t, (&fakeRun{
		protocol: p,
		values:   func(s *results.Sample, host float64) []results.Value { return by[s.Benchmark](s, host) },
		extra:    []results.Event{{Kind: results.EventBroken, Benchmark: "Gone-4", Message: "timed out 3 times"}},
	}).write(t))
	var names []string
	for _, b := range a.Benchmarks {
		names = append(names, b.Name)
	}
	if want := strings.Fields("Gone-4 Worse-4 Noisier-4 Noisy-4 Same-4 Better-4"); !slices.Equal(names, want) {
		t.Errorf("order %v, want %v", names, want)
	}
	if a.Verdict != Broken || !strings.Contains(a.Sentence, "Gone-4 gave no result (timed out 3 times)") {
		t.Errorf("%s", a.Sentence)
	}
}
