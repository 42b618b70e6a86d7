package analysis

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"patchbench/results"
)

func TestNoiseAndExclusion(t *testing.T) {
	p := testProtocol(testBenchmark("A-2", 2))
	p.Exclusion = "blocks with steal above 50 %"
	a := analyze(t, (&fakeRun{
		protocol: p, values: secPerOp(0, 0.005),
		event: func(s *results.Sample, e *results.Event) {
			e.Load, e.Busy, e.Steal, e.Pressure = 5, 0.3, 0.01, 0.2
			if s.Round == 4 && s.Slot == 2 {
				e.Steal, e.Excluded = 0.6, "steal 60 %"
			}
		},
		extra: []results.Event{
			{Kind: results.EventFailure},
			{Kind: results.EventDone, SamplesSHA256: "of other samples"},
			{Kind: results.EventWait, Wall: 3, Message: results.WaitedQuiet},
			{Kind: results.EventWait, Wall: 120, Message: results.WaitedLimit},
		},
	}).write(t))
	want := Noise{LoadMedian: 5, LoadMax: 5, StealMedian: 0.01, StealMax: 0.6, BusyMedian: 0.3, BusyMax: 0.3, PressureMedian: 0.2, PressureMax: 0.2, Excluded: 1, Failures: 1, Waited: 123, Unquiet: 1}
	if a.Noise != want {
		t.Errorf("noise %+v, want %+v", a.Noise, want)
	}
	if !strings.HasPrefix(a.Sentence, "What follows is not what was measured, as samples.bench was edited. ") {
		t.Errorf("the sentence is %q", a.Sentence)
	}
	if n := a.Benchmarks[0].Comparisons[0].Pairs; n != 18 {
		t.Errorf("%d pairs, want 18 without the excluded block", n)
	}
	for _, part := range []string{
		"samples.bench was edited after the run was done", "false-alarm rate has not been measured", "one layout of the code a side", "up to 1263 functions", "GOMAXPROCS 3 or less",
		"other processes used 30 %", "the hypervisor kept 1 % of the CPU time in the median sample, 60 % at most",
		"the load was 5.0 in the median, on 2 cores", "1 block was left out by the protocol's rule (blocks with steal above 50 %)", "failed processes: 1", "1 wait for a quiet machine ended without one",
	} {
		if !slices.ContainsFunc(a.Warnings, func(w string) bool { return strings.Contains(w, part) }) {
			t.Errorf("no warning %q in %q", part, a.Warnings)
		}
	}
}

// A truncated last line costs its sample and the pair, not the run.
func TestTruncated(t *testing.T) {
	dir := (&fakeRun{protocol: testProtocol(testBenchmark("A-4", 4)), values: secPerOp(0, 0.005)}).write(t)
	path := filepath.Join(dir, results.SamplesFile)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data[:len(data)-6], 0o644); err != nil {
		t.Fatal(err)
	}
	a := analyze(t, dir)
	if a.Samples != 39 || a.Planned != 40 || a.Complete || a.Verdict != Inconclusive {
		t.Errorf("%d of %d samples, complete %v: %s", a.Samples, a.Planned, a.Complete, a.Sentence)
	}
	if a.Benchmarks[0].Verdict != NoLoss || a.Benchmarks[0].Comparisons[0].Pairs != 19 {
		t.Errorf("%s with %d pairs", a.Benchmarks[0].Verdict, a.Benchmarks[0].Comparisons[0].Pairs)
	}
	if !strings.Contains(a.Sentence, "the schedule is unfinished (39 of 40 samples)") {
		t.Errorf("%s", a.Sentence)
	}
	if err := Save(dir, a); err != nil {
		t.Error(err)
	}
}

