package results

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func testTrace() *Trace {
	return &Trace{Iterations: 100, Cycles: []Cycle{
		{
			Begin: 10, SweepTermBegin: 12, SweepTermEnd: 40, FirstWorker: 35, LastWorker: 90, MarkTermBegin: 95, MarkTermEnd: 110,
			Dedicated: Work{1, 50}, Fractional: Work{3, 7}, Idle: Work{2, 9}, Assist: Work{4, 11},
		},
		{Begin: 200, SweepTermBegin: 201, SweepTermEnd: 210, MarkTermBegin: 220, MarkTermEnd: 230},
	}}
}

func TestTrace(t *testing.T) {
	want := testTrace()
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
	} {
		x := testTrace()
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
