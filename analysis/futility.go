package analysis

import (
	"math"

	"github.com/aclements/go-moremath/stats"
)

// futile is the chance below which it is not worth going on.
const futile = 0.1

// futileLook is the look from which on futility is asked for, counted from 0:
// the first few say too little of the spread.
const futileLook = 2

// prospects are the chances that c, of whose rounds a share is done, ends with
// no loss and with a loss: by the normal approximation, if the pairs to come go
// on as those so far (Jennison & Turnbull 2000, section 10.2). Both are 1 where
// nothing can be said.
func (c *Comparison) prospects(share float64) (noLoss, loss float64) {
	k := len(c.Looks) - 1
	if k < futileLook || share >= 1 {
		return 1, 1
	}
	center := math.Log1p(c.Effect)
	stderr := (math.Log1p(c.Looks[k].Upper) - math.Log1p(c.Looks[k].Lower)) / 2 / quantile(c.Looks[k].Alpha)
	final := stderr * math.Sqrt(share)          // standard error at the end
	spread := final * math.Sqrt(1-share)        // of the estimate then, given now's
	reach := final * quantile(c.Looks[k].Alpha) // the last look's level is no larger
	if l := c.Layouts; l != nil && l.Wider {
		// More pairs say nothing of how layouts differ.
		pairs := float64(c.Pairs)
		center, spread = l.groups.Mean, math.Sqrt(l.groups.Within/pairs*(1-share))
		reach = l.groups.Reach(l.Layouts, pairs/share, c.Looks[k].Alpha)
	}
	if !(spread > 0) || math.IsInf(spread, 1) {
		return 1, 1
	}
	normal := stats.StdNormal
	return normal.CDF((math.Log1p(c.Margin) - reach - center) / spread), normal.CDF((center - reach) / spread)
}

// quantile is the value that a standard normal variable exceeds with
// probability p.
func quantile(p float64) float64 { return -stats.StdNormal.InvCDF(p) }

// normalTail is the probability with which a standard normal variable exceeds x.
func normalTail(x float64) float64 { return stats.StdNormal.CDF(-x) }
