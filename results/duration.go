package results

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// Roughly words an estimate of so many seconds for people who plan with it:
// "40 s", "12 min", "2.5 h", "3 days". What is not a number, or without end, is
// "n/a".
func Roughly(seconds float64) string {
	switch s := seconds; {
	case math.IsNaN(s) || math.IsInf(s, 0):
		return "n/a"
	case s < 90:
		return fmt.Sprintf("%.0f s", s)
	case s < 90*60:
		return fmt.Sprintf("%.0f min", s/60)
	case s < 48*3600:
		return fmt.Sprintf("%.1f h", s/3600)
	default:
		return fmt.Sprintf("%.0f days", s/86400)
	}
}

// Exactly words a time that was given or taken, to the second, or to the tenth
// of one below ten: "1.5 s", "2 min 30 s", "1 h".
func Exactly(d time.Duration) string {
	if d < 10*time.Second {
		return fmt.Sprintf("%g s", d.Round(100*time.Millisecond).Seconds())
	}
	d = d.Round(time.Second)
	var parts []string
	for _, unit := range []struct {
		size time.Duration
		name string
	}{{time.Hour, "h"}, {time.Minute, "min"}, {time.Second, "s"}} {
		if n := d / unit.size; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, unit.name))
		}
		d %= unit.size
	}
	return strings.Join(parts, " ")
}
