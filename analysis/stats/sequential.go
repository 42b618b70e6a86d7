package stats

import (
	"math"
	"slices"
	"sort"
	"sync"
)

// Looks are the times at which a one-sided sequential test looks at its data,
// as fractions of the information planned, and the error it spends at each.
// They are safe for concurrent use.
type Looks struct {
	spend     Spending
	fractions []float64
	ladder    []float64 // alphas, ascending
	rungs     []func() []float64
}

// How finely RepeatedP's ladder of alphas is spaced: evenly in the normal
// quantile, from 10⁻⁹ to 0.5.
const (
	lowestAlpha = 1e-9
	rungs       = 65
	// farthest is the z below which, for a boundary or downwards for a path,
	// what may happen has no bearing on any digit.
	farthest = 8
)

// NewLooks prepares looks at the given fractions, which are positive and
// increasing. The last is 1 as planned. What holds at a look depends on the
// looks up to it alone, so those still to come may change: a test that ends
// early has a last fraction below 1 and leaves the rest of its alpha unspent, and
// one that overruns has a last fraction above 1 in place of 1. A look that adds
// no information spends nothing.
func NewLooks(spend Spending, fractions []float64) *Looks {
	l := &Looks{spend: spend, fractions: slices.Clone(fractions)}
	top := quantileAbove(lowestAlpha)
	for i := range rungs {
		alpha := exceedance(top * float64(rungs-1-i) / (rungs - 1))
		l.ladder = append(l.ladder, alpha)
		l.rungs = append(l.rungs, sync.OnceValue(func() []float64 { return l.Levels(alpha) }))
	}
	return l
}

// Levels are the nominal one-sided levels, look by look: a test that stops at
// the first look whose p-value is at or below its level has by then erred, if
// there is no effect, with the probability the spending allows, alpha in all.
// alpha lies in (0, 0.5].
func (l *Looks) Levels(alpha float64) []float64 {
	levels := make([]float64, len(l.fractions))
	p, spent := begin(0), 0.0
	last, bound := 0.0, math.Inf(1) // the look before and its bound
	for k, t := range l.fractions {
		due := l.spend(alpha, t) - spent
		if !(t > last) || !(due > 0) {
			continue
		}
		if last > 0 {
			scale := math.Sqrt(last)
			p = p.advance(last, -farthest*scale, min(bound, 2*farthest*scale), t)
		}
		spent += due
		last, bound = t, p.crossing(t, due, spent)
		levels[k] = exceedance(bound / math.Sqrt(t))
	}
	return levels
}

// crossing is the score that the paths exceed with probability due at a look
// with more information, spent being the probability to have exceeded this or
// an earlier bound.
func (p *paths) crossing(information, due, spent float64) float64 {
	// With no looks before, due alone would be exceeded at high. Those that
	// stopped before can at most have been the ones that exceed low now.
	scale := math.Sqrt(information)
	low, high := scale*quantileAbove(spent), scale*quantileAbove(due)
	if len(p.scores) == 1 || math.IsInf(high, 1) {
		return high
	}
	// The logarithm of the probability is concave in the bound and far from
	// flat: Newton's steps, kept inside the bracket.
	step := math.Sqrt(information - p.information)
	bound := (low + high) / 2
	for range 60 {
		above := p.above(information, bound, 0)
		if above > due {
			low = bound
		} else {
			high = bound
		}
		next := bound + math.Log(above/due)*above/p.density(bound, step)
		if !(next > low && next < high) {
			next = (low + high) / 2
		}
		if math.Abs(next-bound) < 1e-10*scale {
			return next
		}
		bound = next
	}
	return bound
}

// RepeatedP is the smallest alpha at which a nominal one-sided p-value at a
// look, counted from 0, would have been rejected at that look: the repeated
// p-value (Jennison & Turnbull 2000, section 9.1). It accounts for all looks so
// far, so p-values of tests that stopped at different looks may be adjusted
// together for their number. It is interpolated to about three digits, never
// below 10⁻⁹, and 1 for what even an alpha of 0.5 does not reject.
func (l *Looks) RepeatedP(look int, p float64) float64 {
	if look < 0 || look >= len(l.fractions) || !(p <= 1) {
		return 1
	}
	level := func(i int) float64 { return l.rungs[i]()[look] }
	i := sort.Search(len(l.ladder), func(i int) bool { return p <= level(i) })
	switch {
	case i == 0:
		return lowestAlpha
	case i == len(l.ladder):
		return 1
	}
	// Both scales of z: there the curve is nearly straight.
	z, z0, z1 := quantileAbove(p), quantileAbove(level(i-1)), quantileAbove(level(i))
	a0, a1 := quantileAbove(l.ladder[i-1]), quantileAbove(l.ladder[i])
	if math.IsInf(z0, 1) {
		return l.ladder[i]
	}
	return exceedance(a0 + (a1-a0)*(z-z0)/(z1-z0))
}
