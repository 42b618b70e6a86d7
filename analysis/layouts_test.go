package analysis

import (
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
