package load

import (
	"math"
	"testing"
	"time"
)

func TestParseStat(t *testing.T) {
	total, idle, steal := parseStat("cpu  100 5 50 800 20 1 4 20 7 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n")
	if total != 1000 || idle != 820 || steal != 20 {
		t.Errorf("total %v, idle %v, steal %v", total, idle, steal)
	}
	for _, bad := range []string{"", "cpu 1 2", "cpu a b c d e f g h", "intr 1 2 3 4 5 6 7 8 9"} {
		if total, idle, steal := parseStat(bad); total != 0 || idle != 0 || steal != 0 {
			t.Errorf("parseStat(%q) = %v, %v, %v", bad, total, idle, steal)
		}
	}
}

func TestParsePressure(t *testing.T) {
	if got := parsePressure("some avg10=1.00 avg60=0.00 avg300=0.00 total=1234567\nfull total=9\n"); got != 1234567*time.Microsecond {
		t.Errorf("got %s", got)
	}
	if got := parsePressure("nothing"); got != 0 {
		t.Errorf("got %s of nothing", got)
	}
}

func TestShares(t *testing.T) {
	at := time.Unix(0, 0)
	before := Reading{At: at}
	after := Reading{At: at.Add(time.Second), Total: 200, Idle: 60, Steal: 20, Pressure: time.Second / 4}
	steal, busy, pressure := Shares(before, after, 800*time.Millisecond)
	for _, x := range []struct {
		name      string
		got, want float64
	}{{"steal", steal, 0.1}, {"busy", busy, 0.2}, {"pressure", pressure, 0.25}} {
		if math.Abs(x.got-x.want) > 1e-12 {
			t.Errorf("%s = %v, want %v", x.name, x.got, x.want)
		}
	}
	if steal, busy, pressure := Shares(before, before, time.Second); steal != 0 || busy != 0 || pressure != 0 {
		t.Errorf("no time passed: %v, %v, %v", steal, busy, pressure)
	}
}
