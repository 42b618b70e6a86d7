package simulate

import (
	"math"
	"slices"
	"testing"
)

func TestSequenceLooks(t *testing.T) {
	// The cap is half more than a fixed size of 65, and 10 at least.
	tests := []struct {
		sigma float64
		want  []int
	}{
		{0.001, []int{10}},
		{0.05, []int{16, 20, 26, 30, 36, 40, 46, 50, 54, 60, 64, 70, 74, 80, 84, 90, 94, 98}},
	}
	for _, tt := range tests {
		p := Setting{Sigma: tt.sigma, Margin: 0.02, Alpha: alpha}.protocol()
		var pairs []int
		for _, rounds := range p.LookRounds(&p.Benchmarks[0]) {
			pairs = append(pairs, pairsPerRound*rounds)
		}
		if !slices.Equal(pairs, tt.want) {
			t.Errorf("σ = %g: looks %v, want %v", tt.sigma, pairs, tt.want)
		}
	}
}

// pairs alternate about effect.
func pairs(n int, effect, spread float64) Data {
	d := Data{Before: make([]float64, n), After: make([]float64, n)}
	for i := range n {
		d.After[i] = effect + spread*(float64(i%7)-3)/2
	}
	return d
}

func TestSequentialVerdicts(t *testing.T) {
	const margin = 0.02
	judge, most := Sequential().New(Setting{Sigma: 0.04, Margin: margin, Alpha: alpha})
	tests := []struct {
		name           string
		effect, spread float64
		want           Verdict
		early          bool
	}{
		{"nothing lost", 0, 0.01, NoLoss, true},
		{"faster", -0.02, 0.01, Improvement, true},
		{"slower", 0.04, 0.01, Regression, true},
		{"slower, within the margin", 0.005, 0.001, NoLoss, true},
		{"all equal", 0, 0, NoLoss, true},
		{"too noisy, in between", 0.01, 0.2, Inconclusive, true},
	}
	for _, tt := range tests {
		o := judge(pairs(most, tt.effect, tt.spread))
		if o.Verdict != tt.want || o.Pairs < most != tt.early {
			t.Errorf("%s: verdict %d after %d of %d pairs, want %d", tt.name, o.Verdict, o.Pairs, most, tt.want)
		}
		if !(o.Lower <= tt.effect && tt.effect <= o.Upper) {
			t.Errorf("%s: bounds %g and %g", tt.name, o.Lower, o.Upper)
		}
	}
}

func TestMannWhitney(t *testing.T) {
	judge, most := MannWhitney("benchstat", false).New(Setting{Sigma: 0.02, Margin: 0.02, Alpha: alpha})
	for effect, want := range map[float64]Verdict{-0.1: Improvement, 0: Inconclusive, 0.1: Regression} {
		d := pairs(most, effect, 0.01)
		for i := range d.Before {
			d.Before[i] = 0.01 * (float64(i%5) - 2) / 2
		}
		if o := judge(d); o.Verdict != want || o.Pairs != most || !math.IsNaN(o.Lower) {
			t.Errorf("effect %g: %+v, want verdict %d", effect, o, want)
		}
	}
}
