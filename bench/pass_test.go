package bench

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/pprof/profile"

	"patchbench/results"
)

// tracing is a process that writes an execution trace where it is asked to:
// one of largest bytes at all of its iterations, and of less in proportion.
func tracing(t *testing.T, whole int, largest int64, trace []byte) func(int, *Command) (*Outcome, error) {
	return func(n int, c *Command) (*Outcome, error) {
		o, err := good(n, c)
		if path := c.arg("-test.trace"); path != "" && err == nil {
			iterations, aerr := strconv.Atoi(strings.TrimSuffix(c.arg("-test.benchtime"), "x"))
			err = errors.Join(aerr, os.WriteFile(path, trace, 0o644))
			if size := largest * int64(iterations) / int64(whole); err == nil && size > traceLimit {
				err = os.Truncate(path, size)
			}
		}
		return o, err
	}
}

func TestTracePass(t *testing.T) {
	trace := unpacked(t, "go1.16-2procs.trace.gz")
	for _, c := range []struct {
		name       string
		largest    int64
		trace      []byte
		iterations int // of the protocol's 10; 0 for no trace
	}{
		{"whole", 0, trace, 10},
		{"fewer", 30 << 20, trace, 4}, // 80 % of what would just fit
		{"one", 1 << 30, nil, 0},      // beyond the limit even so
		{"no trace", 0, nil, 0},
		{"damaged", 0, trace[:len(trace)/2], 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := testProtocol(1, "A")
			p.Traces = 1
			p.Benchmarks[0].Iterations = 10
			dir := newRunFolder(t, p)
			r, host := newRunner(t, tracing(t, 10, c.largest, c.trace), "a")
			if err := r.Measure(context.Background(), dir, func(Progress) {}); err != nil {
				t.Fatal(err)
			}
			events, err := results.ReadEvents(dir)
			if err != nil {
				t.Fatal(err)
			}
			passes := slices.DeleteFunc(events, func(e results.Event) bool { return e.Pass != passTrace })
			if len(passes) != 2 {
				t.Fatalf("%d events of traces, want one a side", len(passes))
			}
			for _, e := range passes {
				got, err := results.ReadTrace(filepath.Join(dir, results.TracesDir, "A."+string(e.Side)+".1.json.gz"))
				switch {
				case c.iterations == 0:
					if !errors.Is(err, os.ErrNotExist) || e.Kind != results.EventFailure || e.Message == "" {
						t.Errorf("%s left %v and event %+v", e.Side, err, e)
					}
				case err != nil:
					t.Error(err)
				case got.Detail != results.TraceDetail || got.Latency.N() == 0 || got.Picture == nil:
					t.Errorf("%s has no detail: %+v", e.Side, got)
				case got.Iterations != c.iterations || e.Iterations != c.iterations%10 || len(got.Cycles) != 40:
					t.Errorf("%s traced %d iterations, %d by its event, and %d cycles", e.Side, got.Iterations, e.Iterations, len(got.Cycles))
				}
			}
			for _, side := range results.Sides() {
				raw, err := os.ReadFile(filepath.Join(dir, results.TracesDir, results.RawTrace("A", side)))
				if c.iterations == 0 && !errors.Is(err, os.ErrNotExist) || c.iterations > 0 && !bytes.Equal(raw, c.trace) {
					t.Errorf("the trace itself of %s has %d bytes: %v", side, len(raw), err)
				}
			}
			if c.iterations == 0 {
				return
			}
			done := len(host.calls)
			if err := r.Measure(context.Background(), dir, func(Progress) {}); err != nil || len(host.calls) != done {
				t.Errorf("gone on with, a finished run took %d processes more: %v", len(host.calls)-done, err)
			}
		})
	}
}

// TestKeepRaw keeps a small trace and leaves a large one.
func TestKeepRaw(t *testing.T) {
	m := &measurement{dir: t.TempDir()}
	if err := os.Mkdir(filepath.Join(m.dir, results.TracesDir), 0o755); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "pass.out")
	for name, size := range map[string]int64{"Small": rawLimit, "Large": rawLimit + 1} {
		if err := errors.Join(os.WriteFile(out, nil, 0o644), os.Truncate(out, size)); err != nil {
			t.Fatal(err)
		}
		if err := m.keepRaw(out, &results.Benchmark{Name: name}, results.After); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(filepath.Join(m.dir, results.TracesDir, name+".after.1.trace"))
		if size > rawLimit && !errors.Is(err, os.ErrNotExist) || size <= rawLimit && (err != nil || info.Size() != size) {
			t.Errorf("of %d bytes: %v", size, err)
		}
	}
}

// TestStaleEvidence checks that a process that writes none is not taken to
// have written what the one before it did.
func TestStaleEvidence(t *testing.T) {
	p := testProtocol(1, "A")
	p.Profiles = 1
	dir := newRunFolder(t, p)
	r, _ := newRunner(t, func(n int, c *Command) (*Outcome, error) {
		if c.arg("-test.cpuprofile") != "" && strings.HasSuffix(c.Path, "/after-a") {
			c.Args = nil
		}
		return good(n, c)
	}, "a")
	if err := r.Measure(context.Background(), dir, func(Progress) {}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, results.ProfilesDir, "A.after.1.pb.gz")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a profile of after, which wrote none: %v", err)
	}
}

