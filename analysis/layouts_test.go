package analysis

import (
	"math"
	"strings"
	"testing"

	"patchbench/results"
)

// inLayouts makes pairs whose difference depends on the layout alone, but
// for a little noise.
func inLayouts(byLayout []float64, pairs int) observations {
	var obs observations
	for i := range pairs {
		layout := i % len(byLayout)
		d := byLayout[layout] + 0.001*float64(i/len(byLayout)%3-1)
		obs.add(PairDifference{Layout: layout}, d, 1, 1+d)
	}
	return obs
}

func TestLayoutsWiden(t *testing.T) {
	plain := compare(results.OpMetric, inLayouts([]float64{0.03}, 24), 0.05, nil)
	if plain.Layouts != nil || plain.Lower <= 0 {
		t.Errorf("one layout: %+v", plain)
	}
	// The same loss in every layout stays a loss.
	same := compare(results.OpMetric, inLayouts([]float64{0.03, 0.03, 0.03, 0.03}, 24), 0.05, nil)
	if e := same.Layouts; e == nil || e.Layouts != 4 || e.Share != 0 || e.Wider || same.Lower <= 0 {
		t.Errorf("layouts that differ in nothing: %+v, bounds %g to %g", e, same.Lower, same.Upper)
	}
	// One that two layouts show and two do not is an accident as likely as not.
	odd := compare(results.OpMetric, inLayouts([]float64{0.06, 0.06, 0, 0}, 24), 0.05, nil)
	if e := odd.Layouts; e == nil || e.Share < 0.9 || !e.Wider || odd.Lower != e.Lower || odd.Upper != e.Upper {
		t.Errorf("layouts that decide: %+v, bounds %g to %g", e, odd.Lower, odd.Upper)
	}
	if odd.Lower > 0 || odd.PWorse < 0.05 {
		t.Errorf("called a loss (lower bound %g, p %g) though half of the layouts show none", odd.Lower, odd.PWorse)
	}
}

// Where layouts make most of the spread, a comparison that was stopped early has
// the bounds of all its looks, and one that no number of rounds would decide is
// given up.
func TestLayoutsStopped(t *testing.T) {
	run := func(byLayout []float64, rounds int) *fakeRun {
		b := testBenchmark("A-2", 2)
		b.Pilot = []results.Noise{{Unit: "sec/op", Need: 80}}
		for _, name := range []string{"default", "1", "2", "3"} {
			b.Layouts = append(b.Layouts, results.Layout{Name: name, Binaries: b.Binaries})
		}
		noise := secPerOp(0, 0.002)
		return &fakeRun{protocol: lookedAt(40, b), rounds: rounds, values: func(s *results.Sample, host float64) []results.Value {
			if s.Side == results.After {
				host += byLayout[s.Layout]
			}
			return noise(s, host)
		}}
	}
	apart := run([]float64{0.05, 0.05, -0.03, -0.03}, 26)
	dir := apart.write(t)
	a := analyze(t, dir)
	c := a.benchmark(t, "A-2").Comparisons[0]
	if l := c.Layouts; l == nil || !l.Wider {
		t.Fatalf("layouts decide nothing: %+v", l)
	}
	if s := c.Stopped; s == nil || s.Lower != c.Lower || s.Upper != c.Upper || math.Abs(s.Effect-0.01) > 0.005 {
		t.Errorf("stopped: %+v, bounds %g to %g", s, c.Lower, c.Upper)
	}
	if decided, err := Decided(dir); err != nil || !strings.HasPrefix(decided["A-2"], "inconclusive, ") {
		t.Errorf("goes on though layouts differ too much: %v, %v", decided, err)
	}
	alike := run([]float64{0.001, 0.001, -0.001, -0.001}, 8)
	if decided, err := Decided(alike.write(t)); err != nil || strings.HasPrefix(decided["A-2"], "inconclusive") {
		t.Errorf("given up: %v, %v", decided, err)
	}
}
