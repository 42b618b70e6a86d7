package stats

import (
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
)

// every is a schedule of evenly spaced looks.
func every(looks int) []float64 {
	f := make([]float64, looks)
	for i := range f {
		f[i] = float64(i+1) / float64(looks)
	}
	return f
}

func TestSpending(t *testing.T) {
	for _, s := range []struct {
		name  string
		spend Spending
		half  float64 // of alpha 0.05 at t = 1/2
	}{
		{"O'Brien-Fleming", OBrienFleming, 0.0055746}, // SeqBounds.jl's manual
		{"Pocock", Pocock, 0.05 * math.Log((1+math.E)/2)},
	} {
		if got := s.spend(0.05, 0.5); !near(got, s.half, 1e-6) {
			t.Errorf("%s: %g at one half, want %g", s.name, got, s.half)
		}
		last := 0.0
		for f := 0.0; f <= 1; f += 1. / 64 {
			spent := s.spend(0.05, f)
			if spent < last {
				t.Errorf("%s: %g spent at %g, more before", s.name, spent, f)
			}
			last = spent
		}
		for f, want := range map[float64]float64{-1: 0, 0: 0, 1: 0.05, 1.2: 0.05} {
			if got := s.spend(0.05, f); !near(got, want, 1e-9) {
				t.Errorf("%s: %g at %g, want %g", s.name, got, f, want)
			}
		}
	}
}

// Published boundaries on the scale of z. Those for alpha = 0.025 are the
// two-sided 5 % ones of Lan & DeMets 1983's spending functions as R's ldbounds
// and gsDesign (sfLDOF, sfLDPocock) give them; those for 0.05 are from the
// manual of SeqBounds.jl, computed on a coarser grid.
func TestLevelsPublished(t *testing.T) {
	tests := []struct {
		name      string
		spend     Spending
		alpha     float64
		fractions []float64
		want      []float64
		tolerance float64
	}{
		{"O'Brien-Fleming 2", OBrienFleming, 0.025, every(2), []float64{2.963, 1.969}, 6e-4},
		{"O'Brien-Fleming 3", OBrienFleming, 0.025, every(3), []float64{3.710, 2.511, 1.993}, 6e-4},
		{"O'Brien-Fleming 4", OBrienFleming, 0.025, every(4), []float64{4.333, 2.963, 2.359, 2.014}, 6e-4},
		{"O'Brien-Fleming 5", OBrienFleming, 0.025, every(5), []float64{4.877, 3.357, 2.680, 2.290, 2.031}, 6e-4},
		{"O'Brien-Fleming 4 at 5 %", OBrienFleming, 0.05, every(4), []float64{3.74955, 2.53993, 2.01604, 1.72014}, 1e-4},
		{"Pocock 2", Pocock, 0.025, every(2), []float64{2.157, 2.201}, 6e-4},
		{"Pocock 5", Pocock, 0.025, every(5), []float64{2.438, 2.427, 2.410, 2.397, 2.386}, 6e-4},
		{"one look", Pocock, 0.05, []float64{1}, []float64{1.644854}, 1e-6},
	}
	for _, tt := range tests {
		levels := NewLooks(tt.spend, tt.fractions).Levels(tt.alpha)
		for k, p := range levels {
			if z := quantileAbove(p); math.Abs(z-tt.want[k]) > tt.tolerance {
				t.Errorf("%s: look %d at z = %.5f, published %.5f", tt.name, k+1, z, tt.want[k])
			}
		}
	}
}

// What is spent by each look, counted on random walks.
func TestLevelsSpend(t *testing.T) {
	const walks = 200_000
	tests := []struct {
		name      string
		spend     Spending
		alpha     float64
		fractions []float64
	}{
		{"even", Pocock, 0.05, every(5)},
		{"uneven", Pocock, 0.1, []float64{0.1, 0.13, 0.5, 0.97, 1}},
		{"rising", OBrienFleming, 0.2, []float64{0.2, 0.35, 0.5, 0.65, 0.8, 1}},
		{"overrun", OBrienFleming, 0.05, []float64{0.4, 0.7, 1.15}},
		{"ended early", Pocock, 0.05, []float64{0.2, 0.3, 0.6}},
	}
	for i, tt := range tests {
		var bounds []float64
		for _, p := range NewLooks(tt.spend, tt.fractions).Levels(tt.alpha) {
			bounds = append(bounds, quantileAbove(p))
		}
		crossed := make([]int, len(bounds)) // by look k, or before
		rng := rand.New(rand.NewPCG(31, uint64(i)))
		for range walks {
			score, last := 0.0, 0.0
			for k, f := range tt.fractions {
				score += math.Sqrt(f-last) * rng.NormFloat64()
				if last = f; score >= bounds[k]*math.Sqrt(f) {
					for j := k; j < len(crossed); j++ {
						crossed[j]++
					}
					break
				}
			}
		}
		for k, f := range tt.fractions {
			p := tt.spend(tt.alpha, f)
			if got := float64(crossed[k]) / walks; math.Abs(got-p) > 4*math.Sqrt(p*(1-p)/walks) {
				t.Errorf("%s: %g crossed by look %d, %g to be spent", tt.name, got, k+1, p)
			}
		}
	}
}

