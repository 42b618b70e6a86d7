package traces

import (
	"time"

	"patchbench/results"
)

// mmu is the mean of the processes' curves, at the windows that all of them
// have. The minimum of all would be that of whatever disturbed one process
// most, and fall with their number.
func mmu(traces []*results.Trace) []results.MMUPoint {
	var mean []results.MMUPoint
	if len(traces) == 0 {
		return nil
	}
	for _, p := range traces[0].MMU {
		sum, n := 0.0, 0
		for _, t := range traces {
			if u, ok := at(t.MMU, p.Window); ok {
				sum += u
				n++
			}
		}
		if n == len(traces) {
			mean = append(mean, results.MMUPoint{Window: p.Window, Utilisation: sum / float64(n)})
		}
	}
	return mean
}

func at(points []results.MMUPoint, window time.Duration) (utilisation float64, ok bool) {
	for _, p := range points {
		if p.Window == window {
			return p.Utilisation, true
		}
	}
	return 0, false
}

// Utilisation returns the minimum mutator utilisation of a window, and whether
// it is known.
func (s *Stats) Utilisation(window time.Duration) (utilisation float64, ok bool) {
	return at(s.MMU, window)
}
