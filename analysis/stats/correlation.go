package stats

import (
	"math"

	"github.com/aclements/go-moremath/stats"
)

// Spearman is the rank correlation of x and y, which must be of the same
// length (Spearman 1904), with its two-sided p-value by the t approximation
// (Kendall & Stuart 1973), good from about ten points on. Under four points,
// or with all values of one side equal, it is 0 with p = 1.
func Spearman(x, y []float64) (rho, p float64) {
	if len(x) < 4 {
		return 0, 1
	}
	return correlate(midranks(x), midranks(y))
}

// correlate is the correlation of x and y, of four values or more each, with its
// p-value like Spearman's.
func correlate(x, y []float64) (rho, p float64) {
	n := len(x)
	xmean, ymean := stats.Mean(x), stats.Mean(y)
	var xx, yy, xy float64
	for i := range x {
		a, b := x[i]-xmean, y[i]-ymean
		xx, yy, xy = xx+a*a, yy+b*b, xy+a*b
	}
	if xx == 0 || yy == 0 {
		return 0, 1
	}
	rho = max(-1, min(1, xy/math.Sqrt(xx*yy)))
	if math.Abs(rho) == 1 {
		return rho, 0
	}
	t := math.Abs(rho) * math.Sqrt(float64(n-2)/(1-rho*rho))
	return rho, 2 * stats.TDist{V: float64(n - 2)}.CDF(-t)
}

// midranks returns each value's rank from 1, equal values sharing the mean of
// theirs.
func midranks(xs []float64) []float64 {
	order := ascending(xs)
	ranks := make([]float64, len(xs))
	for i := 0; i < len(order); {
		j := i
		for j < len(order) && xs[order[j]] == xs[order[i]] {
			j++
		}
		for _, k := range order[i:j] {
			ranks[k] = float64(i+1+j) / 2
		}
		i = j
	}
	return ranks
}
