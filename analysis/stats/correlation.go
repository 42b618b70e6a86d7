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
	n := len(x)
	if n < 4 {
		return 0, 1
	}
	rx, ry := midranks(x), midranks(y)
	mean := float64(n+1) / 2
	var xx, yy, xy float64
	for i := range rx {
		a, b := rx[i]-mean, ry[i]-mean
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
