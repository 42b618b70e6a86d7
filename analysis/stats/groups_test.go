package stats

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Worked by hand: means 1, 3 and 5 about 3, three differences each.
func TestGroups(t *testing.T) {
	g, ok := NewGroups([][]float64{{0, 1, 2}, {2, 3, 4}, {4, 5, 6}})
	if !ok {
		t.Fatal("no fit")
	}
	// Between: 3·(4+0+4)/2 = 12; within: 6/6 = 1; so (12−1)/3.
	if g.Mean != 3 || !close(g.Between, 11.0/3) || !close(g.Within, 1) || !close(g.Share(), 11.0/14) {
		t.Errorf("got %+v, share %g", g, g.Share())
	}
	// The mean's variance is 12/9 with 2 degrees of freedom, where t is 2.919986.
	low, high := g.Bounds(0.05)
	if want := 2.919986 * math.Sqrt(12.0/9); math.Abs(high-3-want) > 1e-5 || math.Abs(3-low-want) > 1e-5 {
		t.Errorf("bounds %g and %g, want 3 ∓ %g", low, high, want)
	}
	if p := g.PGreater(low); math.Abs(p-0.05) > 1e-6 {
		t.Errorf("p at the lower bound is %g", p)
	}
	if p := g.PLess(high); math.Abs(p-0.05) > 1e-6 {
		t.Errorf("p at the upper bound is %g", p)
	}
}

func TestGroupsWithoutAny(t *testing.T) {
	for _, groups := range [][][]float64{nil, {{1, 2}}, {{1}, {2}}, {{1, 2}, {}}} {
		if g, ok := NewGroups(groups); ok {
			t.Errorf("%v: fit %+v", groups, g)
		}
	}
	g, ok := NewGroups([][]float64{{1, 1}, {1, 1}})
	if low, high := g.Bounds(0.05); !ok || low != 1 || high != 1 || g.Share() != 0 || g.PGreater(1) != 1 || g.PGreater(0.5) != 0 {
		t.Errorf("differences that are all 1: %+v, %v to %v", g, low, high)
	}
}

func close(x, want float64) bool { return math.Abs(x-want) < 1e-12 }

// Four layouts, each with a shift of its own as large as the noise: what the
// layouts hide must not be taken for the patch's doing.
func TestGroupsCoverage(t *testing.T) {
	const trials, alpha = 4000, 0.05
	rng := rand.New(rand.NewPCG(4, 42))
	var beyond, plainBeyond int
	var share float64
	for range trials {
		groups := make([][]float64, 4)
		var all []float64
		for k := range groups {
			shift := rng.NormFloat64()
			for range 8 {
				groups[k] = append(groups[k], shift+rng.NormFloat64())
			}
			all = append(all, groups[k]...)
		}
		g, _ := NewGroups(groups)
		share += g.Share() / trials
		if low, _ := g.Bounds(alpha); low > 0 {
			beyond++
		}
		if NewSignedRank(all).Lower(alpha) > 0 {
			plainBeyond++
		}
	}
	if exceeds(beyond, trials, alpha) {
		t.Errorf("a lower bound above the truth in %d of %d trials, want %g", beyond, trials, alpha)
	}
	if float64(beyond) < trials*alpha/2 {
		t.Errorf("a lower bound above the truth in %d of %d trials only: the bounds are too wide", beyond, trials)
	}
	// This is what the model is there for.
	if !exceeds(plainBeyond, trials, 2*alpha) {
		t.Errorf("layouts ignored: above the truth in %d of %d trials, which needs no model", plainBeyond, trials)
	}
	if share < 0.35 || share > 0.6 {
		t.Errorf("the layouts' share is %g on average, want about 0.5", share)
	}
}

func TestGroupsPairsNeeded(t *testing.T) {
	// At three degrees of freedom t is 2.3534 at 95 %, and the normal deviate of
	// 90 % 1.2816: 3.635 standard errors fit into the margin.
	for _, test := range []struct {
		between, within, margin float64
		k, want                 int
		ok                      bool
	}{
		{0, 0.05 * 0.05, 0.02, 4, 83, true},
		{0.01 * 0.01, 0.05 * 0.05, 0.02, 4, 475, true},
		{0.02 * 0.02, 0.05 * 0.05, 0.02, 4, 0, false}, // 1 % a side remains, times 3.6
		{0, 0.01, 0, 4, 0, false},
		{0, 0.01, 0.02, 1, 0, false},
	} {
		n, ok := Groups{Between: test.between, Within: test.within}.PairsNeeded(test.k, test.margin, 0.05)
		if n != test.want || ok != test.ok {
			t.Errorf("%+v: %d, %v", test, n, ok)
		}
	}
}
