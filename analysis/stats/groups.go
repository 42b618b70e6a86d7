package stats

import (
	"math"

	"github.com/aclements/go-moremath/stats"
)

// Groups is a one-way random-effects model of differences: each belongs to a
// group, here a code layout, that shifts all of its differences by an amount
// drawn once for the group. The estimates are those of the analysis of variance
// (Searle, Casella & McCulloch 1992, section 3.6).
type Groups struct {
	Mean    float64 // of all differences
	Between float64 // variance of the groups' shifts, 0 or more
	Within  float64 // variance of differences inside a group

	err float64 // standard error of Mean, for groups that are themselves a sample
	df  float64
}

// NewGroups fits the model. It reports false if that can't be done: fewer than
// two groups, or no group with two differences.
func NewGroups(groups [][]float64) (g Groups, ok bool) {
	var n, squares, k, sum float64
	for _, d := range groups {
		if len(d) == 0 {
			continue
		}
		k++
		n += float64(len(d))
		squares += float64(len(d)) * float64(len(d))
		for _, x := range d {
			sum += x
		}
	}
	if k < 2 || n == k {
		return Groups{}, false
	}
	g.Mean = sum / n
	var between, within float64 // sums of squares
	for _, d := range groups {
		if len(d) == 0 {
			continue
		}
		mean := stats.Mean(d)
		between += float64(len(d)) * (mean - g.Mean) * (mean - g.Mean)
		for _, x := range d {
			within += (x - mean) * (x - mean)
		}
	}
	msb, msw := between/(k-1), within/(n-k)
	size := (n - squares/n) / (k - 1)
	g.Between, g.Within = max(0, (msb-msw)/size), msw

	// With groups of one size this is exact: the mean's variance is the mean
	// square between groups over n, which has k − 1 degrees of freedom. Where
	// the groups differ no more than their differences do, the two mean
	// squares estimate the same and are pooled.
	if g.Between > 0 {
		g.err, g.df = math.Sqrt(g.Within/n+g.Between*squares/(n*n)), k-1
	} else {
		g.err, g.df = math.Sqrt((between+within)/(n-1)/n), n-1
	}
	return g, true
}

// Share is the groups' share of the variance of a difference, 0 to 1.
func (g Groups) Share() float64 {
	if g.Between == 0 {
		return 0
	}
	return g.Between / (g.Between + g.Within)
}

// PGreater is the one-sided p-value of Student's t against "the mean over all
// groups there could be is theta or less".
func (g Groups) PGreater(theta float64) float64 { return g.tail(g.Mean - theta) }

// PLess is the one-sided p-value against "that mean is theta or more".
func (g Groups) PLess(theta float64) float64 { return g.tail(theta - g.Mean) }

func (g Groups) tail(distance float64) float64 {
	if g.err == 0 {
		if distance > 0 {
			return 0
		}
		return 1
	}
	return stats.TDist{V: g.df}.CDF(-distance / g.err)
}

// PairsNeeded is how many differences, as many of each of k groups, show with a
// chance of 90 % that the mean over all groups there could be is below margin, if
// it is 0. Each group's shift stays however many there are: ok is false where
// those alone spread too far, and only more groups would do.
func (g Groups) PairsNeeded(k int, margin, alpha float64) (pairs int, ok bool) {
	if k < 2 || margin <= 0 {
		return 0, false
	}
	t := stats.InvCDF(stats.TDist{V: float64(k - 1)})(1-alpha) + stats.StdNormal.InvCDF(power)
	room := margin*margin/(t*t) - g.Between/float64(k)
	if room <= 0 {
		return 0, false
	}
	return int(math.Ceil(min(1e9, g.Within/room))), true
}

// Reach is how far from their mean the one-sided bounds of n differences lie, as
// many of each of k groups, 2 or more, at confidence 1 − alpha.
func (g Groups) Reach(k int, n, alpha float64) float64 {
	return stats.InvCDF(stats.TDist{V: float64(k - 1)})(1-alpha) * math.Sqrt(g.Between/float64(k)+g.Within/n)
}

// Bounds are the one-sided bounds of that mean at confidence 1 − alpha each.
func (g Groups) Bounds(alpha float64) (lower, upper float64) {
	t := stats.InvCDF(stats.TDist{V: g.df})(1 - alpha)
	return g.Mean - t*g.err, g.Mean + t*g.err
}
