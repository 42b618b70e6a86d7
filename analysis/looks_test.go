package analysis

import (
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"patchbench/results"
)

func lookedAt(rounds int, benchmarks ...results.Benchmark) *results.Protocol {
	p := testProtocol(benchmarks...)
	p.Rounds, p.Looks = rounds, []float64{0.2, 0.35, 0.5, 0.65, 0.8, 1}
	return p
}

// What is decided at a look is decided by the same rule as in the end, and the
// run is complete without the samples that were spared.
func TestDecided(t *testing.T) {
	quiet, loud, slow, capped := testBenchmark("Quiet-2", 2), testBenchmark("Loud-2", 2), testBenchmark("Slow-2", 2), testBenchmark("Capped-2", 2)
	capped.Rounds = 10
	p := lookedAt(40, quiet, loud, slow, capped)
	rng := rand.New(rand.NewPCG(31, 32))
	values := func(s *results.Sample, host float64) []results.Value {
		x := host
		if noise := rng.NormFloat64(); s.Benchmark == "Quiet-2" || s.Benchmark == "Slow-2" {
			x += 0.005 * noise
		} else {
			x += 0.3 * noise
		}
		if s.Benchmark == "Slow-2" && s.Side == results.After {
			x += 0.1
		}
		return []results.Value{{Value: 1e6 * math.Exp(x), Unit: "ns/op"}}
	}
	f := &fakeRun{protocol: p, values: values, rounds: 14}
	decided, err := Decided(f.write(t))
	if err != nil {
		t.Fatal(err)
	}
	if got := slices.Sorted(maps.Keys(decided)); !slices.Equal(got, []string{"Quiet-2", "Slow-2"}) {
		t.Fatalf("decided: %v", decided)
	}
	if !strings.HasPrefix(decided["Quiet-2"], "no loss, sec/op: a loss beyond 2 % is excluded by ") || !strings.HasPrefix(decided["Slow-2"], "regression, ") {
		t.Errorf("decided: %v", decided)
	}

	f.rounds, f.stop = 0, map[string]int{"Quiet-2": 14, "Slow-2": 14}
	for name := range decided {
		f.extra = append(f.extra, results.Event{Kind: results.EventDecided, Benchmark: name})
	}
	a := analyze(t, f.write(t))
	if !a.Complete || a.Samples != a.Planned || a.Samples != 4*(14+40+14+10) {
		t.Errorf("%d samples of %d, complete %v", a.Samples, a.Planned, a.Complete)
	}
	for name, want := range map[string]struct {
		verdict Verdict
		rounds  []int
	}{
		"Quiet-2":  {NoLoss, []int{8, 14}},
		"Slow-2":   {Regression, []int{8, 14}},
		"Loud-2":   {Inconclusive, []int{8, 14, 20, 26, 32, 40}},
		"Capped-2": {Inconclusive, []int{5, 7, 8, 10}},
	} {
		b := a.benchmark(t, name)
		c := b.Comparisons[0]
		var rounds []int
		for _, l := range c.Looks {
			rounds = append(rounds, l.Rounds)
			if l.Lower > c.Lower || l.Upper < c.Upper {
				t.Errorf("%s: bounds [%g, %g] leave out what a look said: %+v", name, c.Lower, c.Upper, l)
			}
			if l.Pairs != 2*l.Rounds {
				t.Errorf("%s: %+v", name, l)
			}
		}
		if b.Verdict != want.verdict || !slices.Equal(rounds, want.rounds) {
			t.Errorf("%s: %s after looks at %v, want %s at %v", name, b.Verdict, rounds, want.verdict, want.rounds)
		}
	}

	// A benchmark that improves is over; where that is the claim, one that only
	// loses nothing is not.
	p.Claim = "improves"
	decided, err = Decided(f.write(t))
	if err != nil || len(decided) != 1 || decided["Slow-2"] == "" {
		t.Errorf("decided: %v, %v", decided, err)
	}
}

