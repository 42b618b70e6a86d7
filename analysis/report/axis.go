package report

import (
	"math"
	"sort"
)

// An axis maps relative changes onto a stretch of a plot. What lies outside
// of it is drawn as an arrow at its end.
type axis struct {
	low, high float64 // relative changes at its ends
	from, to  float64 // where they are drawn, in the plot's coordinates
}

// limits chooses the range of an axis. It always shows zero and the margin
// with room to spare, and every estimate, but cuts off interval ends far
// beyond the estimates and beyond three times the median reach, lest one wide
// interval flatten all others. Nothing is shown beyond twelve times that
// reach.
func limits(estimates, ends []float64, margin float64) (low, high float64) {
	reach := make([]float64, 0, len(ends))
	var lowest, highest, lowEnd, highEnd float64
	for _, x := range finite(estimates...) {
		lowest, highest = math.Min(lowest, x), math.Max(highest, x)
	}
	for _, x := range finite(ends...) {
		lowEnd, highEnd = math.Min(lowEnd, x), math.Max(highEnd, x)
		reach = append(reach, math.Abs(x))
	}
	for _, x := range finite(estimates...) {
		reach = append(reach, math.Abs(x))
	}
	sort.Float64s(reach)
	typical := margin
	if len(reach) > 0 {
		typical = math.Max(margin, reach[len(reach)/2])
	}
	side := func(estimate, end float64) float64 {
		most := math.Max(1.15*estimate, math.Min(1.05*end, math.Max(3*typical, 1.6*estimate)))
		most = math.Min(most, 12*typical)
		return math.Max(most, math.Max(1.4*margin, 0.001))
	}
	return -side(-lowest, -lowEnd), side(highest, highEnd)
}

// at returns where x is drawn, and -1 or +1 if it lies beyond that end.
func (a axis) at(x float64) (pos float64, beyond int) {
	switch {
	case x < a.low:
		return a.from, -1
	case x > a.high:
		return a.to, +1
	}
	return a.from + (x-a.low)/(a.high-a.low)*(a.to-a.from), 0
}

// ticks returns the round values of about n ticks, zero among them.
func (a axis) ticks(n int) []float64 {
	raw := (a.high - a.low) / float64(n)
	unit := math.Pow(10, math.Floor(math.Log10(raw)))
	step := 10 * unit
	for _, k := range []float64{1, 2, 5} {
		if k*unit >= raw {
			step = k * unit
			break
		}
	}
	var out []float64
	for i := math.Ceil(a.low / step); i*step <= a.high; i++ {
		out = append(out, i*step+0) // +0 turns a negative zero positive
	}
	return out
}
