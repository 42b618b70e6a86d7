package stats

import (
	"math"
	"slices"
	"sort"

	"github.com/aclements/go-moremath/stats"
)

// normalMAD turns the median absolute deviation of a normal distribution into
// its standard deviation: 1/Φ⁻¹(3/4) (Hampel 1974).
const normalMAD = 1.4826022185056018

// Median is the middle value, or halfway between the two in the middle; 0
// without values.
func Median(xs []float64) float64 {
	sorted := slices.Clone(xs)
	Ascend(sorted)
	return medianSorted(sorted)
}

func medianSorted(xs []float64) float64 {
	n := len(xs)
	switch {
	case n == 0:
		return 0
	case n%2 == 1:
		return xs[n/2]
	}
	return xs[n/2-1]/2 + xs[n/2]/2
}

// Spread is a standard deviation that up to half of the values, however wild,
// cannot carry off: 1.4826 times the median absolute deviation from the median.
// Where more than half of the values are the same that is 0 and says nothing
// of the rest, so then, and for fewer than three values, it is the ordinary
// standard deviation; 0 for fewer than two.
func Spread(xs []float64) float64 {
	if len(xs) < 2 {
		return 0
	}
	sorted := slices.Clone(xs)
	Ascend(sorted)
	return spreadSorted(sorted)
}

// PairSpread is a robust standard deviation of the difference between two
// neighbours of xs, which are alike but for noise: as the differences have no
// center but 0, 1.4826 times their median size. All neighbours count, not only
// those of disjoint pairs, as few values would tell too little. 0 for fewer than
// two values.
func PairSpread(xs []float64) float64 {
	var d []float64
	for i := 1; i < len(xs); i++ {
		d = append(d, math.Abs(xs[i]-xs[i-1]))
	}
	return normalMAD * Median(d)
}

func spreadSorted(xs []float64) float64 {
	if len(xs) < 2 {
		return 0
	}
	if s := normalMAD * medianAway(xs, medianSorted(xs)); s > 0 && len(xs) > 2 {
		return s
	}
	return stats.StdDev(xs)
}

// medianAway is the median distance of xs, in ascending order, from center. The
// nearest of them are found from there outwards.
func medianAway(xs []float64, center float64) float64 {
	n := len(xs)
	above := sort.SearchFloat64s(xs, center)
	below := above - 1
	var last, before float64
	for range n/2 + 1 {
		before = last
		if above == n || below >= 0 && center-xs[below] <= xs[above]-center {
			last = center - xs[below]
			below--
		} else {
			last = xs[above] - center
			above++
		}
	}
	if n%2 == 1 {
		return last
	}
	return before/2 + last/2
}

// Variation is the coefficient of variation, standard deviation over mean; 0
// for fewer than two values or a mean of 0.
func Variation(xs []float64) float64 {
	if len(xs) < 2 {
		return 0
	}
	mean := stats.Mean(xs)
	if mean == 0 {
		return 0
	}
	return stats.StdDev(xs) / math.Abs(mean)
}
