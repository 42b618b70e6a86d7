package stats

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestAscend(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for name, value := range map[string]func() float64{
		"normal": rng.NormFloat64,
		"few":    func() float64 { return float64(rng.IntN(5) - 2) },
		"one":    func() float64 { return -0.25 },
		"any":    func() float64 { return math.Ldexp(rng.NormFloat64(), rng.IntN(2200)-1100) },
		"extreme": func() float64 {
			return []float64{0, math.Inf(1), math.Inf(-1), math.MaxFloat64, -math.SmallestNonzeroFloat64}[rng.IntN(5)]
		},
	} {
		for _, n := range []int{0, 1, 2, manyValues - 1, manyValues, 3000} {
			xs := make([]float64, n)
			for i := range xs {
				xs[i] = value()
			}
			want := slices.Sorted(slices.Values(xs))
			order := ascending(xs)
			for i := 1; i < n; i++ {
				if a, b := xs[order[i-1]], xs[order[i]]; a > b || a == b && order[i-1] > order[i] {
					t.Fatalf("%s, %d values: places %d and %d, of %g and %g, come in this order", name, n, order[i-1], order[i], a, b)
				}
			}
			if n > 0 && len(slices.Compact(slices.Sorted(slices.Values(order)))) != n {
				t.Errorf("%s, %d values: a place is there twice", name, n)
			}
			if Ascend(xs); !slices.Equal(xs, want) {
				t.Errorf("%s, %d values: not in ascending order", name, n)
			}
		}
	}
}
