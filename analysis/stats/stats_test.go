package stats

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/aclements/go-moremath/stats"
)

func near(a, b, tolerance float64) bool {
	return a == b || math.Abs(a-b) <= tolerance*max(1, math.Abs(b))
}

func TestHodgesLehmann(t *testing.T) {
	tests := []struct {
		d    []float64
		want float64
	}{
		{nil, 0},
		{[]float64{7}, 7},
		{[]float64{1, 2}, 1.5},
		{[]float64{1, 2, 3, 4, 100}, 3}, // the mean is 22
		{[]float64{0, 0, 0}, 0},
		{[]float64{-5, 3, 5, 9}, 3.5},
	}
	for _, tt := range tests {
		if got := HodgesLehmann(tt.d); got != tt.want {
			t.Errorf("%v: %g, want %g", tt.d, got, tt.want)
		}
	}
}

// Where the estimate lies, the sum of the ranks is the same for both signs.
func TestHodgesLehmannAgainstRanks(t *testing.T) {
	rng := rand.New(rand.NewPCG(13, 14))
	for n := 1; n <= 25; n++ {
		d := make([]float64, n)
		for i := range d {
			d[i] = rng.NormFloat64()
		}
		estimate := HodgesLehmann(d)
		sum := func(theta float64) float64 {
			shifted := make([]float64, n)
			for i, x := range d {
				shifted[i] = x - theta
			}
			return rankSum(shifted)
		}
		half := float64(n*(n+1)) / 4
		if above, below := sum(estimate+1e-9), sum(estimate-1e-9); above > half || below < half {
			t.Errorf("n=%d: rank sums %g above and %g below the estimate, want %g between", n, above, below, half)
		}
	}
}

func TestPairedT(t *testing.T) {
	// Against the test it inverts: at its bounds Student's p is alpha.
	rng := rand.New(rand.NewPCG(5, 6))
	for _, n := range []int{2, 3, 5, 10, 30, 100} {
		d := make([]float64, n)
		for i := range d {
			d[i] = 0.3 + rng.NormFloat64()
		}
		for _, alpha := range []float64{0.01, 0.05, 0.2} {
			mean, lower, upper := PairedT(d, alpha)
			if want := stats.Mean(d); mean != want {
				t.Errorf("mean %g, want %g", mean, want)
			}
			low, err := stats.OneSampleTTest(stats.Sample{Xs: d}, lower, stats.LocationGreater)
			if err != nil {
				t.Fatal(err)
			}
			high, err := stats.OneSampleTTest(stats.Sample{Xs: d}, upper, stats.LocationLess)
			if err != nil {
				t.Fatal(err)
			}
			if !near(low.P, alpha, 1e-6) || !near(high.P, alpha, 1e-6) {
				t.Errorf("n=%d: p at the bounds is %g and %g, want %g", n, low.P, high.P, alpha)
			}
		}
	}
	// Against a printed quantile: t of 4 degrees of freedom at 95 % is 2.132.
	_, lower, upper := PairedT([]float64{-2, -1, 0, 1, 2}, 0.05)
	if want := 2.13185 * math.Sqrt(2.5/5); !near(upper, want, 1e-4) || !near(lower, -want, 1e-4) {
		t.Errorf("bounds %g and %g, want ±%g", lower, upper, want)
	}
	for _, d := range [][]float64{nil, {1}} {
		if mean, lower, upper := PairedT(d, 0.05); math.IsNaN(mean) || !math.IsInf(lower, -1) || !math.IsInf(upper, 1) {
			t.Errorf("%v: %g [%g, %g]", d, mean, lower, upper)
		}
	}
}

func TestHolm(t *testing.T) {
	tests := []struct{ p, want []float64 }{
		{nil, []float64{}},
		{[]float64{0.03}, []float64{0.03}},
		{[]float64{0.01, 0.04, 0.03, 0.005}, []float64{0.03, 0.06, 0.06, 0.02}}, // R: p.adjust(…, "holm")
		{[]float64{0.5, 0.5, 0.9}, []float64{1, 1, 1}},
	}
	for _, tt := range tests {
		got := Holm(tt.p)
		if !slices.EqualFunc(got, tt.want, func(a, b float64) bool { return near(a, b, 1e-12) }) {
			t.Errorf("%v: %v, want %v", tt.p, got, tt.want)
		}
	}
}

func TestBenjaminiHochberg(t *testing.T) {
	tests := []struct{ p, want []float64 }{
		{nil, []float64{}},
		{[]float64{0.03}, []float64{0.03}},
		{[]float64{0.01, 0.04, 0.03, 0.005}, []float64{0.02, 0.04, 0.04, 0.02}}, // R: p.adjust(…, "BH")
		{[]float64{1, 0.2, 1}, []float64{1, 0.6, 1}},
	}
	for _, tt := range tests {
		got := BenjaminiHochberg(tt.p)
		if !slices.EqualFunc(got, tt.want, func(a, b float64) bool { return near(a, b, 1e-12) }) {
			t.Errorf("%v: %v, want %v", tt.p, got, tt.want)
		}
	}
}

