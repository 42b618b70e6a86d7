package stats

import (
	"math"

	"github.com/aclements/go-moremath/stats"
)

// A Spending says how much of the one-sided error alpha, in (0, 1), a
// sequential test may have used up by the time a fraction t of its information
// is in. It grows from 0 at t = 0 to alpha at t = 1; beyond 1 it stays there.
type Spending func(alpha, t float64) float64

// OBrienFleming spends next to nothing at first, so that the last look costs
// little more than a test without looks: 2(1 − Φ(z_{α/2}/√t)), in which z_{α/2}
// is exceeded with the probability α/2 (Lan & DeMets 1983, their α₁*).
func OBrienFleming(alpha, t float64) float64 {
	if t <= 0 {
		return 0
	}
	return 2 * exceedance(quantileAbove(alpha/2)/math.Sqrt(min(1, t)))
}

// Pocock spends nearly evenly, so that a large effect shows at the first
// looks: α ln(1 + (e − 1)t) (Lan & DeMets 1983, their α₂*).
func Pocock(alpha, t float64) float64 {
	return alpha * math.Log1p((math.E-1)*max(0, min(1, t)))
}

// exceedance is the probability that a standard normal variable is above z.
// It keeps its digits far out.
func exceedance(z float64) float64 { return math.Erfc(z/math.Sqrt2) / 2 }

// quantileAbove is the value that a standard normal variable exceeds with
// probability p: +Inf at p = 0.
func quantileAbove(p float64) float64 { return -stats.StdNormal.InvCDF(p) }
