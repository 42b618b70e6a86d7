package bench

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"patchbench/results"
	"patchbench/toolchain"
)

func countedPlan() *Plan {
	return &Plan{
		Suite: &Suite{Benchmarks: []SuiteBenchmark{
			{Name: "Storm", Package: "programs/a", Counted: true},
			{Name: "Calm", Package: "programs/a"},
		}},
		Host:       results.Host{GOARCH: "amd64"},
		Procs:      []int{2, 4},
		Experiment: &toolchain.Experiment{Margins: map[string]float64{"time": 0.02, "count": 0.01}},
	}
}

func TestPlanCounted(t *testing.T) {
	p := countedPlan()
	p.Counters = map[string]*Counter{"amd64": {}, "arm64": {}}
	var names []string
	for _, b := range p.Benchmarks() {
		names = append(names, b.Name)
		want := []results.Metric{results.InstructionsMetric}
		want[0].Margin = 0.01
		if (b.GOARCH == "arm64") != strings.Contains(b.Name, "/counted-arm64-") || b.GOARCH == "amd64" {
			t.Errorf("%s is for %q", b.Name, b.GOARCH)
		}
		if b.Counted != strings.Contains(b.Name, "/counted-") || b.Counted && !reflect.DeepEqual(b.Primary, want) {
			t.Errorf("%s: counted %v, primary %v", b.Name, b.Counted, b.Primary)
		}
	}
	if want := []string{"Storm-2", "Storm-4", "Storm/counted-4", "Storm/counted-arm64-4", "Calm-2", "Calm-4"}; !slices.Equal(names, want) {
		t.Errorf("benchmarks %q, want %q", names, want)
	}
}

// Where the processor counts, the timed samples are the counted ones.
func TestPlanHardware(t *testing.T) {
	p := countedPlan()
	p.Hardware = true
	bs := p.Benchmarks()
	if len(bs) != 4 {
		t.Fatalf("%d benchmarks, want 4", len(bs))
	}
	for _, b := range bs {
		i := slices.IndexFunc(b.Primary, func(m results.Metric) bool { return m.Unit == "instructions/op" })
		if b.Counted || (i >= 0) != strings.HasPrefix(b.Name, "Storm") || i >= 0 && b.Primary[i].Margin != 0.01 {
			t.Errorf("%s: counted %v, primary %v", b.Name, b.Counted, b.Primary)
		}
	}
}