func TestRobust(t *testing.T) {
	tests := []struct {
		xs                        []float64
		median, spread, variation float64
	}{
		{nil, 0, 0, 0},
		{[]float64{4}, 4, 0, 0},
		{[]float64{3, 1}, 2, math.Sqrt2, math.Sqrt2 / 2},
		{[]float64{1, 2, 3, 4, 1000}, 3, normalMAD, stats.StdDev([]float64{1, 2, 3, 4, 1000}) / 202},
		{[]float64{0, 0, 0, 0, 5}, 0, math.Sqrt(5), math.Sqrt(5)}, // more than half the same
		{[]float64{2, 2, 2}, 2, 0, 0},
		{[]float64{-1, 1}, 0, math.Sqrt2, 0},
	}
	for _, tt := range tests {
		if got := Median(tt.xs); got != tt.median {
			t.Errorf("%v: median %g, want %g", tt.xs, got, tt.median)
		}
		if got := Spread(tt.xs); !near(got, tt.spread, 1e-12) {
			t.Errorf("%v: spread %g, want %g", tt.xs, got, tt.spread)
		}
		if got := Variation(tt.xs); !near(got, tt.variation, 1e-12) {
			t.Errorf("%v: variation %g, want %g", tt.xs, got, tt.variation)
		}
	}
	rng := rand.New(rand.NewPCG(7, 8))
	xs := make([]float64, 20000)
	for i := range xs {
		xs[i] = 3 * rng.NormFloat64()
	}
	if got := Spread(xs); !near(got, 3, 0.02) {
		t.Errorf("spread of a normal sample with σ = 3 is %g", got)
	}
}

func TestPairsNeeded(t *testing.T) {
	tests := []struct {
		sigma, margin float64
		want          int
	}{
		{0.02, 0.02, 11}, // 8.564 × 1.2 = 10.3
		{0.10, 0.02, 257},
		{0, 0.02, 0},
		{0.1, 0, 0},
		{1, 1e-9, 1e9},
	}
	for _, tt := range tests {
		if got := PairsNeeded(tt.sigma, tt.margin, 0.05); got != tt.want {
			t.Errorf("σ=%g m=%g: %d, want %d", tt.sigma, tt.margin, got, tt.want)
		}
	}
	if a, b := PairsNeeded(0.1, 0.02, 0.01), PairsNeeded(0.1, 0.02, 0.05); a <= b {
		t.Errorf("a stricter level needs %d pairs, a laxer one %d", a, b)
	}
}

func TestSpearman(t *testing.T) {
	tests := []struct {
		x, y   []float64
		rho, p float64
	}{
		{[]float64{1, 2, 3}, []float64{1, 2, 3}, 0, 1}, // too few
		{[]float64{1, 2, 3, 4, 5}, []float64{1, 4, 9, 16, 25}, 1, 0},
		{[]float64{1, 2, 3, 4, 5}, []float64{5, 4, 3, 2, 1}, -1, 0},
		{[]float64{1, 2, 3, 4, 5}, []float64{2, 2, 2, 2, 2}, 0, 1},
		// IQ and hours of television, the worked example of many textbooks.
		{[]float64{106, 86, 100, 101, 99, 103, 97, 113, 112, 110}, []float64{7, 0, 27, 50, 28, 29, 20, 12, 6, 17}, -29. / 165, 0.6272},
	}
	for _, tt := range tests {
		rho, p := Spearman(tt.x, tt.y)
		if !near(rho, tt.rho, 1e-9) || !near(p, tt.p, 1e-3) {
			t.Errorf("%v %v: ρ=%g p=%g, want %g and %g", tt.x, tt.y, rho, p, tt.rho, tt.p)
		}
	}
	if got, want := midranks([]float64{5, 1, 5, 3}), []float64{3.5, 1, 3.5, 2}; !slices.Equal(got, want) {
		t.Errorf("midranks %v, want %v", got, want)
	}
}

// The margin that a number of pairs decides at is the one that needs so many.
func TestMarginDecided(t *testing.T) {
	for _, sigma := range []float64{0.001, 0.02, 0.5} {
		for _, margin := range []float64{0.01, 0.1} {
			pairs := Cap(PairsNeeded(sigma, margin, 0.05))
			if got := MarginDecided(sigma, pairs, 0.05); got > margin || MarginDecided(sigma, pairs-2, 0.05) < margin && pairs > 3 {
				t.Errorf("σ = %g, m = %g, %d pairs: %g", sigma, margin, pairs, got)
			}
		}
	}
	if got := MarginDecided(0.1, 0, 0.05); !math.IsInf(got, 1) {
		t.Errorf("without pairs: %g", got)
	}
}