// TestCountedPass checks that an emulated benchmark is not looked into too.
func TestCountedPass(t *testing.T) {
	p := testProtocol(0, "A", "B")
	p.Traces, p.Profiles, p.GCTraces = 1, 1, 1
	p.Benchmarks[1].Counted = true
	dir := newRunFolder(t, p)
	r, host := newRunner(t, tracing(t, 1, 0, unpacked(t, "go1.16-4procs.trace.gz")), "a", "b")
	var last Progress
	if err := r.Measure(context.Background(), dir, func(p Progress) { last = p }); err != nil {
		t.Fatal(err)
	}
	if len(host.calls) != 2*3 || last.Done != 6 || last.Total != 6 {
		t.Errorf("%d processes, progress %+v, want 3 a side of the one that is timed", len(host.calls), last)
	}
}

// TestMetricsPass checks that the metrics are asked of a process that runs the
// benchmark too, of packages that can tell them, and kept.
func TestMetricsPass(t *testing.T) {
	p := testProtocol(1, "A", "B")
	p.Metrics = 1
	p.Benchmarks[1].Package = "modules/b/example.com/b"
	for _, side := range results.Sides() {
		p.Trees[side] = results.Tree{Version: "go1.26.9"}
	}
	dir := newRunFolder(t, p)
	asked := 0
	r, _ := newRunner(t, func(n int, c *Command) (*Outcome, error) {
		o, err := good(n, c)
		if pattern := c.arg("-test.bench"); strings.Contains(pattern, metricsBenchmark) {
			asked++
			if !strings.Contains(pattern, "^BenchmarkA$") {
				t.Errorf("asked with %s, which leaves the benchmark out", pattern)
			}
			o.Stdout = append(o.Stdout, "\npatchbench-metric /gc/cycles/total:gc-cycles value 7\n"...)
		}
		return o, err
	}, "a", "b")
	r.Binaries["modules/b/example.com/b"] = r.Binaries["programs/b"]
	if err := r.Measure(context.Background(), dir, func(Progress) {}); err != nil {
		t.Fatal(err)
	}
	if asked != 2 {
		t.Errorf("asked %d processes, want one a side", asked)
	}
	for _, side := range results.Sides() {
		m, err := results.ReadRuntimeMetrics(filepath.Join(dir, results.MetricsDir, "A."+string(side)+".1.json"))
		if err != nil || m.Values["/gc/cycles/total:gc-cycles"] != 7 || m.Iterations != 10 {
			t.Errorf("%s: %+v, %v", side, m, err)
		}
	}
}

// TestPassOrder checks that a coin orders the sides of each pair, the same one
// whenever it is asked.
func TestPassOrder(t *testing.T) {
	const pairs = 1000
	first, alike := 0, 0
	for k := range pairs {
		order := passOrder(1, passProfile, 3, k)
		if len(order) != 2 || order[0] == order[1] {
			t.Fatalf("a pair is %v", order)
		}
		if !slices.Equal(order, passOrder(1, passProfile, 3, k)) {
			t.Errorf("pair %d is tossed anew", k)
		}
		if order[0] == results.Before {
			first++
		}
		if order[0] == passOrder(1, passProfile, 4, k)[0] {
			alike++
		}
	}
	for what, n := range map[string]int{"before comes first": first, "two benchmarks have the same": alike} {
		if n < pairs*44/100 || n > pairs*56/100 {
			t.Errorf("%s in %d of %d", what, n, pairs)
		}
	}
}

// TestMemProfilePass checks that allocation profiles are taken where they were
// asked for, often enough to tell functions, and keep no path of the machine.
func TestMemProfilePass(t *testing.T) {
	p := testProtocol(1, "A", "B")
	p.MemProfiles = 2
	p.Benchmarks[1].Package, p.Benchmarks[1].Program = results.CompilerPackage, true
	dir := newRunFolder(t, p)
	r, host := newRunner(t, good, "a", "b")
	r.Binaries[BinaryName(&p.Benchmarks[1])] = r.Binaries["programs/b"]
	var last Progress
	if err := r.Measure(context.Background(), dir, func(p Progress) { last = p }); err != nil {
		t.Fatal(err)
	}
	asked := 0
	for _, c := range host.calls {
		if c.arg("-test.memprofile") != "" {
			asked++
			if c.arg("-test.memprofilerate") != "16384" || c.arg("-test.cpuprofile") != "" {
				t.Errorf("asked with %q", c.Args)
			}
		}
	}
	if asked != 4 || last.Done != last.Total {
		t.Errorf("%d allocation profiles, want two a side of A alone; progress %+v", asked, last)
	}
	for _, side := range results.Sides() {
		data, err := os.ReadFile(filepath.Join(dir, results.AllocsDir, "A."+string(side)+".2.pb.gz"))
		if err != nil {
			t.Fatal(err)
		}
		got, err := profile.ParseData(data)
		if err != nil || got.Mapping[0].File != "bench.test" {
			t.Errorf("%s: %v, %v", side, got, err)
		}
	}
}
