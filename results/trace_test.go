package results

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

func testTrace() *Trace {
	return &Trace{Iterations: 100, Cycles: []Cycle{
		{
			Begin: 10, SweepTermBegin: 12, SweepTermEnd: 40, FirstWorker: 35, LastWorker: 90, MarkTermBegin: 95, MarkTermEnd: 110,
			Dedicated: Work{1, 1, 50}, Fractional: Work{3, 2, 7}, Idle: Work{2, 2, 9}, Assist: Work{4, 0, 11},
			Preempted: 2, PreemptedParking: 1, Blocked: 1, Queued: []time.Duration{3, 4, 5},
		},
		{Begin: 200, SweepTermBegin: 201, SweepTermEnd: 210, MarkTermBegin: 220, MarkTermEnd: 230},
	}}
}

// detailed is a trace with all that is recorded now.
func detailed() *Trace {
	t := testTrace()
	t.Detail = TraceDetail
	t.Latency.Add(3 * time.Millisecond)
	t.Assists.Add(0)
	t.MMU = []MMUPoint{{time.Millisecond, 0.25}, {time.Second, 0.75}}
	t.Picture = &Picture{Cycle: 1, Cut: 2, Spans: []Span{
		{Kind: SpanStop, P: -1, From: 1, To: 10}, {Kind: SpanIdle, P: 3, Worker: 7, From: 12, To: 30}, {Kind: SpanQueued, P: -1, Worker: 7, From: 8, To: 12},
	}}
	return t
}

func TestTrace(t *testing.T) {
	for _, want := range []*Trace{testTrace(), detailed()} {
		testTraceFile(t, want)
	}
}

func testTraceFile(t *testing.T, want *Trace) {
	t.Helper()
	data, err := want.Encode()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "x.json.gz")
	if err := WriteFile(path, data); err != nil {
		t.Fatal(err)
	}
	if got, err := ReadTrace(path); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v, want %+v", got, err, want)
	}
	if err := os.WriteFile(path, data[:len(data)-9], 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadTrace(path); err == nil || !strings.HasPrefix(err.Error(), path+": ") {
		t.Errorf("a cut file: %v", err)
	}
}

func TestTraceOutOfOrder(t *testing.T) {
	for name, damage := range map[string]func(*Trace){
		"no iterations":  func(x *Trace) { x.Iterations = 0 },
		"backwards":      func(x *Trace) { x.Cycles[1].MarkTermEnd = 219 },
		"early worker":   func(x *Trace) { x.Cycles[0].FirstWorker = 9 },
		"late worker":    func(x *Trace) { x.Cycles[0].LastWorker = 96 },
		"negative work":  func(x *Trace) { x.Cycles[0].Assist.Time = -1 },
		"negative start": func(x *Trace) { x.Cycles[0].Idle.Starts = -1 },
		"endless":        func(x *Trace) { x.Cycles[1].MarkTermEnd = 25 * 3600e9 },
		"negative parks": func(x *Trace) { x.Cycles[0].Idle.Parks = -1 },
		"more parking":   func(x *Trace) { x.Cycles[0].PreemptedParking = 3 },
		"negative wait":  func(x *Trace) { x.Cycles[0].Queued[1] = -1 },
		"negative count": func(x *Trace) { x.Latency.Counts[0] = -1 },
		"far bins":       func(x *Trace) { x.Assists.Counts = make([]int64, 400) },
		"utilised twice": func(x *Trace) { x.MMU[1].Utilisation = 2 },
		"windows shrink": func(x *Trace) { x.MMU[1].Window = x.MMU[0].Window },
		"no such cycle":  func(x *Trace) { x.Picture.Cycle = 2 },
		"late span":      func(x *Trace) { x.Picture.Spans[0].To = 31 },
		"unknown kind":   func(x *Trace) { x.Picture.Spans[0].Kind = "<b>" },
		"many spans":     func(x *Trace) { x.Picture.Spans = make([]Span, MaxSpans+1) },
	} {
		x := detailed()
		damage(x)
		data, err := x.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := decodeTrace(bytes.NewReader(data)); err == nil {
			t.Errorf("%s: read without a word", name)
		}
	}
}

// FuzzTrace checks that what is read can be written and read again.
func FuzzTrace(f *testing.F) {
	f.Add([]byte(`{"iterations":1,"cycles":[{"begin":1,"sweep_term_begin":2,"sweep_term_end":3,"mark_term_begin":4,"mark_term_end":5}]}`))
	f.Add([]byte(`{"iterations":1,"cycles":[{"begin":1,"idle":{"starts":1e9,"time":-1}}]}`))
	f.Add([]byte(`{"iterations":1,"cycles":[{"queued":[3]}],"detail":1,"latency":{"counts":[0,2]},"mmu":[{"window":5,"utilisation":0.5}],"picture":{"spans":[{"kind":"idle","p":1}]}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		z.Write(text)
		z.Close()
		x, err := decodeTrace(&b)
		if err != nil {
			return
		}
		data, err := x.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := decodeTrace(bytes.NewReader(data)); err != nil {
			t.Errorf("%s reads, but not when written again: %v", text, err)
		}
	})
}
