package traces

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"patchbench/analysis/stats"
	"patchbench/results"
)

const us = time.Microsecond

// write puts a trace into a file and returns its path.
func write(t *testing.T, trace *results.Trace) string {
	t.Helper()
	data, err := trace.Encode()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "A-4.before.1.json.gz")
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRead(t *testing.T) {
	one := write(t, &results.Trace{Iterations: 10, Cycles: []results.Cycle{
		{ // a worker that runs before the stop is over, and ends the mark
			Begin: 100 * us, SweepTermBegin: 102 * us, FirstWorker: 130 * us, SweepTermEnd: 140 * us,
			LastWorker: 400 * us, MarkTermBegin: 400 * us, MarkTermEnd: 430 * us,
			Dedicated: results.Work{Starts: 1, Time: 270 * us}, Idle: results.Work{Starts: 2, Time: 20 * us},
		},
		{ // one that starts late and stops early
			Begin: 1000 * us, SweepTermBegin: 1001 * us, SweepTermEnd: 1021 * us, FirstWorker: 1080 * us,
			LastWorker: 1180 * us, MarkTermBegin: 1200 * us, MarkTermEnd: 1210 * us, Restarts: 2,
			Fractional: results.Work{Starts: 3, Time: 90 * us},
		},
	}})
	two := write(t, &results.Trace{Iterations: 5, Cycles: []results.Cycle{
		{ // none
			Begin: 5 * us, SweepTermBegin: 6 * us, SweepTermEnd: 16 * us, MarkTermBegin: 36 * us, MarkTermEnd: 56 * us,
			Assist: results.Work{Starts: 4, Time: 30 * us},
		},
	}})
	got, err := Read([]string{one, two})
	if err != nil {
		t.Fatal(err)
	}
	if got.Processes != 2 || got.Iterations != 15 || got.Cycles != 3 || got.Restarts != 2 || got.Workerless != 1 || got.WorkerStarts() != 6 {
		t.Errorf("counts are %+v", got)
	}
	near := func(a, b float64) bool { return math.Abs(a-b) < 1e-12 }
	for _, c := range []struct {
		name     string
		got      stats.Distribution
		p50, max float64 // µs
	}{
		{"mark start", got.MarkStart, 55, 80},
		{"mark resume", got.MarkResume, 29.5, 59},
		{"mark", got.Mark, 179, 260},
		{"mark end", got.MarkEnd, 10, 20},
		{"first stop", got.SweepTermSTW, 20, 38},
		{"last stop", got.MarkTermSTW, 20, 30},
	} {
		if !near(c.got.P50, c.p50*1e-6) || !near(c.got.Max, c.max*1e-6) {
			t.Errorf("%s is %+v, want median %v and maximum %v µs", c.name, c.got, c.p50, c.max)
		}
	}
	for _, c := range []struct {
		name   string
		got    Work
		starts int
		time   float64
	}{
		{"dedicated", got.Dedicated, 1, 270}, {"fractional", got.Fractional, 3, 90}, {"idle", got.Idle, 2, 20}, {"assist", got.Assist, 4, 30},
	} {
		if c.got.Starts != c.starts || !near(c.got.Time, c.time*1e-6) {
			t.Errorf("%s is %+v, want %d starts and %v µs", c.name, c.got, c.starts, c.time)
		}
	}
}

func TestReadNothing(t *testing.T) {
	if s, err := Read([]string{write(t, &results.Trace{Iterations: 1})}); err != nil || s.Cycles != 0 || s.MarkStart != (stats.Distribution{}) {
		t.Errorf("a trace without cycles: %+v, %v", s, err)
	}
	missing := filepath.Join(t.TempDir(), "none.json.gz")
	if _, err := Read([]string{missing}); err == nil || !strings.Contains(err.Error(), missing) {
		t.Errorf("a missing file: %v", err)
	}
}
