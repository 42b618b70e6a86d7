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
	"strings"
	"testing"
	"time"

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

// encodes checks that what was read is fit for a run folder.
func encodes(t *testing.T, read *results.Trace) {
	t.Helper()
	read.Iterations = 1
	data, err := read.Encode()
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
		read, err := readExecTrace(bytes.NewReader(unpacked(t, c.name)))
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		cycles := read.Cycles
		d, f, i := starts(cycles)
		if len(cycles) != c.cycles || d != c.dedicated || f != c.fractional || i != c.idle {
			t.Errorf("%s: %d cycles, worker starts %d dedicated, %d fractional, %d idle, want %+v", c.name, len(cycles), d, f, i, c)
		}
		checkDetail(t, c.name, read)
	}
}

// checkDetail checks what holds for any trace with cycles in it.
func checkDetail(t *testing.T, name string, read *results.Trace) {
	t.Helper()
	encodes(t, read)
	if read.Latency.N() == 0 || len(read.MMU) == 0 || read.Picture == nil {
		t.Fatalf("%s: %d waits, %d utilisations, picture %v", name, read.Latency.N(), len(read.MMU), read.Picture)
	}
	for i := range read.Cycles {
		c := &read.Cycles[i]
		for _, w := range []results.Work{c.Dedicated, c.Fractional, c.Idle} {
			if w.Parks > w.Starts {
				t.Errorf("%s: cycle %d has more parks than starts: %+v", name, i+1, *c)
			}
		}
		if len(c.Queued) > c.Preempted+c.Blocked {
			t.Errorf("%s: cycle %d has more waits on a queue than ways there: %+v", name, i+1, *c)
		}
	}
	kinds := make(map[results.SpanKind]int)
	ends := make(map[int]time.Duration)
	for _, s := range read.Picture.Spans {
		kinds[s.Kind]++
		if s.P >= 0 && s.From < ends[s.P] {
			t.Errorf("%s: two spans at once on P %d: %+v", name, s.P, read.Picture.Spans)
		}
		ends[s.P] = s.To
	}
	if kinds[results.SpanStop] < 2 || kinds[results.SpanMutator] == 0 {
		t.Errorf("%s: the picture has spans %v", name, kinds)
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
	read, err := readExecTrace(&b)
	if err != nil {
		t.Fatal(err)
	}
	cycles := read.Cycles
	if len(cycles) < forced {
		t.Errorf("%d cycles of %d", len(cycles), forced)
	}
	for i, c := range cycles {
		if c.Dedicated.Starts+c.Fractional.Starts+c.Idle.Starts == 0 || c.FirstWorker == 0 || c.LastWorker < c.FirstWorker {
			t.Errorf("cycle %d has no worker: %+v", i, c)
		}
	}
	checkDetail(t, "this process", read)
}

func TestBadTrace(t *testing.T) {
	data := unpacked(t, "go1.16-4procs.trace.gz")
	for name, data := range map[string][]byte{
		"empty":   nil,
		"text":    []byte("no trace"),
		"cut":     data[:len(data)/2],
		"unknown": append([]byte("go 1.99 trace\x00\x00\x00"), data[16:]...),
		"header":  data[:16],
	} {
		if _, err := readExecTrace(bytes.NewReader(data)); err == nil || !strings.HasPrefix(err.Error(), "read the execution trace: ") {
			t.Errorf("%s is read: %v", name, err)
		}
	}
}

// FuzzExecTrace checks that what is read of a damaged trace can be kept.
func FuzzExecTrace(f *testing.F) {
	z, err := os.ReadFile(filepath.Join("testdata", "go1.16-4procs.trace.gz"))
	if err != nil {
		f.Fatal(err)
	}
	r, err := gzip.NewReader(bytes.NewReader(z))
	if err != nil {
		f.Fatal(err)
	}
	data, err := io.ReadAll(r)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	var own bytes.Buffer
	if err := rtrace.Start(&own); err == nil {
		runtime.GC()
		rtrace.Stop()
		f.Add(own.Bytes())
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		read, err := readExecTrace(bytes.NewReader(data))
		if err != nil {
			return
		}
		if read.Iterations = 1; read.Check() == nil {
			encodes(t, read)
		}
	})
}

