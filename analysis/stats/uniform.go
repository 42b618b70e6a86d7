package stats

import (
	"math"
	"slices"
)

// Uniform tests whether p, values from 0 to 1, come from the uniform
// distribution: the largest distance D of their distribution from it
// (Kolmogorov 1933; Smirnov 1948) and the probability of as large a one, by
// their limit with Stephens' (1970) correction for small n. Values that take
// few levels make the test err towards a large probability. Without values it
// is 0 and 1.
func Uniform(p []float64) (d, probability float64) {
	if len(p) == 0 {
		return 0, 1
	}
	sorted := slices.Sorted(slices.Values(p))
	n := float64(len(p))
	for i, x := range sorted {
		d = max(d, float64(i+1)/n-x, x-float64(i)/n)
	}
	lambda := (math.Sqrt(n) + 0.12 + 0.11/math.Sqrt(n)) * d
	if lambda < 0.2 { // the series converges slowly, and says 1
		return d, 1
	}
	sign := 1.0
	for k := 1.0; k <= 100; k++ {
		probability += 2 * sign * math.Exp(-2*k*k*lambda*lambda)
		sign = -sign
	}
	return d, max(0, min(1, probability))
}

// Neighbours is the correlation of each value of x with the next, 0 where all
// are equal or there are fewer than three.
func Neighbours(x []float64) float64 {
	if len(x) < 3 {
		return 0
	}
	mean := 0.0
	for _, y := range x {
		mean += y / float64(len(x))
	}
	var next, all float64
	for i, y := range x {
		all += (y - mean) * (y - mean)
		if i > 0 {
			next += (x[i-1] - mean) * (y - mean)
		}
	}
	if all == 0 {
		return 0
	}
	return next / all
}
