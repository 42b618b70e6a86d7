package bench

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	rtrace "runtime/trace"
	"testing"

	"golang.org/x/exp/trace"

	"patchbench/results"
)

// starts adds up the worker starts of cycles by mode.
func starts(cycles []results.Cycle) (dedicated, fractional, idle int) {
	for _, c := range cycles {
		dedicated += c.Dedicated.Starts
		fractional += c.Fractional.Starts
		idle += c.Idle.Starts
	}
	return dedicated, fractional, idle
}

// encodes checks that cycles are fit for a run folder.
func encodes(t *testing.T, cycles []results.Cycle) {
	t.Helper()
	data, err := (&results.Trace{Iterations: 1, Cycles: cycles}).Encode()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "x.json.gz")
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := results.ReadTrace(path); err != nil {
		t.Error(err)
	}
}

// unpacked reads a packed file of testdata.
func unpacked(t *testing.T, name string) []byte {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestOldTraces reads traces of programs/cyclestorm compiled with go1.16.15.
// The counts of worker starts are those of the labels in the files.
func TestOldTraces(t *testing.T) {
	for _, c := range []struct {
		name                                string
		cycles, dedicated, fractional, idle int
	}{
		{"go1.16-2procs.trace.gz", 40, 0, 39, 4},
		{"go1.16-4procs.trace.gz", 3, 3, 0, 1},
	} {
		cycles, err := readCycles(bytes.NewReader(unpacked(t, c.name)))
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		d, f, i := starts(cycles)
		if len(cycles) != c.cycles || d != c.dedicated || f != c.fractional || i != c.idle {
			t.Errorf("%s: %d cycles, worker starts %d dedicated, %d fractional, %d idle, want %+v", c.name, len(cycles), d, f, i, c)
		}
		encodes(t, cycles)
	}
}

// TestNewTrace reads a trace of this very process.
func TestNewTrace(t *testing.T) {
	var b bytes.Buffer
	if err := rtrace.Start(&b); err != nil {
		t.Skip("this process is being traced already")
	}
	const forced = 3
	for range forced {
		runtime.GC()
	}
	rtrace.Stop()
	cycles, err := readCycles(&b)
	if err != nil {
		t.Fatal(err)
	}
	if len(cycles) < forced {
		t.Errorf("%d cycles of %d", len(cycles), forced)
	}
	for i, c := range cycles {
		if c.Dedicated.Starts+c.Fractional.Starts+c.Idle.Starts == 0 || c.FirstWorker == 0 || c.LastWorker < c.FirstWorker {
			t.Errorf("cycle %d has no worker: %+v", i, c)
		}
	}
	encodes(t, cycles)
}

func TestBadTrace(t *testing.T) {
	data := unpacked(t, "go1.16-4procs.trace.gz")
	for _, data := range [][]byte{nil, []byte("no trace"), data[:len(data)/2]} {
		if _, err := readCycles(bytes.NewReader(data)); err == nil {
			t.Errorf("%d bytes are read without a word", len(data))
		}
	}
}

// A script writes events for a cycleTracker, all of one time line.
type script struct {
	t *testing.T
	cycleTracker
}

func newScript(t *testing.T) *script {
	return &script{t, cycleTracker{started: true, markers: make(map[trace.GoID]*marker)}}
}

func feed[T trace.EventDetails](s *script, at int64, kind trace.EventKind, g trace.GoID, details T) {
	s.t.Helper()
	e, err := trace.MakeEvent(trace.EventConfig[T]{Time: trace.Time(at), Kind: kind, Goroutine: g, Details: details})
	if err != nil {
		s.t.Fatal(err)
	}
	s.event(&e)
}

func (s *script) begin(at int64, g trace.GoID, name string) {
	s.t.Helper()
	feed(s, at, trace.EventRangeBegin, g, s.named(g, name))
}

func (s *script) end(at int64, g trace.GoID, name string) {
	s.t.Helper()
	feed(s, at, trace.EventRangeEnd, g, s.named(g, name))
}

func (s *script) named(g trace.GoID, name string) trace.Range {
	scope := trace.MakeResourceID(g)
	if name == rangeCycle {
		scope = trace.ResourceID{Kind: trace.ResourceNone}
	}
	return trace.Range{Name: name, Scope: scope}
}

func (s *script) worker(at int64, g trace.GoID, label string) {
	s.t.Helper()
	s.move(at, g, trace.GoRunnable, trace.GoRunning)
	feed(s, at, trace.EventLabel, g, trace.Label{Label: label, Resource: trace.MakeResourceID(g)})
}

func (s *script) move(at int64, g trace.GoID, from, to trace.GoState) {
	s.t.Helper()
	feed(s, at, trace.EventStateTransition, g, trace.MakeGoStateTransition(g, from, to))
}

// TestCycle plays a cycle in which every kind of marker works, one is
// preempted, and the first attempt to end the mark finds more of it.
func TestCycle(t *testing.T) {
	s := newScript(t)
	s.end(5, 1, rangeMarkTerm) // of a cycle that began before the trace
	s.begin(10, 1, rangeCycle)
	s.begin(12, 1, rangeSweepTerm)
	s.worker(35, 20, labelDedicated)
	s.end(40, 1, rangeSweepTerm)
	s.begin(41, 1, rangeAssist)
	s.move(45, 1, trace.GoRunning, trace.GoWaiting) // 4 of assists
	s.worker(50, 21, labelIdle)
	s.move(53, 21, trace.GoRunning, trace.GoWaiting) // 3 of idle workers
	s.move(55, 1, trace.GoRunnable, trace.GoRunning)
	s.end(56, 1, rangeAssist) // 1 of assists
	s.move(60, 20, trace.GoRunning, trace.GoRunnable)
	s.move(64, 20, trace.GoRunnable, trace.GoRunning) // 25, and on
	s.begin(70, 20, rangeMarkTerm)                    // 6 of dedicated workers
	s.end(75, 20, rangeMarkTerm)
	s.worker(76, 21, labelFractional)
	s.move(80, 20, trace.GoRunning, trace.GoWaiting) // 5
	s.move(86, 21, trace.GoRunning, trace.GoWaiting) // 10 of fractional workers
	s.begin(90, 1, rangeMarkTerm)
	s.worker(91, 20, labelDedicated) // too late to count
	s.end(94, 0, rangeCycle)
	s.end(95, 1, rangeMarkTerm)
	want := []results.Cycle{{
		Begin: 10, SweepTermBegin: 12, SweepTermEnd: 40, FirstWorker: 35, LastWorker: 86, MarkTermBegin: 90, MarkTermEnd: 95, Restarts: 1,
		Dedicated: results.Work{Starts: 1, Time: 36}, Fractional: results.Work{Starts: 1, Time: 10},
		Idle: results.Work{Starts: 1, Time: 3}, Assist: results.Work{Starts: 1, Time: 5},
	}}
	if !reflect.DeepEqual(s.cycles, want) {
		t.Errorf("cycles are\n%+v\nwant\n%+v", s.cycles, want)
	}
	s.move(96, 20, trace.GoRunning, trace.GoWaiting)
	if len(s.markers) != 0 {
		t.Errorf("goroutines that mark no more are kept: %v", s.markers)
	}
}

// TestUnendedCycle leaves out a cycle that the trace does not hold whole.
func TestUnendedCycle(t *testing.T) {
	s := newScript(t)
	s.begin(10, 1, rangeCycle)
	s.begin(12, 1, rangeSweepTerm)
	s.end(20, 1, rangeSweepTerm)
	s.begin(30, 1, rangeMarkTerm)
	s.end(31, 0, rangeCycle)
	if len(s.cycles) != 0 {
		t.Errorf("half a cycle counts: %+v", s.cycles)
	}
}
