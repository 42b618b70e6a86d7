package stats

import (
	"math"
	"slices"

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
	away := slices.Clone(xs)
	Ascend(away)
	center := medianSorted(away)
	for i, x := range away {
		away[i] = math.Abs(x - center)
	}
	if s := normalMAD * Median(away); s > 0 && len(xs) > 2 {
		return s
	}
	return stats.StdDev(xs)
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
