package stats

import (
	"math"
	"math/rand/v2"
	"slices"
	"sort"
	"testing"
)

// Critical values of the smaller rank sum, from the usual printed tables
// (Wilcoxon & Wilcox 1964): significant at or below.
func TestSignedRankCriticalValues(t *testing.T) {
	tests := []struct {
		n     int
		alpha float64
		want  int
	}{
		{5, 0.05, 0}, {6, 0.05, 2}, {7, 0.05, 3}, {8, 0.05, 5}, {9, 0.05, 8}, {10, 0.05, 10},
		{11, 0.05, 13}, {12, 0.05, 17}, {15, 0.05, 30}, {20, 0.05, 60}, {25, 0.05, 100}, {30, 0.05, 151},
		{6, 0.025, 0}, {7, 0.025, 2}, {8, 0.025, 3}, {10, 0.025, 8}, {15, 0.025, 25},
		{20, 0.025, 52}, {25, 0.025, 89}, {30, 0.025, 137},
	}
	for _, tt := range tests {
		s := NewSignedRank(make([]float64, tt.n))
		if got := tt.n*(tt.n+1)/2 - s.critical(tt.alpha); got != tt.want {
			t.Errorf("n=%d alpha=%g: critical sum %d, want %d", tt.n, tt.alpha, got, tt.want)
		}
	}
}

// flipped calls f with every assignment of signs to the absolute values of d.
func flipped(d []float64, f func([]float64)) {
	x := make([]float64, len(d))
	for signs := range 1 << len(d) {
		for i := range d {
			x[i] = math.Abs(d[i])
			if signs>>i&1 == 1 {
				x[i] = -x[i]
			}
		}
		f(x)
	}
}

// rankSum is the statistic as Wilcoxon defined it: ranks of the absolute
// values, summed over the positive ones.
func rankSum(d []float64) float64 {
	a := make([]float64, len(d))
	for i, x := range d {
		a[i] = math.Abs(x)
	}
	sum := 0.0
	for i, r := range midranks(a) {
		if d[i] > 0 {
			sum += r
		}
	}
	return sum
}

func TestSignedRankAgainstEveryFlip(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for n := 1; n <= 12; n++ {
		for range 3 {
			d := make([]float64, n)
			for i := range d {
				d[i] = rng.NormFloat64() + 0.4
			}
			theta := 0.3 * rng.NormFloat64()
			shifted := make([]float64, n)
			for i := range d {
				shifted[i] = d[i] - theta
			}
			observed := rankSum(shifted)
			var all, high, low float64
			flipped(shifted, func(x []float64) {
				all++
				if r := rankSum(x); r >= observed {
					high++
				} else if r < observed {
					low++
				}
				if rankSum(x) == observed {
					low++
				}
			})
			s := NewSignedRank(d)
			if got, want := s.PGreater(theta), high/all; math.Abs(got-want) > 1e-12 {
				t.Errorf("n=%d: PGreater(%g) = %g, every flip gives %g", n, theta, got, want)
			}
			if got, want := s.PLess(theta), low/all; math.Abs(got-want) > 1e-12 {
				t.Errorf("n=%d: PLess(%g) = %g, every flip gives %g", n, theta, got, want)
			}
		}
	}
}

// With ties and zeros the test must stay valid: among all flips of the very
// same absolute values, no more than a share of alpha may be significant.
func TestSignedRankValidWithTies(t *testing.T) {
	for _, d := range [][]float64{
		{1, 1, 1, 1, 1, 1, 1, 1, 1, 1},
		{1, 1, 2, 2, 3, 3, 4, 4, 5, 5},
		{0, 0, 0, 0, 0, 1, 1, 1, 1, 1},
		{0, 1, 1, 1, 2, 2, 7, 7, 7, 9, 9, 9},
		{0, 0, 0, 0, 0, 0},
		{1, 2, 3, 4, 5, 5, 5},
	} {
		for _, alpha := range []float64{0.01, 0.05, 0.1, 0.25, 0.5} {
			var all, worse, better float64
			flipped(d, func(x []float64) {
				s := NewSignedRank(x)
				all++
				if s.PGreater(0) <= alpha {
					worse++
				}
				if s.PLess(0) <= alpha {
					better++
				}
			})
			if worse > alpha*all || better > alpha*all {
				t.Errorf("%v at %g: %g and %g of %g flips significant", d, alpha, worse, better, all)
			}
		}
	}
}

