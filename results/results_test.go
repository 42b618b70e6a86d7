package results

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

func testProtocol() *Protocol {
	return &Protocol{
		Format:     Format,
		Experiment: "demo",
		Created:    time.Date(2026, 11, 24, 6, 0, 0, 0, time.UTC),
		Host:       Host{Name: "h", Class: "linux-amd64-x-2", GOOS: "linux", GOARCH: "amd64", CPU: "a\n  b", Cores: 2},
		Seed:       7,
		Units:      []Metric{{Unit: "p99-sec", Kind: Latency, Better: "lower"}},
	}
}

func newRun(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if _, err := WriteProtocol(dir, testProtocol()); err != nil {
		t.Fatal(err)
	}
	return dir
}

func testSample(id int) *Sample {
	side := Before
	if id%2 == 1 {
		side = After
	}
	return &Sample{
		ID: id, Benchmark: "Storm-4", Side: side, Round: 1, Position: 2, Order: "ABBA", Slot: id % 4,
		Tree: "0123456789abcdef", Binary: "fedcba", Iterations: 100 + id,
		Values: []Value{{1500, "ns/op"}, {2.5, "cpu-sec"}, {0, "p99-ns"}},
	}
}

func record(t *testing.T, dir string, ids ...int) {
	t.Helper()
	w, _, err := OpenWriter(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Event(Event{Kind: EventStart}); err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		if err := w.Sample(testSample(id), Event{Wall: 1}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestSamplesRoundTrip(t *testing.T) {
	dir := newRun(t)
	record(t, dir, 0, 1)
	got, dropped, err := ReadSamples(dir)
	if err != nil || dropped != 0 || len(got) != 2 {
		t.Fatalf("got %d samples, %d dropped, %v", len(got), dropped, err)
	}
	want := *testSample(1)
	want.Tree = "0123456789ab"
	if _, want.Protocol, err = ReadProtocol(dir); err != nil {
		t.Fatal(err)
	}
	want.Values = []Value{{1500 * 1e-9, "sec/op"}, {2.5, "cpu-sec"}, {0, "p99-sec"}}
	want.Line = got[1].Line
	if !reflect.DeepEqual(got[1], want) {
		t.Errorf("got  %+v\nwant %+v", got[1], want)
	}
	data, _ := os.ReadFile(filepath.Join(dir, SamplesFile))
	for _, line := range []string{"Unit p99-sec better=lower\n", "cpu: a b\n", "seed: 7\n"} {
		if !strings.Contains(string(data), line) {
			t.Errorf("samples.bench has no line %q", line)
		}
	}
}

func TestControlRoundTrip(t *testing.T) {
	dir := newRun(t)
	w, _, err := OpenWriter(dir)
	if err != nil {
		t.Fatal(err)
	}
	s := testSample(1)
	s.Side, s.Control = Control, true
	if err := w.Sample(s, Event{Wall: 1}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	got, _, err := ReadSamples(dir)
	if err != nil || len(got) != 1 || got[0].Side != Control || !got[0].Control {
		t.Errorf("got %+v, %v", got, err)
	}
}

// A sample cut off anywhere is gone, the ones before it stay, and recording
// goes on behind them.
func TestCutOff(t *testing.T) {
	dir := newRun(t)
	record(t, dir, 0, 1)
	path := filepath.Join(dir, SamplesFile)
	full, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	one := strings.LastIndex(string(full), "side:")
	for cut := one; cut < len(full); cut++ {
		if err := os.WriteFile(path, full[:cut], 0o644); err != nil {
			t.Fatal(err)
		}
		samples, dropped, err := ReadSamples(dir)
		if err != nil || len(samples) != 1 {
			t.Fatalf("cut at %d: %d samples, %v", cut, len(samples), err)
		}
		if wantDropped := min(cut-one, 1); dropped != wantDropped {
			t.Errorf("cut at %d: dropped %d, want %d", cut, dropped, wantDropped)
		}
		w, have, err := OpenWriter(dir)
		if err != nil || len(have) != 1 {
			t.Fatalf("cut at %d: writer has %d samples, %v", cut, len(have), err)
		}
		if err := w.Sample(testSample(1), Event{}); err != nil {
			t.Fatal(err)
		}
		w.Close()
		again, err := os.ReadFile(path)
		if err != nil || string(again) != string(full) {
			t.Fatalf("cut at %d: the file came out different", cut)
		}
	}
	events, err := ReadEvents(dir)
	if err != nil {
		t.Fatal(err)
	}
	if last := events[len(events)-1]; last.Retries == 0 || last.Sample != 1 {
		t.Errorf("last event %+v, want sample 1 with its retries counted", last)
	}
}

func TestCutOffHeader(t *testing.T) {
	dir := newRun(t)
	record(t, dir)
	path := filepath.Join(dir, SamplesFile)
	full, _ := os.ReadFile(path)
	if err := os.WriteFile(path, full[:len(full)/2], 0o644); err != nil {
		t.Fatal(err)
	}
	record(t, dir)
	if samples, dropped, err := ReadSamples(dir); len(samples) != 0 || dropped != 0 || err != nil {
		t.Errorf("a header alone: %d samples, %d dropped, %v", len(samples), dropped, err)
	}
	if again, _ := os.ReadFile(path); string(again) != string(full) {
		t.Errorf("header is\n%s\nwant\n%s", again, full)
	}
}

func TestDamagedRun(t *testing.T) {
	dir := newRun(t)
	record(t, dir, 0)
	if err := os.WriteFile(filepath.Join(dir, SamplesFile), []byte("BenchmarkX 1 2 ns/op\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, _, err := OpenWriter(dir); err == nil || !strings.Contains(err.Error(), "samples.bench:1: ") {
		t.Errorf("got error %v, want one that names the line", err)
	}
}

func TestSessions(t *testing.T) {
	dir := newRun(t)
	record(t, dir, 0)
	f, err := os.OpenFile(filepath.Join(dir, EventsFile), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	f.WriteString(`{"kind":"samp`)
	f.Close()
	record(t, dir, 1)
	events, err := ReadEvents(dir)
	if err != nil {
		t.Fatal(err)
	}
	var sessions []int
	for _, e := range events {
		if e.Kind == EventSample {
			sessions = append(sessions, e.Session)
		}
	}
	if want := []int{0, 1}; !reflect.DeepEqual(sessions, want) {
		t.Errorf("sessions %v, want %v", sessions, want)
	}
}

func TestBadSamples(t *testing.T) {
	const place = "Sample: id=0 round=0 position=0 order=ABBA slot=0\n"
	for _, test := range []struct{ name, text, want string }{
		{"no place", "side: after\nBenchmarkX 1 2 ns/op\n", `:2: result without a "Sample:" line`},
		{"no result", place + place + "side: after\nBenchmarkX 1 2 ns/op\n", ":1: no result follows"},
		{"control", "Sample: id=0 round=0 position=0 order=ABBA slot=0 control=2\n", `:1: control is "2", not 1`},
		{"control's side", "side: after\nSample: id=0 round=0 position=0 order=ABBA slot=0 control=1\nBenchmarkX 1 2 ns/op\n", `:3: side is "after" in a block with the control`},
		{"stray control", "side: control\n" + place + "BenchmarkX 1 2 ns/op\n", `:3: side is "control", not before or after`},
		{"no side", place + "BenchmarkX 1 2 ns/op\n", `:2: side is ""`},
		{"twice", "side: after\n" + place + "BenchmarkX 1 2 ns/op\n" + place + "BenchmarkX 1 2 ns/op\n", ":5: sample 0 was already at line 3"},
		{"order", "Sample: id=0 round=0 position=0 order=AABB slot=0\n", `:1: order is "AABB"`},
		{"slot", "Sample: id=0 round=0 position=0 order=ABBA slot=4\n", ":1: slot is 4"},
		{"number", "Sample: id=x round=0 position=0 order=ABBA slot=0\n", `:1: id is "x"`},
		{"key", "Sample: id=0 what=0\n", `:1: unknown key "what"`},
		{"missing", "Sample: id=0 order=ABBA\n", ":1: needs id, round, position"},
		{"syntax", "side: after\n" + place + "BenchmarkX 1 x ns/op\n", ":3: "},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, _, err := parseSamples("f", []byte(test.text))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got error %v, want one with %q", err, test.want)
			}
		})
	}
}

func TestProtocol(t *testing.T) {
	dir := newRun(t)
	p, digest, err := ReadProtocol(dir)
	if err != nil || !reflect.DeepEqual(p, testProtocol()) {
		t.Fatalf("got %+v, %v", p, err)
	}
	if len(digest) != 64 {
		t.Errorf("digest %q", digest)
	}
	if _, err := WriteProtocol(dir, testProtocol()); err == nil || !strings.Contains(err.Error(), "written once") {
		t.Errorf("second WriteProtocol: %v", err)
	}
	for _, test := range []struct{ text, want string }{
		{`{"format": 99, "new_thing": 1}`, "newer patchbench (format 99, this one reads up to 1)"},
		{`{"format": 1, "odd": 1}`, `unknown field "odd"`},
		{`{`, "unexpected end"},
	} {
		if err := os.WriteFile(filepath.Join(dir, ProtocolFile), []byte(test.text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, _, err := ReadProtocol(dir); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got error %v, want one with %q", test.text, err, test.want)
		}
	}
	if _, _, err := ReadProtocol(t.TempDir()); err == nil || !strings.Contains(err.Error(), "is not a run folder") {
		t.Errorf("empty folder: %v", err)
	}
}

func FuzzParseSamples(f *testing.F) {
	f.Add("side: after\nSample: id=0 round=0 position=0 order=ABBA slot=0 tree=a binary=b\nBenchmarkX-4 1 2 ns/op\n")
	f.Add("Sample: id=0\nUnit x better=lower\nside:\nBenchmark")
	f.Fuzz(func(t *testing.T, text string) {
		samples, end, err := parseSamples("f", []byte(text))
		if err != nil {
			return
		}
		if end < 0 || end > len(text) {
			t.Fatalf("end %d of %d", end, len(text))
		}
		// What is said to be whole must read the same on its own.
		again, end2, err := parseSamples("f", []byte(text[:end]))
		if err != nil || end2 != end || len(again) != len(samples) {
			t.Fatalf("reread: %d samples of %d, end %d of %d, %v", len(again), len(samples), end2, end, err)
		}
	})
}
