package stats

import "github.com/aclements/go-moremath/mathx"

// ProportionUpper is the one-sided upper bound, at confidence 1 − alpha, of a
// proportion of which k of n independent trials are a sample (Clopper and
// Pearson 1934): the p at which k or fewer have the probability alpha. For
// k = 0 and alpha = 0.05 it is close to 3/n, the rule of three. It is 1 if n is
// 0 or k is n.
func ProportionUpper(k, n int64, alpha float64) float64 {
	if n <= 0 || k >= n {
		return 1
	}
	// P(X ≤ k) falls as p grows; it is the regularised incomplete beta
	// function at 1 − p.
	low, high := float64(k)/float64(n), 1.0
	for range 60 {
		p := (low + high) / 2
		if mathx.BetaInc(1-p, float64(n-k), float64(k+1)) > alpha {
			low = p
		} else {
			high = p
		}
	}
	return high
}

// ProportionLower is the lower bound that goes with [ProportionUpper]. It is 0
// if n or k is 0.
func ProportionLower(k, n int64, alpha float64) float64 {
	if n <= 0 || k <= 0 {
		return 0
	}
	return 1 - ProportionUpper(n-k, n, alpha)
}