// A script writes events for a cycleTracker, all of one time line.
type script struct {
	t *testing.T
	*cycleTracker
	ps map[trace.GoID]trace.ProcID // where a goroutine runs, if not on P 0
}

func newScript(t *testing.T) *script {
	s := &script{t, newCycleTracker(), make(map[trace.GoID]trace.ProcID)}
	s.started = true
	return s
}

func feed[T trace.EventDetails](s *script, at int64, kind trace.EventKind, g trace.GoID, details T) {
	s.t.Helper()
	e, err := trace.MakeEvent(trace.EventConfig[T]{Time: trace.Time(at), Kind: kind, Goroutine: g, Proc: s.ps[g], Details: details})
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

// leave is where g stops to run, for a reason and in a function.
func (s *script) leave(at int64, g trace.GoID, to trace.GoState, reason, function string) {
	s.t.Helper()
	c := trace.EventConfig[trace.StateTransition]{
		Time: trace.Time(at), Kind: trace.EventStateTransition, Goroutine: g, Proc: s.ps[g],
		Details: trace.MakeGoStateTransition(g, trace.GoRunning, to),
	}
	c.Details.Reason = reason
	if function != "" {
		c.Stack = trace.MakeStack([]trace.StackFrame{{PC: 1, Func: function}, {PC: 2, Func: funcWorker}})
		c.Details.Stack = c.Stack
	}
	e, err := trace.MakeEvent(c)
	if err != nil {
		s.t.Fatal(err)
	}
	s.event(&e)
}

func (s *script) procs(at int64, n uint64) {
	s.t.Helper()
	feed(s, at, trace.EventMetric, trace.NoGoroutine, trace.Metric{Name: metricProcs, Value: trace.Uint64Value(n)})
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
	s.move(96, 20, trace.GoRunning, trace.GoWaiting)
	want := []results.Cycle{{
		Begin: 10, SweepTermBegin: 12, SweepTermEnd: 40, FirstWorker: 35, LastWorker: 86, MarkTermBegin: 90, MarkTermEnd: 95, Restarts: 1,
		Dedicated: results.Work{Starts: 1, Parks: 1, Time: 36}, Fractional: results.Work{Starts: 1, Parks: 1, Time: 10},
		Idle: results.Work{Starts: 1, Parks: 1, Time: 3}, Assist: results.Work{Starts: 1, Time: 5},
		Preempted: 1, Queued: []time.Duration{4},
	}}
	if !reflect.DeepEqual(s.cycles, want) {
		t.Errorf("cycles are\n%+v\nwant\n%+v", s.cycles, want)
	}
	if len(s.markers) != 0 {
		t.Errorf("goroutines that mark no more are kept: %v", s.markers)
	}
}

// TestWorkerQueue sends a worker through gcMarkDone: it waits for a lock there
// that it gets while the cycle lasts, is preempted in it once, and once more
// after the cycle, on its way to the park.
func TestWorkerQueue(t *testing.T) {
	s := newScript(t)
	s.ps[1], s.ps[20] = 0, 1
	s.procs(1, 2)
	s.begin(10, 1, rangeCycle)
	s.begin(10, 1, rangeSweepTerm)
	s.end(20, 1, rangeSweepTerm)
	s.worker(21, 20, labelDedicated)
	s.leave(30, 20, trace.GoWaiting, reasonLock, funcMarkDone)
	s.move(33, 20, trace.GoWaiting, trace.GoRunnable)
	s.move(38, 20, trace.GoRunnable, trace.GoRunning) // 5 queued
	s.leave(40, 20, trace.GoRunnable, "preempted", funcMarkDone)
	s.move(41, 20, trace.GoRunnable, trace.GoRunning) // 1
	s.begin(50, 20, rangeMarkTerm)
	s.end(55, 20, rangeCycle)
	s.end(60, 20, rangeMarkTerm)
	s.leave(62, 20, trace.GoRunnable, "preempted", funcPark)
	s.move(69, 20, trace.GoRunnable, trace.GoRunning) // 7
	s.leave(70, 20, trace.GoWaiting, "system goroutine wait", funcPark)
	s.move(71, 20, trace.GoWaiting, trace.GoRunnable)
	s.move(72, 20, trace.GoRunnable, trace.GoRunning)  // from the pool: on no queue
	s.leave(73, 20, trace.GoRunnable, "preempted", "") // as no worker: it has no mode yet
	want := []results.Cycle{{
		Begin: 10, SweepTermBegin: 10, SweepTermEnd: 20, FirstWorker: 21, LastWorker: 50, MarkTermBegin: 50, MarkTermEnd: 60,
		Dedicated: results.Work{Starts: 1, Parks: 1, Time: 20},
		Preempted: 2, PreemptedParking: 1, Blocked: 1, Queued: []time.Duration{5, 1, 7},
	}}
	if !reflect.DeepEqual(s.cycles, want) {
		t.Errorf("cycles are\n%+v\nwant\n%+v", s.cycles, want)
	}
	read := s.trace()
	if got := read.Latency.N(); got != 2 || read.Latency.Max != 5 {
		t.Errorf("%d waits to run within the cycle, %s at most, want 2 and 5ns", got, read.Latency.Max)
	}
	picture := &results.Picture{Spans: []results.Span{
		{Kind: results.SpanStop, P: -1, To: 10},
		{Kind: results.SpanQueued, P: -1, Worker: 20, From: 23, To: 28},
		{Kind: results.SpanQueued, P: -1, Worker: 20, From: 30, To: 31},
		{Kind: results.SpanStop, P: -1, From: 40, To: 50},
		{Kind: results.SpanDedicated, P: 1, Worker: 20, From: 11, To: 20},
		{Kind: results.SpanDedicated, P: 1, Worker: 20, From: 28, To: 30},
		{Kind: results.SpanDedicated, P: 1, Worker: 20, From: 31, To: 50},
	}}
	if !reflect.DeepEqual(read.Picture, picture) {
		t.Errorf("the picture is\n%+v\nwant\n%+v", read.Picture, picture)
	}
}

// TestAssists plays two goroutines that assist in two cycles.
func TestAssists(t *testing.T) {
	s := newScript(t)
	s.ps[2] = 1
	for at := int64(0); at < 200; at += 100 {
		s.begin(at+1, 1, rangeCycle)
		s.begin(at+1, 1, rangeSweepTerm)
		s.end(at+5, 1, rangeSweepTerm)
		s.begin(at+10, 1, rangeAssist)
		s.end(at+13, 1, rangeAssist)
		s.begin(at+20, 1, rangeAssist)
		s.end(at+24, 1, rangeAssist)
		s.begin(at+30, 2, rangeAssist)
		s.end(at+40, 2, rangeAssist)
		s.begin(at+50, 1, rangeMarkTerm)
		s.end(at+51, 1, rangeCycle)
		s.end(at+60, 1, rangeMarkTerm)
	}
	if h := s.trace().Assists; h.N() != 4 || h.Counts[7] != 2 || h.Counts[10] != 2 {
		t.Errorf("assists are %+v, want 7 and 10 ns twice", h)
	}
}

// TestNoProcs has no utilisation of a trace that does not tell GOMAXPROCS.
func TestNoProcs(t *testing.T) {
	s := newScript(t)
	s.begin(0, 1, rangeAssist)
	s.end(1e9, 1, rangeAssist)
	if got := s.trace(); got.MMU != nil || got.Picture != nil {
		t.Errorf("%+v", got)
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