func TestTorn(t *testing.T) {
	dir := (&fakeRun{protocol: testProtocol(testBenchmark("A-4", 4)), values: secPerOp(0, 0.005)}).write(t)
	path := filepath.Join(dir, results.EventsFile)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(data, []byte("\n"))
	for i := 8; i < len(lines); i++ { // after the first sample of a pair
		lines[i] = bytes.Replace(lines[i], []byte(`"session":0`), []byte(`"session":1`), 1)
	}
	if err := os.WriteFile(path, bytes.Join(lines, nil), 0o644); err != nil {
		t.Fatal(err)
	}
	a := analyze(t, dir)
	if a.Noise.Torn != 1 || !a.Benchmarks[0].Comparisons[0].Differences[3].Torn {
		t.Errorf("%d torn pairs: %+v", a.Noise.Torn, a.Benchmarks[0].Comparisons[0].Differences)
	}
}

func TestDoesNotFit(t *testing.T) {
	base := func(t *testing.T) (dir, path string, data []byte) {
		dir = (&fakeRun{protocol: testProtocol(testBenchmark("A-4", 4)), values: secPerOp(0, 0.005), rounds: 1}).write(t)
		path = filepath.Join(dir, results.SamplesFile)
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return dir, path, data
	}
	tests := []struct{ name, old, new, want string }{
		{"unknown benchmark", "BenchmarkA-4", "BenchmarkB-4", "benchmark B-4 is not in the protocol"},
		{"slot twice", "slot=1", "slot=0", "second in slot 0"},
		{"one side twice", "side: after", "side: before", "the second before sample of its pair"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir, path, data := base(t)
			data = bytes.Replace(data, []byte(tt.old), []byte(tt.new), 1)
			if err := os.WriteFile(path, data, 0o644); err != nil {
				t.Fatal(err)
			}
			_, err := Analyze(dir, Question{})
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), results.SamplesFile+":") {
				t.Errorf("error %v, want one with %q and the line", err, tt.want)
			}
		})
	}
	if _, err := Analyze(t.TempDir(), Question{}); err == nil || !strings.Contains(err.Error(), "not a run folder") {
		t.Errorf("an empty folder: %v", err)
	}
	for _, alpha := range []float64{0, 0.5, -1} {
		p := testProtocol(testBenchmark("A-4", 4))
		p.Alpha = alpha
		if _, err := Analyze((&fakeRun{protocol: p, values: secPerOp(0, 0.005)}).write(t), Question{}); err == nil || !strings.Contains(err.Error(), "protocol.json: alpha is") {
			t.Errorf("alpha %g: %v", alpha, err)
		}
	}
}

// The same folder gives the same bytes, and verdict.json reads back as what
// was written.
func TestSave(t *testing.T) {
	p := testProtocol(testBenchmark("A-4", 4), testBenchmark("B-2", 2), testBenchmark("C-4", 4))
	p.Benchmarks[2].Difference = results.Identical
	by := map[string]func(*results.Sample, float64) []results.Value{"A-4": secPerOp(0, 0.05), "B-2": secPerOp(0, 0.004)}
	dir := (&fakeRun{protocol: p, values: func(s *results.Sample, host float64) []results.Value {
		if s.Benchmark == "B-2" && s.Round > 1 { // four pairs: unbounded
			return nil
		}
		return append(by[s.Benchmark](s, host), results.Value{Value: 3, Unit: "x"}, results.Value{Value: 3, Unit: "y"})
	}}).write(t)
	var first []byte
	for range 3 {
		a := analyze(t, dir)
		if err := Save(dir, a); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(filepath.Join(dir, VerdictFile))
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = data
		}
		if !bytes.Equal(data, first) {
			t.Fatal("analysed twice, written differently")
		}
		back := new(Analysis)
		if err := json.Unmarshal(data, back); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(back, a) {
			t.Errorf("read back\n%+v\nwant\n%+v", back, a)
		}
	}
	if !bytes.Contains(first, []byte(`"upper": null`)) {
		t.Error("no unbounded interval in verdict.json")
	}
	if table, err := os.ReadFile(filepath.Join(dir, BenchstatFile)); err != nil || !bytes.Contains(table, []byte("geomean")) {
		t.Errorf("benchstat.txt: %v\n%s", err, table)
	}
}
