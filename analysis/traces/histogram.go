package traces

import (
	"time"

	"patchbench/analysis/stats"
	"patchbench/results"
)

// A Spread is a distribution of so many durations.
type Spread struct {
	Count int64 `json:"count"`
	stats.Distribution
}

func spread(ds []float64) Spread {
	return Spread{int64(len(ds)), stats.Distribute(ds)}
}

// binned is the spread of what a histogram has counted. Within a bin durations
// are taken to lie evenly, so percentiles may be off by its width, 13 %; the
// mean and the maximum are exact.
func binned(h *results.Histogram) Spread {
	s := Spread{Count: h.N()}
	if s.Count == 0 {
		return s
	}
	s.Mean = h.Sum.Seconds() / float64(s.Count)
	s.P50, s.P99, s.Max = quantile(h, 0.50), quantile(h, 0.99), h.Max.Seconds()
	return s
}

// quantile is in seconds. h is not empty.
func quantile(h *results.Histogram, q float64) float64 {
	rank := q * float64(h.N())
	for i, n := range h.Counts {
		if rank > float64(n) {
			rank -= float64(n)
			continue
		}
		if n == 0 {
			continue
		}
		from, to := results.Bin(i)
		to = min(to-1, h.Max) // of whole nanoseconds
		return (float64(from) + rank/float64(n)*float64(to-from)) / float64(time.Second)
	}
	return h.Max.Seconds()
}
