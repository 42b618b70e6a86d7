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

func TestMemory(t *testing.T) {
	slow := make([]float64, 40) // a wave of 20
	for i := range slow {
		slow[i] = math.Sin(2 * math.Pi * float64(i) / 20)
	}
	far := append([]float64(nil), slow...)
	far[13] = 1e6 // hides the wave from EffectiveN
	alternating := make([]float64, 40)
	for i := range alternating {
		alternating[i] = float64(i%2) + float64(i)/1e6
	}
	tests := []struct {
		name        string
		d           []float64
		least, most float64 // effective
		told        bool
	}{
		{"none", nil, 0, 0, false},
		{"one", []float64{1}, 1, 1, false},
		{"all equal", make([]float64, 40), 40, 40, false},
		{"alternating", alternating, 40, 40, false},
		{"a wave", slow, 2, 4, true},
		{"a wave and an outlier", far, 2, 8, true},
	}
	for _, tt := range tests {
		n, p := Memory(tt.d)
		if n < tt.least || n > tt.most || p < 0.01 != tt.told {
			t.Errorf("%s: %g effective, p = %g", tt.name, n, p)
		}
	}
	if n := EffectiveN(far); n < 30 {
		t.Errorf("EffectiveN is %g: this test does not see what ranks are for", n)
	}
}
