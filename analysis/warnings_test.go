package analysis

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/pprof/profile"

	"patchbench/results"
)

// comparison compares n pairs, two to a round, whose logarithmic differences
// are d(i), with before's samples scattered by scatter.
func comparison(n int, scatter float64, d func(i int) float64) Comparison {
	rng := rand.New(rand.NewPCG(41, 42))
	var obs observations
	for i := range n {
		before := math.Exp(scatter * rng.NormFloat64())
		obs.add(PairDifference{Round: i / 2, Pair: i % 2}, d(i), before, before*math.Exp(d(i)))
	}
	c := compare(testMetrics()[0], obs, 0.05, nil)
	if rho, p := c.trend(); p < doubtful {
		c.Trend = rho
	}
	return c
}

func TestDoubts(t *testing.T) {
	rng := rand.New(rand.NewPCG(43, 44))
	noise := make([]float64, 40)
	for i := range noise {
		noise[i] = 0.01 * rng.NormFloat64()
	}
	tests := []struct {
		name    string
		n       int
		scatter float64
		d       func(i int) float64
		want    []string
	}{
		{"none", 40, 0.01, func(i int) float64 { return noise[i] }, nil},
		{"outliers", 20, 0.3, func(i int) float64 {
			if i%10 == 3 {
				return 0.8
			}
			return noise[i] / 4
		}, []string{"paired t reads inconclusive"}},
		{"drift", 40, 0.3, func(i int) float64 { return noise[i] + 0.004*float64(i-20) }, []string{"drift", "go together"}},
		{"blocks", 40, 0.3, func(i int) float64 { return noise[i/2*2] + 0.01*noise[i] }, []string{"go together"}},
		{"only paired", 40, 0.3, func(i int) float64 { return 0.01 + noise[i]/4 }, []string{"the paired test calls a difference"}},
		{"only unpaired", 20, 0.001, func(i int) float64 {
			// Nearly symmetric about zero, for the paired test, but the
			// larger part of the after samples lies above.
			if i < 14 {
				return 0.01
			}
			return -0.05
		}, []string{"benchstat's unpaired test calls a difference"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := comparison(tt.n, tt.scatter, tt.d)
			got := c.doubts()
			if len(tt.want) == 0 && len(got) > 0 {
				t.Errorf("doubts without cause: %q", got)
			}
			for _, part := range tt.want {
				if !slices.ContainsFunc(got, func(d string) bool { return strings.Contains(d, part) && strings.HasPrefix(d, "sec/op: ") }) {
					t.Errorf("no %q in %q", part, got)
				}
			}
		})
	}
}

func TestRunWarnings(t *testing.T) {
	p := testProtocol(testBenchmark("A-2", 2), testBenchmark("B-4", 4))
	p.Trees = map[results.Side]results.Tree{results.After: {Series: []results.Patch{{File: "after/0001-x.patch", Offsets: []string{"src/runtime/mgc.go hunk 2: 3 lines later"}}}}}
	a := analyze(t, (&fakeRun{protocol: p, values: secPerOp(0, 0.01), rounds: 2}).write(t))
	all := strings.Join(a.Warnings, "\n")
	for _, part := range []string{"the schedule is unfinished (16 of 80 samples)", "after/0001-x.patch applied at other lines than it names (src/runtime/mgc.go hunk 2: 3 lines later)"} {
		if !strings.Contains(all, part) {
			t.Errorf("no warning %q in\n%s", part, all)
		}
	}
	for _, part := range []string{"GOMAXPROCS", "machine", "hypervisor", "the load", "torn", "left out", "failed", "without an event"} {
		if strings.Contains(all, part) {
			t.Errorf("warning %q without cause in\n%s", part, all)
		}
	}

	// Nothing measured, nothing to doubt.
	p = testProtocol(testBenchmark("A-2", 2))
	p.Benchmarks[0].Difference = results.Identical
	if a := analyze(t, (&fakeRun{protocol: p}).write(t)); len(a.Warnings) > 0 || !a.Complete || a.Verdict != NoLoss {
		t.Errorf("%s, complete %v, warnings %q", a.Verdict, a.Complete, a.Warnings)
	}
}