// What can't be counted is said, with the reason, and the rest stays.
func TestPlanCount(t *testing.T) {
	if HardwareCounters() == nil {
		t.Skip("this host's processor counts")
	}
	fakeTools(t, nil)
	cache := &toolchain.Cache{Dir: t.TempDir()}
	p := countedPlan()
	if err := p.Count(t.Context(), cache); err != nil {
		t.Fatal(err)
	}
	if len(p.Missing) != 3 || !strings.HasPrefix(p.Missing[2], "arm64, counted work: no qemu-aarch64") || !strings.HasPrefix(p.Missing[0], "no hardware counters") || !strings.HasPrefix(p.Missing[1], "counted work: no qemu-x86_64") {
		t.Errorf("missing %q", p.Missing)
	}
	if bs := p.Benchmarks(); len(bs) != 4 {
		t.Errorf("%d benchmarks, want 4", len(bs))
	}
	p = countedPlan()
	p.Suite.Benchmarks = p.Suite.Benchmarks[1:]
	if err := p.Count(t.Context(), cache); err != nil || p.Missing != nil {
		t.Errorf("nothing is to be counted, and %q is missing (%v)", p.Missing, err)
	}
	fakeTools(t, map[string]string{"cc": fakeCC, "qemu-x86_64": fakeEmulator, "qemu-aarch64": fakeEmulator})
	p = countedPlan()
	if err := p.Count(t.Context(), cache); err != nil || len(p.Counters) != 2 || p.Missing != nil {
		t.Errorf("counters %v, missing %q, %v", p.Counters, p.Missing, err)
	}
	if goarch, pkgs := p.CrossPackages(); goarch != "arm64" || !slices.Equal(pkgs, []string{"programs/a"}) {
		t.Errorf("to be compiled for %q: %q", goarch, pkgs)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := countedPlan().Count(ctx, cache); err != context.Canceled {
		t.Errorf("cancelled: %v", err)
	}
}

// emulated answers in place of an emulator: a counted process leaves its
// counts, 1000 instructions an iteration.
func emulated(n int, c *Command) (*Outcome, error) {
	if c.Path != "/q/emulator" {
		return good(n, c)
	}
	o, err := good(n, c)
	if err != nil {
		return nil, err
	}
	_, out, _ := strings.Cut(c.Args[1], ",out=")
	iterations, _, err := parseOutput(o.Stdout, nil)
	if err != nil {
		return nil, err
	}
	text := fmt.Appendf(nil, "%d %d\n", 1000*iterations, 2*iterations)
	return o, os.WriteFile(out, text, 0o644)
}

// A counted benchmark is tried and measured under the emulator. Of its samples
// the counts are recorded and nothing else, and it goes through no pass.
func TestMeasureCounted(t *testing.T) {
	p := testProtocol(2, "A", "A/counted")
	p.Profiles = 1
	r, host := newRunner(t, emulated, "a")
	r.Counters = map[string]*Counter{runtime.GOARCH: {emulator: "/q/emulator", plugin: "/insn.so"}}
	w, done, err := r.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	b := p.Benchmark("A/counted")
	b.Package, b.Pattern, b.Counted, b.Units = "programs/a", "^BenchmarkA$", true, nil
	tr, err := r.Try(t.Context(), w, *b, 600*time.Millisecond)
	if err != nil || tr.Broken != "" || tr.Iterations != 600 || !slices.Equal(tr.Units, []string{"ns/op"}) {
		t.Fatalf("%+v, %v", tr, err)
	}
	if c := host.calls[0]; c.Path != "/q/emulator" || !slices.Contains(c.Args, "/bin/before-a") {
		t.Errorf("it was tried by %s %q", c.Path, c.Args)
	}
	*b = tr.Benchmark

	dir := newRunFolder(t, p)
	host.calls = nil
	if err := r.Measure(t.Context(), dir, func(Progress) {}); err != nil {
		t.Fatal(err)
	}
	if len(host.calls) != 2*2*4+2 {
		t.Errorf("%d processes, want %d", len(host.calls), 2*2*4+2)
	}
	samples, _, err := results.ReadSamples(dir)
	if err != nil || len(samples) != 16 {
		t.Fatalf("%d samples, %v", len(samples), err)
	}
	for _, s := range samples {
		_, timed := s.Value("cpu-sec")
		_, counted := s.Value("instructions/op")
		if s.Benchmark == "A" && (!timed || counted) {
			t.Errorf("a timed sample has %v", s.Values)
		}
		want := []results.Value{{Value: 1000, Unit: "instructions/op"}, {Value: 2, Unit: "search-instructions/op"}}
		if s.Benchmark != "A" && !reflect.DeepEqual(s.Values, want) {
			t.Errorf("a counted sample has %v, want %v", s.Values, want)
		}
	}
}

// What is counted for the other architecture runs that one's binaries.
func TestCountedCross(t *testing.T) {
	r, host := newRunner(t, emulated, "a")
	r.Counters = map[string]*Counter{"other": {emulator: "/q/emulator", plugin: "/insn.so"}}
	r.Cross = map[string]*Binary{"programs/a": {
		Paths:  map[results.Side][]string{results.Before: {"/other/before-a"}, results.After: {"/other/after-a"}},
		SHA256: map[results.Side][]string{results.Before: {"ob"}, results.After: {"oa"}},
	}}
	w, done, err := r.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	b := testProtocol(1, "A").Benchmarks[0]
	b.Counted, b.GOARCH = true, "other"
	if tr, err := r.Try(t.Context(), w, b, 600*time.Millisecond); err != nil || tr.Broken != "" {
		t.Fatalf("%+v, %v", tr, err)
	}
	for i, c := range host.calls {
		if c.Path != "/q/emulator" || !slices.ContainsFunc(c.Args, func(a string) bool { return strings.HasPrefix(a, "/other/") }) {
			t.Errorf("call %d is %s %q", i, c.Path, c.Args)
		}
	}
}

// What runs here is tried before anything is compiled for the other
// architecture.
func TestTryAllCross(t *testing.T) {
	r, host := newRunner(t, emulated, "a")
	r.Binaries["programs/a"].Diff = &toolchain.BinaryDiff{Kind: toolchain.Code}
	r.Counters = map[string]*Counter{
		runtime.GOARCH: {emulator: "/q/emulator", plugin: "/insn.so"},
		"other":        {emulator: "/q/emulator", plugin: "/insn.so"},
	}
	p := countedPlan()
	p.Suite.Benchmarks = p.Suite.Benchmarks[:1]
	p.Host.GOARCH, p.Counters = runtime.GOARCH, r.Counters
	before := 0
	cross := func(context.Context) error {
		before = len(host.calls)
		r.Cross = map[string]*Binary{"programs/a": {
			Paths:  map[results.Side][]string{results.Before: {"/other/before-a"}, results.After: {"/other/after-a"}},
			SHA256: map[results.Side][]string{results.Before: {"ob"}, results.After: {"oa"}},
			Diff:   &toolchain.BinaryDiff{Kind: toolchain.Code},
		}}
		return nil
	}
	bs, _, err := r.TryAll(t.Context(), p, cross, func(string, int, int) {})
	if err != nil {
		t.Fatal(err)
	}
	others := 0
	for i, b := range bs {
		if b.Broken != "" || b.Binaries[results.Before] == "" {
			t.Errorf("%+v", b)
		}
		if b.GOARCH != "" {
			others++
		}
		if want := p.Benchmarks()[i].Name; b.Name != want {
			t.Errorf("benchmark %d is %s, want %s", i, b.Name, want)
		}
	}
	if others != 1 || before == 0 || before == len(host.calls) {
		t.Errorf("%d benchmarks of another architecture, compiled after %d of %d processes", others, before, len(host.calls))
	}
}

// A counted process that leaves no count is a finding like any other.
func TestMeasureUncounted(t *testing.T) {
	p := testProtocol(2, "A/counted")
	b := p.Benchmark("A/counted")
	b.Package, b.Pattern, b.Counted = "programs/a", "^BenchmarkA$", true
	r, _ := newRunner(t, good, "a")
	if err := r.Measure(t.Context(), newRunFolder(t, p), func(Progress) {}); err == nil || !strings.Contains(err.Error(), "nothing to count with") {
		t.Errorf("without a counter: %v", err)
	}
	r.Counters = map[string]*Counter{runtime.GOARCH: {emulator: "/q/emulator", plugin: "/insn.so"}}
	dir := newRunFolder(t, p)
	if err := r.Measure(t.Context(), dir, func(Progress) {}); err != nil {
		t.Fatal(err)
	}
	events, err := results.ReadEvents(dir)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(events, func(e results.Event) bool { return e.Kind == results.EventBroken })
	if i < 0 || !strings.Contains(events[i].Message, "read the count: ") {
		t.Errorf("events %+v", events)
	}
	if _, err := os.Stat(filepath.Join(dir, "logs", "A_counted.before.txt")); err != nil {
		t.Error(err)
	}
}
