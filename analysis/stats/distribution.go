package stats

import "github.com/aclements/go-moremath/stats"

// A Distribution is a set of durations in seconds, or of counts, mostly one per
// GC cycle.
// Percentiles between two cycles are interpolated by the median-unbiased rule
// (Hyndman and Fan 1996, type 8). With 66 cycles or fewer P99
// is the maximum.
type Distribution struct {
	Mean float64 `json:"mean"`
	P50  float64 `json:"p50"`
	P99  float64 `json:"p99"`
	Max  float64 `json:"max"`
}

// Distribute sums up xs, which it sorts. Of none it is all 0.
func Distribute(xs []float64) Distribution {
	if len(xs) == 0 {
		return Distribution{}
	}
	s := stats.Sample{Xs: xs}
	s.Sort()
	_, largest := s.Bounds()
	return Distribution{
		Mean: s.Mean(),
		P50:  s.Quantile(0.50),
		P99:  s.Quantile(0.99),
		Max:  largest,
	}
}
