package results

import (
	"math"
	"testing"
	"time"
)

func TestDurations(t *testing.T) {
	for s, want := range map[float64]string{0.4: "0 s", 40: "40 s", 120: "2 min", 5000: "83 min", 9000: "2.5 h", 3 * 86400: "3 days", math.Inf(1): "n/a"} {
		if got := Roughly(s); got != want {
			t.Errorf("roughly %g seconds are %q, want %q", s, got, want)
		}
	}
	for d, want := range map[time.Duration]string{
		0: "0 s", 1230 * time.Millisecond: "1.2 s", 12300 * time.Millisecond: "12 s", 2 * time.Minute: "2 min",
		150 * time.Second: "2 min 30 s", time.Hour: "1 h", 2*time.Hour + 5*time.Second: "2 h 5 s", -3 * time.Minute: "-180 s",
	} {
		if got := Exactly(d); got != want {
			t.Errorf("%s is %q, want %q", d, got, want)
		}
	}
}