// A look's level hangs on the looks up to it alone.
func TestLevelsOfThePast(t *testing.T) {
	all := []float64{0.2, 0.35, 0.5, 0.65, 0.8, 1}
	want := NewLooks(Pocock, all).Levels(0.05)
	for k := 1; k < len(all); k++ {
		for _, fractions := range [][]float64{all[:k], append(slices.Clone(all[:k]), all[k-1]+0.01)} {
			got := NewLooks(Pocock, fractions).Levels(0.05)
			for j := range k {
				if !near(got[j], want[j], 1e-9) {
					t.Errorf("level %d of %v is %g, want %g", j, fractions, got[j], want[j])
				}
			}
		}
	}
}

func TestLevelsEdges(t *testing.T) {
	if got := NewLooks(Pocock, nil).Levels(0.05); len(got) != 0 {
		t.Errorf("levels %v of no look", got)
	}
	// A look that adds nothing, or with nothing left to spend, rejects nothing.
	got := NewLooks(Pocock, []float64{0, 0.5, 0.5, 0.4, 1, 1.2}).Levels(0.05)
	plain := NewLooks(Pocock, []float64{0.5, 1}).Levels(0.05)
	if want := []float64{0, plain[0], 0, 0, plain[1], 0}; !slices.EqualFunc(got, want, func(a, b float64) bool { return near(a, b, 1e-9) }) {
		t.Errorf("levels %v, want %v", got, want)
	}
	// Too little to be told from nothing.
	if got := NewLooks(OBrienFleming, []float64{0.001, 1}).Levels(0.05); got[0] != 0 || !near(got[1], 0.05, 1e-9) {
		t.Errorf("levels %v, want 0 and 0.05", got)
	}
	for _, p := range NewLooks(Pocock, []float64{0.5, 0.5001, 0.5002, 1}).Levels(0.05) {
		if !(p > 0 && p < 0.05) {
			t.Errorf("a level of %g with looks close together", p)
		}
	}
}

func TestRepeatedP(t *testing.T) {
	fractions := []float64{0.2, 0.35, 0.5, 0.65, 0.8, 1}
	for name, spend := range map[string]Spending{"O'Brien-Fleming": OBrienFleming, "Pocock": Pocock} {
		l := NewLooks(spend, fractions)
		last := make([]float64, len(fractions))
		for _, alpha := range []float64{2e-9, 1e-7, 1e-5, 0.001, 0.0123, 0.025, 0.05, 0.1, 0.3, 0.49} {
			for k, p := range l.Levels(alpha) {
				if got := l.RepeatedP(k, p); math.Abs(got/alpha-1) > 1e-3 {
					t.Errorf("%s, look %d: the level of alpha %g repeats as %g", name, k, alpha, got)
				}
				if p < last[k] {
					t.Errorf("%s, look %d: the level falls to %g at alpha %g", name, k, p, alpha)
				}
				last[k] = p
			}
		}
		for k := range fractions {
			if got := l.RepeatedP(k, 0); got != lowestAlpha {
				t.Errorf("%s, look %d: p = 0 repeats as %g", name, k, got)
			}
			for _, p := range []float64{0.9, 1, math.NaN()} {
				if got := l.RepeatedP(k, p); got != 1 {
					t.Errorf("%s, look %d: p = %g repeats as %g", name, k, p, got)
				}
			}
		}
		if a, b := l.RepeatedP(-1, 0.01), l.RepeatedP(len(fractions), 0.01); a != 1 || b != 1 {
			t.Errorf("%s: looks that are not repeat as %g and %g", name, a, b)
		}
	}
	one := NewLooks(Pocock, []float64{1})
	if got := one.RepeatedP(0, 0.03); math.Abs(got/0.03-1) > 1e-6 {
		t.Errorf("a p-value of 0.03 at the only look repeats as %g", got)
	}
}

func TestRepeatedPConcurrently(t *testing.T) {
	l := NewLooks(Pocock, every(4))
	want := NewLooks(Pocock, every(4)).RepeatedP(2, 0.01)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if got := l.RepeatedP(2, 0.01); got != want {
				t.Errorf("%g, alone %g", got, want)
			}
		})
	}
	wg.Wait()
}

// With 16 nodes the rule is exact for polynomials of degree 31.
func TestLegendre(t *testing.T) {
	for degree := 0; degree <= 30; degree += 2 {
		sum := 0.0
		for i, x := range legendreNodes {
			sum += 2 * legendreWeights[i] * math.Pow(x, float64(degree))
		}
		if want := 2 / float64(degree+1); math.Abs(sum-want) > 1e-13 {
			t.Errorf("degree %d: %v, want %v", degree, sum, want)
		}
	}
}

func BenchmarkLevels(b *testing.B) {
	for name, l := range map[string]*Looks{
		"8-looks":  NewLooks(Pocock, every(8)),
		"20-looks": NewLooks(Pocock, every(20)),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				l.Levels(0.05)
			}
		})
	}
}
