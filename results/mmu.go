package results

import (
	"fmt"
	"time"
)

// An MMUPoint is the minimum mutator utilisation of one window: the least
// share of the CPUs that the program itself had in any stretch of time so long
// (Cheng and Blelloch 2001).
//
// A P counts as the collector's while it runs a dedicated or a fractional mark
// worker or a goroutine in an assist, and all Ps do while the world is stopped
// for the collector. Idle workers take what nobody wants, and sweeping is not
// counted: that is how go tool trace chooses. Its own curves lie lower as of Go
// 1.26, as it counts every start of a background worker but the first twice, and
// a P is the collector's for good from then on; without these workers they agree.
type MMUPoint struct {
	Window      time.Duration `json:"window"`
	Utilisation float64       `json:"utilisation"` // 0 to 1
}

// MMUWindows are the windows that utilisation is asked of: 0.1 ms to 1 s.
func MMUWindows() []time.Duration {
	var list []time.Duration
	for decade := 100 * time.Microsecond; decade < time.Second; decade *= 10 {
		for _, tenths := range []time.Duration{10, 15, 20, 30, 50, 70} {
			list = append(list, decade*tenths/10)
		}
	}
	return append(list, time.Second)
}

func checkMMU(points []MMUPoint) error {
	last := time.Duration(0)
	for _, p := range points {
		if p.Window <= last || p.Window > longestTrace || !(p.Utilisation >= 0 && p.Utilisation <= 1) {
			return fmt.Errorf("a utilisation of %g in %s", p.Utilisation, p.Window)
		}
		last = p.Window
	}
	return nil
}
