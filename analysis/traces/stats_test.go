package traces

import (
	"bytes"
	"compress/gzip"
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
	got, faults := Read([]string{one, two})
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	if got.Detailed != 0 || got.MMU != nil || got.Picture != nil {
		t.Errorf("files without detail have %+v", got)
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
		{"attempts", got.Attempts, 1e6, 3e6},
		{"starts", got.Starts, 3e6, 3e6},
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
	if s, faults := Read([]string{write(t, &results.Trace{Iterations: 1})}); len(faults) > 0 || s.Cycles != 0 || s.MarkStart != (stats.Distribution{}) {
		t.Errorf("a trace without cycles: %+v, %v", s, faults)
	}
	if s, faults := Read(nil); s != nil || len(faults) > 0 {
		t.Errorf("no traces: %+v, %v", s, faults)
	}
}

// Whatever is wrong with a file, it is told which it is, and the others count.
func TestReadBad(t *testing.T) {
	good := write(t, &results.Trace{Iterations: 1})
	whole, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"cut off": whole[:len(whole)/2], "empty": nil, "of no known format": zipped(t, "go 9.99 trace"), "of another kind": zipped(t, `{"version": 99}`)} {
		bad := filepath.Join(t.TempDir(), "bad.json.gz")
		if err := os.WriteFile(bad, data, 0o644); err != nil {
			t.Fatal(err)
		}
		checkBad(t, name, good, bad)
	}
	checkBad(t, "missing", good, filepath.Join(t.TempDir(), "none.json.gz"))
}

func checkBad(t *testing.T, name, good, bad string) {
	t.Helper()
	s, faults := Read([]string{bad, good})
	if s == nil || s.Processes != 1 || len(faults) != 1 || !strings.Contains(faults[0].Error(), bad) {
		t.Errorf("a file that is %s beside a good one: %+v, %v", name, s, faults)
	}
	if s, faults := Read([]string{bad}); s != nil || len(faults) != 1 {
		t.Errorf("a file that is %s: %+v, %v", name, s, faults)
	}
}

func zipped(t *testing.T, text string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestDetail sums up two processes with detail and one without.
func TestDetail(t *testing.T) {
	cycle := func(x results.Cycle) results.Cycle {
		x.Begin, x.SweepTermBegin, x.SweepTermEnd, x.MarkTermBegin, x.MarkTermEnd = 1*us, 2*us, 3*us, 90*us, 100*us
		return x
	}
	one := &results.Trace{Iterations: 1, Detail: 1, Cycles: []results.Cycle{
		cycle(results.Cycle{Preempted: 3, PreemptedParking: 1, Blocked: 1, Queued: []time.Duration{2 * us, 4 * us, 6 * us}, Idle: results.Work{Starts: 2, Parks: 1}}),
		cycle(results.Cycle{}),
	}}
	one.MMU = []results.MMUPoint{{Window: time.Millisecond, Utilisation: 0.5}, {Window: 10 * time.Millisecond, Utilisation: 0.75}}
	one.Picture = &results.Picture{Cycle: 1, Cut: 4}
	two := &results.Trace{Iterations: 1, Detail: 1, Cycles: []results.Cycle{cycle(results.Cycle{Preempted: 1, Queued: []time.Duration{8 * us}})}}
	two.MMU = []results.MMUPoint{{Window: time.Millisecond, Utilisation: 0.25}}
	two.Picture = &results.Picture{}
	for i := range 1000 {
		one.Latency.Add(time.Duration(i) * us)
	}
	two.Assists.Add(7 * us)
	old := &results.Trace{Iterations: 1, Cycles: []results.Cycle{cycle(results.Cycle{})}}
	got, faults := Read([]string{write(t, old), write(t, one), write(t, two)})
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	if got.Processes != 3 || got.Detailed != 2 || got.Preempted != 4 || got.PreemptedParking != 1 || got.Blocked != 1 || got.Idle.Parks != 1 {
		t.Errorf("counts are %+v", got)
	}
	for _, c := range []struct {
		name          string
		got           Spread
		count         int64
		p50, p99, max float64 // µs
		off           float64 // part of it
	}{
		{"queued", got.Queued, 4, 5, 8, 8, 1e-9},
		{"latency", got.Latency, 1000, 500, 990, 999, 0.07},
		{"assists", got.AssistTime, 1, 7, 7, 7, 0.07},
	} {
		near := func(x, want float64) bool { return math.Abs(x-want*1e-6) <= c.off*want*1e-6 }
		if c.got.Count != c.count || !near(c.got.P50, c.p50) || !near(c.got.P99, c.p99) || !near(c.got.Max, c.max) {
			t.Errorf("%s is %+v, want %+v", c.name, c.got, c)
		}
	}
	if u, ok := got.Utilisation(time.Millisecond); !ok || u != 0.375 {
		t.Errorf("utilisation in 1 ms is %g, %v", u, ok)
	}
	if u, ok := got.Utilisation(10 * time.Millisecond); ok {
		t.Errorf("utilisation in 10 ms is %g, which one process does not tell", u)
	}
	if p := got.Picture; p == nil || p.Cut != 4 || p.Cycle.MarkTermEnd != 100*us {
		t.Errorf("the picture is %+v", p)
	}
}
