package stats

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestUniform(t *testing.T) {
	for _, tt := range []struct {
		p       []float64
		d, prob float64
	}{
		{nil, 0, 1},
		{[]float64{0.5}, 0.5, 0.9639}, // the series at λ = 1.23·0.5
		{[]float64{0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 1, 0},
	} {
		d, prob := Uniform(tt.p)
		want := tt.prob
		if len(tt.p) == 1 {
			lambda := (1 + 0.12 + 0.11) * 0.5
			want = 2 * (math.Exp(-2*lambda*lambda) - math.Exp(-8*lambda*lambda) + math.Exp(-18*lambda*lambda) - math.Exp(-32*lambda*lambda))
		}
		if math.Abs(d-tt.d) > 1e-12 || math.Abs(prob-want) > 1e-3 {
			t.Errorf("%v: D = %g, p = %g, want %g and %g", tt.p, d, prob, tt.d, want)
		}
	}
	rng := rand.New(rand.NewPCG(1, 2))
	const trials = 4000
	low, crooked := 0, 0
	for range trials {
		u, v := make([]float64, 40), make([]float64, 40)
		for i := range u {
			u[i] = rng.Float64()
			v[i] = u[i] * u[i]
		}
		if _, p := Uniform(u); p < 0.05 {
			low++
		}
		if _, p := Uniform(v); p < 0.05 {
			crooked++
		}
	}
	if low < trials*4/100 || low > trials*6/100 {
		t.Errorf("uniform values are called crooked in %d of %d", low, trials)
	}
	if crooked < trials*9/10 {
		t.Errorf("squares of uniform values are noticed in %d of %d only", crooked, trials)
	}
}

// Tables for k of n at two-sided 95 %: 0 of 10 is up to 0.3085, 1 of 10 is
// 0.0025 to 0.4450, 5 of 10 is 0.1871 to 0.8129.
func TestProportionInterval(t *testing.T) {
	for _, tt := range []struct {
		k, n         int64
		lower, upper float64
	}{{0, 10, 0, 0.3085}, {1, 10, 0.0025, 0.4450}, {5, 10, 0.1871, 0.8129}, {10, 10, 0.6915, 1}, {0, 0, 0, 1}} {
		l, u := ProportionLower(tt.k, tt.n, 0.025), ProportionUpper(tt.k, tt.n, 0.025)
		if math.Abs(l-tt.lower) > 1e-4 || math.Abs(u-tt.upper) > 1e-4 {
			t.Errorf("%d of %d: %.4f to %.4f, want %.4f to %.4f", tt.k, tt.n, l, u, tt.lower, tt.upper)
		}
	}
}

func TestNeighbours(t *testing.T) {
	for _, tt := range []struct {
		x    []float64
		want float64
	}{{nil, 0}, {[]float64{1, 2}, 0}, {[]float64{3, 3, 3}, 0}, {[]float64{1, -1, 1, -1}, -0.75}, {[]float64{1, 2, 3}, 0}} {
		if got := Neighbours(tt.x); math.Abs(got-tt.want) > 1e-12 {
			t.Errorf("%v: %g, want %g", tt.x, got, tt.want)
		}
	}
}