func TestEvidence(t *testing.T) {
	dir := (&fakeRun{protocol: testProtocol(testBenchmark("A-4", 4), testBenchmark("B-4", 4)), values: secPerOp(0, 0.01)}).write(t)
	for _, d := range []string{results.GCTraceDir, results.ProfilesDir} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	trace := "gc 1 @0.003s 2%: 0.010+0.35+0.005 ms clock, 0.040+0.1/0.3/0.5+0.020 ms cpu, 4->4->1 MB, 5 MB goal, 4 P\n"
	for _, name := range []string{"A-4.before.1", "A-4.before.2"} {
		if err := os.WriteFile(filepath.Join(dir, results.GCTraceDir, name+".txt.gz"), gzipped(t, trace), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, results.GCTraceDir, "B-4.after.1.txt.gz"), []byte("not compressed"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"A-4.before.1", "A-4.before.2", "A-4.after.1"} {
		writeProfile(t, filepath.Join(dir, results.ProfilesDir, name+".pb.gz"))
	}
	writeProfile(t, filepath.Join(dir, results.ProfilesDir, "B-4.before.1.pb.gz"))
	if err := os.WriteFile(filepath.Join(dir, results.ProfilesDir, "B-4.after.1.pb.gz"), []byte("no profile"), 0o644); err != nil {
		t.Fatal(err)
	}

	run := analyze(t, dir)
	a, b := run.benchmark(t, "A-4"), run.benchmark(t, "B-4")
	if a.GC[results.Before] == nil || a.GC[results.Before].Cycles != 2 || a.GC[results.Before].Processes != 2 || a.GC[results.After] != nil {
		t.Errorf("GC measures %+v", a.GC)
	}
	if a.Profile == nil || a.Profile.Processes != [2]int{2, 1} || a.Flame != "flame/A-4.html" || a.Merged[results.After] != "flame/A-4.after.pb.gz" {
		t.Errorf("profile %+v, flame %q", a.Profile, a.Flame)
	}
	if len(b.GC) > 0 || !slices.ContainsFunc(b.Warnings, func(w string) bool { return strings.Contains(w, "B-4.after.1.txt.gz") }) {
		t.Errorf("GC measures %+v, warnings %q", b.GC, b.Warnings)
	}
	if b.Profile != nil || b.Flame != "" || !slices.ContainsFunc(b.Warnings, func(w string) bool { return strings.Contains(w, "B-4.after.1.pb.gz") }) {
		t.Errorf("profile %+v, flame %q, warnings %q", b.Profile, b.Flame, b.Warnings)
	}
}

// TestDamagedProfiles checks that of seven pairs of processes six still tell
// when one profile cannot, and that the report says which.
func TestDamagedProfiles(t *testing.T) {
	for _, tt := range []struct {
		name   string
		damage func(path string) error
		want   string // in a warning; empty for none
	}{
		{"whole", func(string) error { return nil }, ""},
		{"missing", os.Remove, ""}, // as a process that failed leaves it
		{"empty", func(path string) error { return os.Truncate(path, 0) }, "the file is empty"},
		{"cut off", func(path string) error { return os.Truncate(path, 40) }, "cut off or not a profile"},
		{"other types", func(path string) error {
			return rewriteProfile(path, func(p *profile.Profile) { p.SampleType[0].Type = "alloc_objects" })
		}, `of ["alloc_objects" "cpu"]`},
		{"another program", func(path string) error {
			return rewriteProfile(path, func(p *profile.Profile) { p.Mapping = []*profile.Mapping{{ID: 1, File: "vim"}} })
		}, `"vim"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := (&fakeRun{protocol: testProtocol(testBenchmark("A-4", 4)), values: secPerOp(0, 0.01)}).write(t)
			if err := os.MkdirAll(filepath.Join(dir, results.ProfilesDir), 0o755); err != nil {
				t.Fatal(err)
			}
			for _, side := range results.Sides() {
				for k := range 7 {
					writeProfile(t, filepath.Join(dir, results.ProfilesDir, fmt.Sprintf("A-4.%s.%d.pb.gz", side, k+1)))
				}
			}
			const damaged = "A-4.after.3.pb.gz"
			if err := tt.damage(filepath.Join(dir, results.ProfilesDir, damaged)); err != nil {
				t.Fatal(err)
			}
			b := analyze(t, dir).benchmark(t, "A-4")
			want := 6
			if tt.name == "whole" {
				want = 7
			}
			if b.Profile == nil || b.Profile.Processes != [2]int{7, want} || b.Profile.Pairs != want || b.Profile.Moved() {
				t.Errorf("profile %+v, want %d pairs of equal ones", b.Profile, want)
			}
			if b.GCShares[results.After] == nil || b.GCShares[results.After].Processes != want {
				t.Errorf("shares of the collector %+v", b.GCShares[results.After])
			}
			told := slices.ContainsFunc(b.Warnings, func(w string) bool {
				return strings.Contains(w, ": profiles/"+damaged+": ") && strings.Contains(w, tt.want)
			})
			if told != (tt.want != "") || len(b.Warnings) > 1 {
				t.Errorf("warnings %q, want one with %q", b.Warnings, tt.want)
			}
			if _, err := json.Marshal(b); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestUnreadable checks that a folder of rubbish does not fill the report.
func TestUnreadable(t *testing.T) {
	var faults []error
	for i := range 9 {
		faults = append(faults, fmt.Errorf("/runs/x/profiles/f%d is damaged", i))
	}
	got := unreadable("/runs/x/", "CPU profiles of after", faults)
	if len(got) != 4 || got[0] != "CPU profiles of after: profiles/f0 is damaged" || got[3] != "CPU profiles of after: 6 more do not read" {
		t.Errorf("told as %q", got)
	}
	if got := unreadable("/runs/x", "x", nil); len(got) != 0 {
		t.Errorf("nothing is told as %q", got)
	}
}

// rewriteProfile changes a profile in its file.
func rewriteProfile(path string, change func(*profile.Profile)) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	p, err := profile.ParseData(data)
	if err != nil {
		return err
	}
	change(p)
	var out bytes.Buffer
	if err := p.Write(&out); err != nil {
		return err
	}
	return os.WriteFile(path, out.Bytes(), 0o644)
}

// writeProfile writes a CPU profile of one function.
func writeProfile(t *testing.T, path string) {
	t.Helper()
	writeProfileOf(t, path, [][2]string{{"samples", "count"}, {"cpu", "nanoseconds"}}, []int64{10, 1e8})
}

// writeAllocations writes an allocation profile of one function.
func writeAllocations(t *testing.T, path string) {
	t.Helper()
	writeProfileOf(t, path, [][2]string{{"alloc_objects", "count"}, {"alloc_space", "bytes"}, {"inuse_objects", "count"}, {"inuse_space", "bytes"}}, []int64{10, 1e6, 1, 1e5})
}

// writeProfileOf writes a profile of one function, with one sample.
func writeProfileOf(t *testing.T, path string, types [][2]string, value []int64) {
	t.Helper()
	function := &profile.Function{ID: 1, Name: "main.work"}
	location := &profile.Location{ID: 1, Line: []profile.Line{{Function: function}}}
	p := &profile.Profile{
		Period:   1,
		Sample:   []*profile.Sample{{Location: []*profile.Location{location}, Value: value}},
		Location: []*profile.Location{location}, Function: []*profile.Function{function},
	}
	for _, t := range types {
		p.SampleType = append(p.SampleType, &profile.ValueType{Type: t[0], Unit: t[1]})
	}
	p.PeriodType = &profile.ValueType{Type: types[1][0], Unit: types[1][1]}
	if types[1][0] == "alloc_space" {
		p.PeriodType.Type = "space"
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := p.Write(f); err != nil {
		t.Fatal(err)
	}
}

// Allocation profiles are compared in a run that was asked for them, and told of
// where they do not read.
func TestAllocations(t *testing.T) {
	p := testProtocol(testBenchmark("A-4", 4), testBenchmark("B-4", 4))
	p.MemProfiles = 2
	dir := (&fakeRun{protocol: p, values: secPerOp(0, 0.01)}).write(t)
	folder := filepath.Join(dir, results.AllocsDir)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"A-4.before.1", "A-4.before.2", "A-4.after.1", "B-4.before.1"} {
		writeAllocations(t, filepath.Join(folder, name+".pb.gz"))
	}
	writeProfile(t, filepath.Join(folder, "A-4.after.2.pb.gz"))
	a := analyze(t, dir)
	b := a.benchmark(t, "A-4")
	e := b.Allocations
	if e == nil || e.Profile.Processes != [2]int{2, 1} || e.Profile.Samples != [2]int64{2e6, 1e6} || e.Flame != "flame/A-4.allocs.html" {
		t.Fatalf("got %+v", e)
	}
	if b.Profile != nil || b.Flame != "" {
		t.Errorf("allocations pass for CPU time: %+v", b.ProfileEvidence)
	}
	const want = "allocation profiles of after: memprofiles/A-4.after.2.pb.gz: no allocation profile"
	if n := len(b.Warnings); n == 0 || !strings.HasPrefix(b.Warnings[n-1], want) {
		t.Errorf("warnings %q, want one that begins with %q", b.Warnings, want)
	}
	if b := a.benchmark(t, "B-4"); b.Allocations != nil {
		t.Errorf("compared without profiles of after: %+v", b.Allocations)
	}
}
