package stats

import (
	"math"

	"github.com/aclements/go-moremath/stats"
)

// PairedT gives the mean of the differences d and its one-sided bounds at
// confidence 1 − alpha each, by Student's t (Student 1908): the cross-check of
// [SignedRank] that assumes a normal distribution. Under two differences the
// bounds are ∓Inf; without any the mean is 0.
func PairedT(d []float64, alpha float64) (mean, lower, upper float64) {
	if len(d) == 0 {
		return 0, math.Inf(-1), math.Inf(1)
	}
	return stats.MeanCI(d, 1-2*alpha)
}
