package analysis

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"patchbench/results"
)

// controlled is a run of several benchmarks with a control, whose copy of
// before is slower by bias.
func controlled(seed uint64, bias float64) *fakeRun {
	p := testProtocol(testBenchmark("A-4", 4), testBenchmark("B-4", 4), testBenchmark("C-4", 4))
	p.Seed, p.Rounds = seed, 20
	for i := range p.Benchmarks {
		p.Benchmarks[i].Control = "copy"
	}
	rng := rand.New(rand.NewPCG(seed, 5))
	return &fakeRun{protocol: p, values: func(s *results.Sample, host float64) []results.Value {
		x := host + 0.01*rng.NormFloat64()
		if s.Side == results.Control {
			x += bias
		}
		return []results.Value{{Value: 1e6 * math.Exp(x), Unit: "ns/op"}}
	}}
}

func TestControl(t *testing.T) {
	for _, tt := range []struct {
		name  string
		bias  float64
		calls bool
	}{{"sound", 0, false}, {"biased", 0.03, true}} {
		t.Run(tt.name, func(t *testing.T) {
			a := analyze(t, controlled(3, tt.bias).write(t))
			c := a.Control
			if c == nil || c.Benchmarks != 3 || len(c.Metrics) != 1 {
				t.Fatalf("control %+v", c)
			}
			m := c.Metrics[0]
			// Rounds 1, 6, 11 and 16 of 20 have one.
			if m.Control.Pairs != 3*4*2 || m.Patch.Pairs != 3*20*2 {
				t.Errorf("%d pairs with the control, %d with after", m.Control.Pairs, m.Patch.Pairs)
			}
			if m.Calls != tt.calls || math.Abs(m.Control.Effect-tt.bias) > 0.01 {
				t.Errorf("calls a difference: %v, effect %g, p %g", m.Calls, m.Control.Effect, m.P)
			}
			if strings.HasPrefix(a.Sentence, "Inconclusive: don't trust this run") != tt.calls || (a.Verdict == Inconclusive) != tt.calls || (a.ExitCode == 2) != tt.calls {
				t.Errorf("%s, status %d: %s", a.Verdict, a.ExitCode, a.Sentence)
			}
			if !a.Complete || a.Planned != a.Samples || a.Samples != 3*(20+4)*4 {
				t.Errorf("%d of %d samples, complete: %v", a.Samples, a.Planned, a.Complete)
			}
			if b := a.named("B-4"); b.Comparisons[0].Pairs != 40 || len(b.Control) != 1 || b.Control[0].Pairs != 8 {
				t.Errorf("B-4: %d pairs, control %+v", b.Comparisons[0].Pairs, b.Control)
			}
		})
	}
}

// A sound run's control calls a difference about once in a hundred.
func TestControlLevel(t *testing.T) {
	const runs = 300
	calls := 0
	for seed := range uint64(runs) {
		if analyze(t, controlled(100+seed, 0).write(t)).Control.calls() != "" {
			calls++
		}
	}
	// 300 trials at 0.01 exceed 9 with a probability of 0.0004.
	if calls > 9 {
		t.Errorf("%d of %d sound runs call a difference", calls, runs)
	}
}

func TestNoControl(t *testing.T) {
	a := analyze(t, (&fakeRun{protocol: testProtocol(testBenchmark("A-4", 4)), values: secPerOp(0, 0.005)}).write(t))
	if a.Control != nil || a.Control.calls() != "" {
		t.Errorf("control %+v", a.Control)
	}
}

// A regression stays one, but the doubt comes first.
func TestDistrustedRegression(t *testing.T) {
	a := &Analysis{Verdict: Regression, ExitCode: 1, Sentence: "Regression: it is slower.",
		Control: &ControlCheck{Metrics: []ControlMetric{{Control: Comparison{Metric: results.OpMetric, Effect: 0.03}, P: 0.001, Calls: true}}}}
	a.distrust()
	const want = "Don't trust this run, as its own control calls a difference (sec/op: before and its copy differ by 3 %, p = 0.001). Regression: it is slower."
	if a.Sentence != want || a.Verdict != Regression || a.ExitCode != 1 {
		t.Errorf("%s, status %d: %s", a.Verdict, a.ExitCode, a.Sentence)
	}
}

// A control of which every block was left out is one that says nothing.
func TestControlLeftOut(t *testing.T) {
	r := controlled(3, 0)
	r.event = func(s *results.Sample, e *results.Event) {
		if s.Control {
			e.Excluded = "busy 75 %"
		}
	}
	a := analyze(t, r.write(t))
	if c := a.Control; c == nil || c.Benchmarks != 0 || len(c.Metrics) != 0 || c.calls() != "" {
		t.Errorf("control %+v", a.Control)
	}
}
