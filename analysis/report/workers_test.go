package report

import (
	"math"
	"strings"
	"testing"
)

// TestWorkers holds the pacer's choice against values worked out by hand from
// its rule, and against the comment in the runtime that fractional workers
// run at GOMAXPROCS of 3 and less and of 6.
func TestWorkers(t *testing.T) {
	for _, c := range []struct {
		procs, dedicated int
		fractional       float64
	}{
		{1, 0, 0.25}, {2, 0, 0.25}, {3, 0, 0.25}, {4, 1, 0}, {5, 1, 0}, {6, 1, 0.5 / 6}, {7, 2, 0}, {8, 2, 0}, {16, 4, 0}, {64, 16, 0},
	} {
		if d, f := workers(c.procs); d != c.dedicated || math.Abs(f-c.fractional) > 1e-12 {
			t.Errorf("workers(%d) = %d, %v, want %d, %v", c.procs, d, f, c.dedicated, c.fractional)
		}
	}
}

func TestWorkerModes(t *testing.T) {
	for procs, want := range map[int]string{
		2: "no dedicated mark worker: fractional workers mark, up to 25 %",
		4: "asks for 1 dedicated mark worker and no fractional ones",
		6: "asks for 1 dedicated mark worker, and for fractional workers up to 8.3 %",
	} {
		if got := workerModes(procs); !strings.Contains(got, want) {
			t.Errorf("workerModes(%d) = %q, want it to contain %q", procs, got, want)
		}
	}
	if got := workerModes(0); got != "" {
		t.Errorf("workerModes(0) = %q, want nothing", got)
	}
}
