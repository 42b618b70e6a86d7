package bench

import (
	"math"
	"testing"
	"time"

	"patchbench/results"
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
	before := load{at: at, total: 0, idle: 0, steal: 0}
	after := load{at: at.Add(time.Second), total: 200, idle: 60, steal: 20, pressure: time.Second / 4}
	steal, busy, pressure := shares(before, after, 800*time.Millisecond)
	for _, x := range []struct {
		name      string
		got, want float64
	}{{"steal", steal, 0.1}, {"busy", busy, 0.2}, {"pressure", pressure, 0.25}} {
		if math.Abs(x.got-x.want) > 1e-12 {
			t.Errorf("%s = %v, want %v", x.name, x.got, x.want)
		}
	}
	if steal, busy, pressure := shares(before, before, time.Second); steal != 0 || busy != 0 || pressure != 0 {
		t.Errorf("no time passed: %v, %v, %v", steal, busy, pressure)
	}
}

func TestHostClass(t *testing.T) {
	for _, test := range []struct{ cpuinfo, want string }{
		{"processor : 0\nmodel name\t: Intel(R) Xeon(R) CPU E5-2680 v4 @ 2.40GHz\nmodel name : other\n", "linux-amd64-intel-xeon-e5-2680-v4-2cores"},
		{"model name : AMD EPYC 7B13 64-Core Processor\n", "linux-amd64-amd-epyc-7b13-64-core-2cores"},
		{"CPU implementer : 0x41\nCPU part : 0xd0c\n", "linux-amd64-implementer-0x41-part-0xd0c-2cores"},
	} {
		h := results.Host{GOOS: "linux", GOARCH: "amd64", CPU: parseCPUInfo(test.cpuinfo), Cores: 2}
		if got := hostClass(h); got != test.want {
			t.Errorf("%q: class %s, want %s", test.cpuinfo, got, test.want)
		}
	}
	if got := parseMemInfo("MemTotal:       2048 kB\nMemFree: 1 kB\n"); got != 2<<20 {
		t.Errorf("memory %d", got)
	}
}
