package stats

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestEffectiveN(t *testing.T) {
	tests := []struct {
		name string
		d    []float64
		want float64
	}{
		{"none", nil, 0},
		{"one", []float64{3}, 1},
		{"two", []float64{3, 4}, 2},
		{"all equal", []float64{5, 5, 5, 5}, 4},
		{"alternating", []float64{1, -1, 1, -1, 1, -1}, 6},
		{"steps", []float64{-1, -1, 1, 1, -1, -1, 1, 1}, 8 * 7. / 9},  // ρ = 1/8
		{"never under two", []float64{-1, -1, -1, -1, 1, 1, 1, 1}, 2}, // ρ = 5/8
	}
	for _, tt := range tests {
		if got := EffectiveN(tt.d); !near(got, tt.want, 1e-12) {
			t.Errorf("%s: %g, want %g", tt.name, got, tt.want)
		}
	}
}

// The variance of a mean of autocorrelated values is what that many
// independent ones would have.
func TestEffectiveNVariance(t *testing.T) {
	const rho, n, trials = 0.5, 400, 2000
	rng := rand.New(rand.NewPCG(21, 22))
	var effective, squares float64
	for range trials {
		d := make([]float64, n)
		x := rng.NormFloat64()
		sum := 0.0
		for i := range d {
			d[i] = x
			sum += x
			x = rho*x + math.Sqrt(1-rho*rho)*rng.NormFloat64()
		}
		effective += EffectiveN(d) / trials
		squares += sum / n * sum / n / trials
	}
	// The mean square has a relative standard error of √(2/2000), 3 %.
	if want := 1 / squares; math.Abs(effective/want-1) > 0.12 {
		t.Errorf("%g on average, the means vary as those of %g", effective, want)
	}
}
