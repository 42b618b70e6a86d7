package stats

import (
	"math"
	"math/rand/v2"
	"testing"
)

// With no stage passed nothing is to be accounted for.
func TestStagewiseAtTheFirstLook(t *testing.T) {
	for _, estimate := range []float64{-3, 0, 0.02, 1e6} {
		for _, alpha := range []float64{0.01, 0.05, 0.5} {
			median, lower, upper := Stagewise(nil, estimate, 0.5, alpha)
			z := quantileAbove(alpha)
			if median != estimate || !near(lower, estimate-0.5*z, 1e-12) || !near(upper, estimate+0.5*z, 1e-12) {
				t.Errorf("estimate %g at alpha %g: %g [%g, %g]", estimate, alpha, median, lower, upper)
			}
		}
	}
}

// A stage that nearly nothing stops at changes nearly nothing.
func TestStagewiseBesideTheFixedSample(t *testing.T) {
	inf := math.Inf(1)
	for _, passed := range [][]Stage{
		{{Information: 1, Lower: -inf, Upper: inf}},
		{{Information: 1, Lower: -inf, Upper: inf}, {Information: 2, Lower: -inf, Upper: 9}, {Information: 2.5, Lower: -12, Upper: inf}},
		{{Information: 2, Lower: -inf, Upper: inf}, {Information: 2, Lower: 0, Upper: 0}, {Information: 7, Lower: 0, Upper: 0}}, // the others add nothing
	} {
		median, lower, upper := Stagewise(passed, 0.3, 0.5, 0.05)
		if !near(median, 0.3, 1e-7) || !near(lower, 0.3-0.5*1.6448536, 1e-7) || !near(upper, 0.3+0.5*1.6448536, 1e-7) {
			t.Errorf("%v: %g [%g, %g]", passed, median, lower, upper)
		}
	}
}

func TestStagewiseEdges(t *testing.T) {
	inf := math.Inf(1)
	if median, lower, upper := Stagewise([]Stage{{1, 2, 2}, {2, 0, 1}}, 0.3, 0.5, 0.05); median != 0.3 || lower != -inf || upper != inf {
		t.Errorf("past a stage that stops everything: %g [%g, %g]", median, lower, upper)
	}
	// However unlikely the course, what comes out is in order and finite.
	stages := []Stage{{1, -3, 2.2}, {2, -1, 2.2}, {3, 0, 2.2}}
	for _, estimate := range []float64{-1e3, -30, -5, 0, 5, 30, 1e3} {
		median, lower, upper := Stagewise(stages, estimate, 0.5, 0.05)
		if !(lower < median && median < upper) || math.IsInf(lower, 0) || math.IsInf(upper, 0) {
			t.Errorf("estimate %g: %g [%g, %g]", estimate, median, lower, upper)
		}
	}
}

// The estimate and the bounds grow with what was seen.
func TestStagewiseGrows(t *testing.T) {
	stages := []Stage{{1, -1.5, 2.2}, {2, -0.5, 2.2}}
	last := [3]float64{math.Inf(-1), math.Inf(-1), math.Inf(-1)}
	for estimate := -2.0; estimate < 3; estimate += 0.125 {
		median, lower, upper := Stagewise(stages, estimate, 1/math.Sqrt(3), 0.05)
		if !(median > last[0] && lower > last[1] && upper > last[2]) {
			t.Errorf("estimate %g: %g [%g, %g] after %v", estimate, median, lower, upper, last)
		}
		last = [3]float64{median, lower, upper}
	}
}

// On simulated comparisons the bounds hold as often as promised, and the
// estimate is above the truth as often as below, while the plain one is not.
func TestStagewiseCoverage(t *testing.T) {
	const trials, alpha, margin = 3000, 0.05, 1.0
	fractions := []float64{0.2, 0.35, 0.5, 0.65, 0.8, 1}
	noLoss := NewLooks(OBrienFleming, fractions).Levels(alpha)
	regression := NewLooks(Pocock, fractions).Levels(alpha)
	stages := make([]Stage, len(fractions))
	for k, f := range fractions {
		information := 9 * f
		stages[k] = Stage{information, margin*math.Sqrt(information) - quantileAbove(noLoss[k]), quantileAbove(regression[k])}
	}
	rng := rand.New(rand.NewPCG(41, 42))
	plainOver := 0 // at an effect of the margin
	for _, theta := range []float64{-0.5, 0, 0.5, 1, 2} {
		var lowerOver, medianOver, upperUnder int
		for range trials {
			score, last := 0.0, 0.0
			for k, s := range stages {
				step := s.Information - last
				score += theta*step + math.Sqrt(step)*rng.NormFloat64()
				last = s.Information
				z := score / math.Sqrt(last)
				if k < len(stages)-1 && z > s.Lower && z < s.Upper {
					continue
				}
				median, lower, upper := Stagewise(stages[:k], score/last, 1/math.Sqrt(last), alpha)
				if lower > median || median > upper {
					t.Fatalf("%g outside [%g, %g]", median, lower, upper)
				}
				if lower > theta {
					lowerOver++
				}
				if median > theta {
					medianOver++
				}
				if upper < theta {
					upperUnder++
				}
				if theta == 1 && score/last > theta {
					plainOver++
				}
				break
			}
		}
		off := func(k int, p float64) bool {
			return math.Abs(float64(k)-trials*p) > 4*math.Sqrt(trials*p*(1-p))
		}
		if off(lowerOver, alpha) || off(upperUnder, alpha) || off(medianOver, 0.5) {
			t.Errorf("θ = %g: lower bound above in %d, estimate above in %d, upper bound below in %d of %d", theta, lowerOver, medianOver, upperUnder, trials)
		}
	}
	if !exceeds(plainOver, trials, 0.52) {
		t.Errorf("the plain estimate is above the truth in %d of %d: there is nothing to correct", plainOver, trials)
	}
}
