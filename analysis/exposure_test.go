package analysis

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/pprof/profile"

	"patchbench/analysis/prof"
	"patchbench/results"
)

// evidence is what the unscored passes of one side left.
type evidence struct {
	samples, within int64 // of a CPU profile; none without samples
	starts          int   // of fractional workers in an execution trace of 10 iterations; none if negative
}

// write puts the evidence of a benchmark into a run folder.
func (e evidence) write(t *testing.T, dir, name string, side results.Side, changed string) {
	t.Helper()
	file := func(folder, suffix string) string {
		if err := os.MkdirAll(filepath.Join(dir, folder), 0o755); err != nil {
			t.Fatal(err)
		}
		return filepath.Join(dir, folder, fmt.Sprintf("%s.%s.1%s", name, side, suffix))
	}
	if e.samples > 0 {
		functions := []*profile.Function{{ID: 1, Name: "main.work"}, {ID: 2, Name: changed}}
		p := &profile.Profile{
			SampleType: []*profile.ValueType{{Type: "samples", Unit: "count"}, {Type: "cpu", Unit: "nanoseconds"}},
			PeriodType: &profile.ValueType{Type: "cpu", Unit: "nanoseconds"}, Period: 1e7,
			Function: functions,
		}
		for i, f := range functions {
			p.Location = append(p.Location, &profile.Location{ID: uint64(i + 1), Line: []profile.Line{{Function: f}}})
		}
		add := func(n int64, stack ...*profile.Location) {
			if n > 0 {
				p.Sample = append(p.Sample, &profile.Sample{Location: stack, Value: []int64{n, n * 1e7}})
			}
		}
		add(e.samples-e.within, p.Location[0])
		add(e.within, p.Location[0], p.Location[1])
		f, err := os.Create(file(results.ProfilesDir, ".pb.gz"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if err := p.Write(f); err != nil {
			t.Fatal(err)
		}
	}
	if e.starts >= 0 {
		us := time.Microsecond
		trace := &results.Trace{Iterations: 10, Cycles: []results.Cycle{{
			Begin: 1 * us, SweepTermBegin: 2 * us, SweepTermEnd: 3 * us, MarkTermBegin: 9 * us, MarkTermEnd: 10 * us,
			Fractional: results.Work{Starts: e.starts},
		}}}
		data, err := trace.Encode()
		if err == nil {
			err = os.WriteFile(file(results.TracesDir, ".json.gz"), data, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

const untraced = -1

// exposedRun measures benchmarks A-2, B-2… of which each has the same effect (a
// logarithm) and evidence of its own, alike on both sides.
func exposedRun(t *testing.T, changed string, effect float64, all ...evidence) (dir string, p *results.Protocol) {
	t.Helper()
	var benchmarks []results.Benchmark
	for i := range all {
		b := testBenchmark(string(rune('A'+i))+"-2", 2)
		b.Changed, b.NumChanged = []string{"runtime.other", changed}, 2
		benchmarks = append(benchmarks, b)
	}
	p = testProtocol(benchmarks...)
	dir = (&fakeRun{protocol: p, values: secPerOp(effect, 0.002)}).write(t)
	for i, e := range all {
		for _, side := range results.Sides() {
			e.write(t, dir, benchmarks[i].Name, side, changed)
		}
	}
	return dir, p
}

func TestReach(t *testing.T) {
	for _, c := range []struct {
		name    string
		changed string
		e       evidence
		want    Reach
		upper   float64
		basis   string
	}{
		{"in profiles", "runtime.f", evidence{400, 4, untraced}, Exposed, 0.0228, "4 of 400 before and 4 of 400 after"},
		{"never", "runtime.f", evidence{600, 0, 50}, NotExposed, 0.005, "no CPU sample of 600 before and 600 after in a changed function or what it calls, which bounds their share at 0.5 % and 0.5 %"},
		{"workers alone", "runtime.gcBgMarkWorker.func1", evidence{600, 0, 5}, Exposed, 0.005, "a sample has about 50 worker starts"},
		{"no worker", "runtime.gcBgMarkWorker", evidence{600, 0, 0}, NotExposed, 0.005, ""},
		{"workers untraced", "runtime.gcBgMarkWorker", evidence{600, 0, untraced}, UnknownReach, 0.005, "no trace that shows whether a mark worker started"},
		{"no profiles", "runtime.f", evidence{0, 0, 7}, UnknownReach, 1, "no CPU profiles of both sides"},
		{"generic", "runtime.f[go.shape.int]", evidence{600, 0, untraced}, NotExposed, 0.005, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, _ := exposedRun(t, c.changed, 0, c.e)
			e := analyze(t, dir).Benchmarks[0].Exposure
			if e.Reach != c.want || !strings.Contains(e.Basis, c.basis) {
				t.Errorf("%s: %q, want %s: %q", e.Reach, e.Basis, c.want, c.basis)
			}
			for side, s := range e.Sides {
				if math.Abs(s.Upper-c.upper) > 1e-4 {
					t.Errorf("share on %s bounded by %v, want %v", side, s.Upper, c.upper)
				}
				if traced := c.e.starts >= 0; (s.Workers != nil) != traced || traced && (s.Workers.Fractional != float64(10*c.e.starts) || *s.Cycles != 10) {
					t.Errorf("%s: a sample of 100 iterations has workers %+v and cycles %v, traced in 10", side, s.Workers, s.Cycles)
				}
			}
		})
	}
}

// Profiles leave type arguments out.
func TestProfileNames(t *testing.T) {
	got := profileNames([]string{"a.f[go.shape.[]int].func1", "runtime.g.abi0", "runtime.h"})
	want := []string{"a.f[go.shape.[]int].func1", "a.f[...].func1", "runtime.g", "runtime.h"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// Of a long list the protocol names the first functions only: that none of
// these ran says nothing.
func TestReachOfUnlisted(t *testing.T) {
	dir, p := exposedRun(t, "runtime.f", math.Log(1.1), evidence{600, 0, untraced})
	if err := os.Remove(filepath.Join(dir, results.ProtocolFile)); err != nil {
		t.Fatal(err)
	}
	p.Benchmarks[0].NumChanged = 45
	if _, err := results.WriteProtocol(dir, p); err != nil {
		t.Fatal(err)
	}
	b := analyze(t, dir).Benchmarks[0]
	if b.Exposure.Reach != UnknownReach || b.Exposure.Sides[results.After].Upper != 1 || b.Comparisons[0].Suspicion != "" {
		t.Errorf("%+v, suspicion %q", b.Exposure, b.Comparisons[0].Suspicion)
	}
}

// TestNotExposed checks what a benchmark that never ran the changed code can
// do for a run, and against it.
func TestNotExposed(t *testing.T) {
	none, some := evidence{600, 0, untraced}, evidence{600, 60, untraced}
	for _, c := range []struct {
		name     string
		effect   float64
		all      []evidence
		want     Verdict
		sentence []string
		warning  string
	}{
		{"one of two", 0, []evidence{some, none}, NoLoss,
			[]string{"No loss: a loss beyond the margins (2 % time) is excluded on 1 of 2 benchmarks; 1 more never ran the changed code and does not count"},
			"never ran the changed code: B-2; what they show does not count as no loss"},
		{"all", 0, []evidence{none, none, none}, Inconclusive,
			[]string{"Inconclusive: no benchmark that was measured ever ran the changed code."},
			"never ran the changed code: A-2, B-2 and C-2"},
		{"all, faster", math.Log(0.9), []evidence{none}, Inconclusive,
			[]string{"Inconclusive: no benchmark that was measured ever ran the changed code."},
			"layout or noise suspected, as the changed code has too little of the CPU time for it, in what was found on A-2 (sec/op)"},
		{"all, slower", math.Log(1.1), []evidence{none}, Regression,
			[]string{"Regression: ", "layout or noise suspected; 1 of 1 benchmark regressed."},
			"layout or noise suspected"},
		{"improvement of one of two", math.Log(0.9), []evidence{some, none}, Improvement,
			[]string{"on A-2 (sec/op); 1 of 2 benchmarks improved, and the other shows no loss; 1 of them never ran the changed code and does not count."},
			"never ran the changed code: B-2"},
		{"unknown", 0, []evidence{{0, 0, untraced}}, NoLoss,
			[]string{"No loss: a loss beyond the margins (2 % time) is excluded on the one benchmark"},
			"not known to have run the changed code: A-2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, _ := exposedRun(t, "runtime.f", c.effect, c.all...)
			a := analyze(t, dir)
			if a.Verdict != c.want || a.ExitCode != c.want.ExitCode() {
				t.Errorf("%s, want %s: %s", a.Verdict, c.want, a.Sentence)
			}
			for _, part := range c.sentence {
				if !strings.Contains(a.Sentence, part) {
					t.Errorf("%q does not say %q", a.Sentence, part)
				}
			}
			if !slices.ContainsFunc(a.Warnings, func(w string) bool { return strings.Contains(w, c.warning) }) {
				t.Errorf("no warning %q in %q", c.warning, a.Warnings)
			}
		})
	}
}

// TestSuspicion plants effects beside exposures that can and can't account
// for them. The bound is that of 600 CPU samples.
func TestSuspicion(t *testing.T) {
	for _, c := range []struct {
		name   string
		effect float64 // relative
		within int64   // of 600
		want   string
	}{
		{"10 % slower, 1 % exposed", 0.10, 6, "sec/op: layout or noise suspected: the changed functions and what they call have 2 % of after's CPU time at most, and 9.1 % would be needed"},
		{"10 % slower, 15 % exposed", 0.10, 90, ""},
		{"10 % faster, 1 % exposed", -0.10, 6, "have 2 % of before's CPU time at most, and 10 % would be needed"},
		{"10 % faster, 15 % exposed", -0.10, 90, ""},
		{"no effect, 1 % exposed", 0, 6, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, _ := exposedRun(t, "runtime.f", math.Log1p(c.effect), evidence{600, c.within, untraced})
			a := analyze(t, dir)
			b := a.Benchmarks[0]
			if found := strings.Join(b.Warnings, "\n"); !strings.Contains(found, c.want) || (c.want == "") != (b.Comparisons[0].Suspicion == "") {
				t.Errorf("warnings %q, want %q", b.Warnings, c.want)
			}
			if strings.Contains(a.Sentence, "layout or noise suspected") != (c.want != "") {
				t.Errorf("sentence %q", a.Sentence)
			}
		})
	}
}

// A time is all that a share of time can bound.
func TestSuspicionOfTimeOnly(t *testing.T) {
	dir, _ := exposedRun(t, "runtime.f", 0, evidence{600, 0, untraced})
	e := analyze(t, dir).Benchmarks[0].Exposure
	for kind, want := range map[results.Kind]bool{results.Time: true, results.Space: false, results.Latency: false, results.Count: false} {
		c := &Comparison{Metric: results.Metric{Kind: kind}, Verdict: Regression, Effect: 0.3}
		if got := e.suspicion(c) != ""; got != want {
			t.Errorf("%s: suspected %v", kind, got)
		}
	}
}

// The pages say which workers ran where the pacer wants no dedicated one.
func TestWorkersSeen(t *testing.T) {
	dir, _ := exposedRun(t, "runtime.f", 0, evidence{600, 60, 206})
	want := "no dedicated mark worker; 2 execution traces saw worker starts: 0 dedicated, 412 fractional, 0 idle"
	if w := analyze(t, dir).Warnings; !slices.ContainsFunc(w, func(w string) bool { return strings.Contains(w, want) }) {
		t.Errorf("no warning %q in %q", want, w)
	}
}

// A counted benchmark has the exposure of the entry that is timed.
func TestExposureOfCounted(t *testing.T) {
	dir, p := exposedRun(t, "runtime.f", 0, evidence{600, 0, untraced}, evidence{0, 0, untraced}, evidence{600, 60, untraced})
	if err := os.Remove(filepath.Join(dir, results.ProtocolFile)); err != nil {
		t.Fatal(err)
	}
	for i, pattern := range []string{"^X$", "^X$", "^Y$"} {
		p.Benchmarks[i].Pattern = pattern
	}
	p.Benchmarks[1].Counted = true
	if _, err := results.WriteProtocol(dir, p); err != nil {
		t.Fatal(err)
	}
	a := analyze(t, dir)
	if e := a.benchmark(t, "B-2").Exposure; e == nil || e.Reach != NotExposed {
		t.Errorf("counted: %+v", e)
	}
	if !strings.Contains(a.Sentence, "on 1 of 3 benchmarks; 2 more never ran the changed code and do not count") {
		t.Errorf("sentence %q", a.Sentence)
	}
}

// TestGCShares counts the collector's parts in profiles of a real benchmark.
func TestGCShares(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join("prof", "testdata", "tree.before.*"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no profiles: %v", err)
	}
	var files []prof.File
	for i, path := range paths {
		files = append(files, prof.File{Pair: i, Path: path})
	}
	side, faults := prof.Read(prof.CPU, files)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	s := gcShares(side)
	for name, part := range map[string]int64{"workers": s.Workers.Within, "assists": s.Assists.Within, "sweep": s.Sweep.Within} {
		if part == 0 || part >= s.Workers.Samples {
			t.Errorf("%s have %d of %d samples", name, part, s.Workers.Samples)
		}
	}
}