// A bound and the p-value it comes from must say the same at every θ.
func TestSignedRankBoundsInvertPValues(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for n := 1; n <= 40; n++ {
		d := make([]float64, n)
		for i := range d {
			d[i] = math.Round(4 * rng.NormFloat64()) // with many ties
		}
		s := NewSignedRank(d)
		for _, alpha := range []float64{0.001, 0.01, 0.05, 0.1} {
			lower, upper := s.Lower(alpha), s.Upper(alpha)
			for theta := -12.0; theta <= 12; theta += 0.25 {
				if (s.PGreater(theta) <= alpha) != (theta < lower) {
					t.Fatalf("%v: PGreater(%g) = %g at alpha %g, lower bound %g", d, theta, s.PGreater(theta), alpha, lower)
				}
				if (s.PLess(theta) <= alpha) != (theta > upper) {
					t.Fatalf("%v: PLess(%g) = %g at alpha %g, upper bound %g", d, theta, s.PLess(theta), alpha, upper)
				}
			}
		}
	}
}

func TestSignedRankEdges(t *testing.T) {
	inf := math.Inf(1)
	tests := []struct {
		name         string
		d            []float64
		lower, upper float64
		greater      float64 // p at 0
		less         float64
	}{
		{"none", nil, -inf, inf, 1, 1},
		{"one", []float64{3}, -inf, inf, 0.5, 1},
		{"four", []float64{1, 2, 3, 4}, -inf, inf, 1. / 16, 1},
		{"five", []float64{1, 2, 3, 4, 5}, 1, 5, 1. / 32, 1},
		{"all zero", make([]float64, 10), 0, 0, 1, 1},
		{"all zero, few", make([]float64, 4), -inf, inf, 1, 1},
		{"all equal", []float64{2, 2, 2, 2, 2, 2}, 2, 2, 1. / 64, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := NewSignedRank(tt.d)
			if got := s.Lower(0.05); got != tt.lower {
				t.Errorf("lower bound %g, want %g", got, tt.lower)
			}
			if got := s.Upper(0.05); got != tt.upper {
				t.Errorf("upper bound %g, want %g", got, tt.upper)
			}
			if got := s.PGreater(0); got != tt.greater {
				t.Errorf("p of greater %g, want %g", got, tt.greater)
			}
			if got := s.PLess(0); got != tt.less {
				t.Errorf("p of less %g, want %g", got, tt.less)
			}
		})
	}
}

// The approximation must be close wherever a level may lie that a look is judged
// at, and never turn around.
func TestSignedRankNormalApproximation(t *testing.T) {
	for _, n := range []int{exactLimit, exactLimit + 1, 80, 200} {
		exact, approximate := signedRankTailExact(n), signedRankTailNormal(n)
		last := 1.0
		for i, p := range exact {
			q := approximate(i)
			if off := math.Abs(q - p); p > 1e-3 && off > 0.001*p || p > 1e-6 && off > 0.02*p {
				t.Fatalf("P(T ≥ %d) of %d is %g, approximately %g", i, n, p, q)
			}
			if q > last || q < 0 {
				t.Fatalf("P(T ≥ %d) of %d is %g, more than the %g of one less", i, n, q, last)
			}
			last = q
		}
		if first, end := approximate(0), approximate(len(exact)-1); first != 1 || !(end < 1e-8) {
			t.Errorf("tail of %d goes from %g to %g", n, first, end)
		}
	}
}

// Counting and selecting must agree with the averages written out.
func TestWalsh(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for n := 1; n <= 30; n++ {
		d := make([]float64, n)
		for i := range d {
			d[i] = rng.NormFloat64()
			if n%3 == 0 {
				d[i] = math.Round(2 * d[i]) // with ties, zeros and −0
			}
		}
		var all []float64
		for i, a := range d {
			for _, b := range d[i:] {
				all = append(all, a/2+b/2)
			}
		}
		slices.Sort(all)
		w := newWalsh(d)
		if w.size() != len(all) || w.median() != medianSorted(all) {
			t.Errorf("%v: %d averages with median %g, want %d and %g", d, w.size(), w.median(), len(all), medianSorted(all))
		}
		for k, want := range all {
			if got := w.kth(k + 1); got != want {
				t.Fatalf("%v: average %d is %g, want %g", d, k+1, got, want)
			}
			below, _ := slices.BinarySearch(all, want)
			upTo := sort.Search(len(all), func(i int) bool { return all[i] > want })
			if b, u := w.count(want, false), w.count(want, true); b != below || u != upTo {
				t.Fatalf("%v: %d averages below %g and %d up to it, want %d and %d", d, b, want, u, below, upTo)
			}
		}
	}
	for _, x := range []float64{0, math.Copysign(0, -1), 1, -1, math.MaxFloat64, -math.MaxFloat64, math.SmallestNonzeroFloat64, -math.SmallestNonzeroFloat64} {
		if got := fromOrdinal(ordinal(x)); got != x {
			t.Errorf("%g became %g", x, got)
		}
	}
	if !(ordinal(-2) < ordinal(-1) && ordinal(-1) < ordinal(0) && ordinal(0) < ordinal(1e-300) && ordinal(1) < ordinal(2)) {
		t.Error("ordinals are out of order")
	}
}