// Looking often at noise must not make findings of it.
func TestLooksKeepTheirPromise(t *testing.T) {
	const trials, alpha = 1000, 0.05
	p := lookedAt(20, testBenchmark("A-2", 2))
	r := &record{benchmark: &p.Benchmarks[0], rounds: 20}
	l := r.looks(p)
	margin := p.Benchmarks[0].Primary[0].Margin
	rng := rand.New(rand.NewPCG(33, 34))
	rates := func(theta float64, once bool) (loss, noLoss float64) {
		for range trials {
			c := Comparison{Metric: p.Benchmarks[0].Primary[0]}
			for round := range 20 {
				for pair := range 2 {
					c.Differences = append(c.Differences, PairDifference{Round: round, Pair: pair, D: theta + 0.03*rng.NormFloat64()})
				}
			}
			if once {
				// What looking at 5 % each time makes of it.
				lower, upper := math.Inf(-1), math.Inf(1)
				for _, n := range l.rounds {
					var part Comparison
					var d []float64
					for _, x := range c.Differences[:2*n] {
						d = append(d, x.D)
					}
					part.estimate(d, alpha)
					lower, upper = max(lower, part.Lower), min(upper, part.Upper)
				}
				c.Lower, c.Upper = lower, upper
			} else {
				c.monitor(l)
			}
			if c.Lower > 0 {
				loss++
			}
			if c.Upper < margin {
				noLoss++
			}
		}
		return loss / trials, noLoss / trials
	}
	most := alpha + 3*math.Sqrt(alpha*(1-alpha)/trials)
	if loss, _ := rates(0, false); loss > most || loss < alpha/3 {
		t.Errorf("a loss where there is none: %.3f, promised %.2f", loss, alpha)
	}
	if _, noLoss := rates(math.Log1p(margin), false); noLoss > most || noLoss < alpha/3 {
		t.Errorf("no loss at the margin: %.3f, promised %.2f", noLoss, alpha)
	}
	if loss, _ := rates(0, true); loss < 2*alpha {
		t.Errorf("six looks at 5 %% each call a loss in %.3f: this test would not see the difference", loss)
	}
}

func TestUnmeasured(t *testing.T) {
	b := testBenchmark("Loud-2", 2)
	b.Unmeasured = "its pilot says 41 min"
	p := lookedAt(5, testBenchmark("A-2", 2), b)
	a := analyze(t, (&fakeRun{protocol: p, values: secPerOp(0, 0.001)}).write(t))
	got := a.benchmark(t, "Loud-2")
	if got.Verdict != Inconclusive || got.Basis != b.Unmeasured || a.Verdict != Inconclusive || !a.Complete {
		t.Errorf("%+v; run %s, complete %v", got, a.Verdict, a.Complete)
	}
	if want := "Inconclusive: nothing speaks against after on what was measured, but 1 of 2 benchmarks was not, as the budget can't decide it."; a.Sentence != want {
		t.Errorf("got  %s\nwant %s", a.Sentence, want)
	}

	p = lookedAt(5, testBenchmark("A-2", 2), b)
	a = analyze(t, (&fakeRun{protocol: p, values: secPerOp(0, 0.2)}).write(t))
	if !strings.HasSuffix(a.Sentence, ", but a loss of 2 % can't be excluded; 1 more was not measured, as the budget can't decide it.") {
		t.Errorf("got %s", a.Sentence)
	}
}

// A benchmark in reserve that got no samples is one that was not measured; until
// that is known, the run is unfinished.
func TestSkipped(t *testing.T) {
	b := testBenchmark("Long-2", 2)
	b.Reserve = "not measured, as deciding it takes 41 min and the others left less"
	run := func(extra ...results.Event) *Analysis {
		f := &fakeRun{protocol: lookedAt(5, testBenchmark("A-2", 2), b), extra: extra}
		plain := secPerOp(0, 0.001)
		f.values = func(s *results.Sample, host float64) []results.Value {
			if s.Benchmark == "Long-2" {
				return nil
			}
			return plain(s, host)
		}
		return analyze(t, f.write(t))
	}
	a := run(results.Event{Kind: results.EventSkipped, Benchmark: "Long-2", Message: b.Reserve})
	got := a.benchmark(t, "Long-2")
	if got.Verdict != Inconclusive || got.Basis != b.Reserve || !a.Complete || a.Planned != a.Samples {
		t.Errorf("%+v; complete %v, %d of %d samples", got, a.Complete, a.Samples, a.Planned)
	}
	if a := run(); a.Complete || a.Planned != 2*a.Samples {
		t.Errorf("complete %v, %d of %d samples, though the reserve is open", a.Complete, a.Samples, a.Planned)
	}
}

// A comparison whose trend lies between the two answers is given up where the
// pilot had promised one, and nowhere else.
func TestFutility(t *testing.T) {
	b := testBenchmark("Between-2", 2)
	b.Pilot = []results.Noise{{Unit: "sec/op", Need: 80}}
	p := lookedAt(40, b)
	between := &fakeRun{protocol: p, values: secPerOp(0.01, 0.065), rounds: 26}
	decided, err := Decided(between.write(t))
	if want := "inconclusive, as the rounds left would decide it with a chance below 10 %"; err != nil || decided["Between-2"] != want {
		t.Errorf("decided: %v, %v", decided, err)
	}
	p.Benchmarks[0].Pilot[0].Need = 82 // more than it gets: somebody asked for what there is
	if decided, err := Decided(between.write(t)); err != nil || len(decided) != 0 {
		t.Errorf("decided, though it was never meant to be: %v, %v", decided, err)
	}
	p.Benchmarks[0].Pilot[0].Need = 80
	open := &fakeRun{protocol: p, values: secPerOp(0.012, 0.045), rounds: 20}
	if decided, err := Decided(open.write(t)); err != nil || len(decided) != 0 {
		t.Errorf("decided, though it may well be: %v, %v", decided, err)
	}
}
