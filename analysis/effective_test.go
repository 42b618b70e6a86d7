package analysis

import (
	"math"
	"math/rand/v2"
	"testing"
)

// remembering makes n differences of which each correlates with the one before
// it by rho.
func remembering(rng *rand.Rand, n int, rho, sigma float64) []float64 {
	d := make([]float64, n)
	x := rng.NormFloat64()
	for i := range d {
		d[i] = sigma * x
		x = rho*x + math.Sqrt(1-rho*rho)*rng.NormFloat64()
	}
	return d
}

// compared is a comparison of the differences d, two to a round.
func compared(d []float64) *Comparison {
	c := &Comparison{Metric: testMetrics()[0], Pairs: len(d)}
	for i, x := range d {
		c.Differences = append(c.Differences, PairDifference{Round: i / 2, Pair: i % 2, D: x})
	}
	c.estimate(d, 0.05)
	return c
}

// Pairs that do not go together are hardly ever taken for some that do, and the
// bounds of those that do hold about as often as promised.
func TestEffectivePairs(t *testing.T) {
	const trials = 1500
	tests := []struct {
		name        string
		pairs       int
		rho         float64
		heavy       bool    // noise with outliers
		least, most float64 // trials with fewer effective pairs
		misses      float64 // of a bound, at most
	}{
		{name: "independent", pairs: 20, most: 0.03, misses: 0.05},
		{name: "independent, many", pairs: 100, most: 0.03, misses: 0.05},
		{name: "independent, outliers", pairs: 40, heavy: true, most: 0.03, misses: 0.05},
		{name: "alternating", pairs: 40, rho: -0.5, most: 0.001, misses: 0.01},
		{name: "a memory", pairs: 40, rho: 0.5, least: 0.6, most: 1, misses: 0.11},
		{name: "a memory, many", pairs: 100, rho: 0.5, least: 0.99, most: 1, misses: 0.07},
		{name: "a long memory", pairs: 100, rho: 0.76, least: 0.99, most: 1, misses: 0.09},
	}
	for _, tt := range tests {
		rng := rand.New(rand.NewPCG(71, 72))
		var fewer, above, below, plain float64
		for range trials {
			d := remembering(rng, tt.pairs, tt.rho, 0.01)
			for i := range d {
				if tt.heavy {
					d[i] /= math.Sqrt(max(0.1, rng.ExpFloat64()))
				}
			}
			c := compared(d)
			if c.EffectivePairs > 0 {
				fewer++
			}
			if c.Lower > 0 {
				above++
			}
			if c.Upper < 0 {
				below++
			}
			if c.EffectivePairs > 0 && !(c.EffectivePairs < float64(tt.pairs)) {
				t.Fatalf("%s: %g of %d pairs", tt.name, c.EffectivePairs, tt.pairs)
			}
			// What the bounds would be were the pairs independent.
			if factor := math.Sqrt(float64(tt.pairs) / max(c.EffectivePairs, 1e-9)); c.EffectivePairs > 0 && stretch(c.Effect, c.Lower, 1/factor) > 0 || c.EffectivePairs == 0 && c.Lower > 0 {
				plain++
			}
		}
		t.Logf("%s: fewer in %.3f, a bound misses in %.3f and %.3f, unwidened in %.3f", tt.name, fewer/trials, above/trials, below/trials, plain/trials)
		slack := func(p float64) float64 { return 3 * math.Sqrt(p*(1-p)/trials) }
		if fewer/trials < tt.least-slack(tt.least) || fewer/trials > tt.most+slack(tt.most) {
			t.Errorf("%s: fewer effective pairs in %.3f of trials, want %g to %g", tt.name, fewer/trials, tt.least, tt.most)
		}
		for _, misses := range []float64{above, below} {
			if misses/trials > tt.misses+slack(tt.misses) {
				t.Errorf("%s: a bound misses in %.3f of trials, want at most %g", tt.name, misses/trials, tt.misses)
			}
		}
	}
}

// The pairs of a block may go together where the blocks do not.
func TestEffectivePairsOfBlocks(t *testing.T) {
	rng := rand.New(rand.NewPCG(73, 74))
	d := make([]float64, 80)
	for i := range d {
		d[i] = 0.001 * rng.NormFloat64()
		if i%2 == 0 {
			d[i] += 0.01 * rng.NormFloat64()
		} else {
			d[i] += d[i-1]
		}
	}
	c := compared(d)
	if c.EffectivePairs < 20 || c.EffectivePairs > 50 {
		t.Errorf("%g effective pairs of 80 in 40 blocks", c.EffectivePairs)
	}
	for p, want := range map[float64]float64{0: 0, 0.001: 0.0612, 0.5: 0.5, 1: 1} { // 3.09 standard errors are 1.545 then
		if got := soften(p, 2); math.Abs(got-want) > 1e-3 {
			t.Errorf("a p-value of %g became %g, want %g", p, got, want)
		}
	}
	if got := stretch(0, math.Inf(-1), 2); !math.IsInf(got, -1) {
		t.Errorf("an infinite bound became %g", got)
	}
}
