package bench

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/pprof/profile"

	"patchbench/results"
	"patchbench/toolchain"
)

// A fakeHost answers in place of processes.
type fakeHost struct {
	calls  []*Command
	answer func(n int, c *Command) (*Outcome, error) // n counts from 0
}

func (f *fakeHost) exec(ctx context.Context, c *Command) (*Outcome, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	f.calls = append(f.calls, c)
	return f.answer(len(f.calls)-1, c)
}

func (c *Command) arg(name string) string {
	for _, a := range c.Args {
		if v, ok := strings.CutPrefix(a, name+"="); ok {
			return v
		}
	}
	return ""
}

// good is a process that works: it runs the iterations asked for at 1 ms each.
func good(_ int, c *Command) (*Outcome, error) {
	n := 1
	if _, err := fmt.Sscanf(c.arg("-test.benchtime"), "%dx", &n); err != nil {
		n = 100
	}
	if path := cmp.Or(c.arg("-test.cpuprofile"), c.arg("-test.memprofile")); path != "" {
		p := &profile.Profile{
			SampleType: []*profile.ValueType{{Type: "samples", Unit: "count"}},
			Mapping:    []*profile.Mapping{{ID: 1, File: "/somewhere/bench.test"}},
		}
		f, err := os.Create(path)
		if err == nil {
			err = errors.Join(p.Write(f), f.Close())
		}
		if err != nil {
			return nil, err
		}
	}
	o := &Outcome{Wall: time.Duration(n) * time.Millisecond, User: time.Second, PeakRSS: 1 << 20}
	o.Stdout = fmt.Appendf(nil, "goos: linux\nBenchmarkX-2 \t %d\t1000000 ns/op\nPASS\n", n)
	if slices.Contains(c.Env, "GODEBUG=gctrace=1") {
		o.Stderr = []byte("gc 1 @0.001s\n")
	}
	return o, nil
}

func newRunner(t *testing.T, answer func(int, *Command) (*Outcome, error), pkgs ...string) (*Runner, *fakeHost) {
	t.Helper()
	host := &fakeHost{answer: answer}
	programs := t.TempDir()
	r := &Runner{
		Exec:     host.exec,
		Cache:    &toolchain.Cache{Dir: t.TempDir()},
		Trees:    Trees{results.Before: {GOROOT: "/b"}, results.After: {GOROOT: "/a"}},
		Binaries: make(map[string]*Binary),
		Log:      t.Logf,
		Now:      func() time.Time { return time.Unix(1e9, 0) },
	}
	for _, pkg := range pkgs {
		dir := filepath.Join(programs, pkg)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		r.Binaries["programs/"+pkg] = &Binary{
			Package: "programs/" + pkg,
			Dir:     dir,
			Paths:   map[results.Side][]string{results.Before: {"/bin/before-" + pkg}, results.After: {"/bin/after-" + pkg}},
			SHA256:  map[results.Side][]string{results.Before: {"b"}, results.After: {"a"}},
			Diff:    &toolchain.BinaryDiff{Kind: toolchain.Code},
		}
	}
	return r, host
}

func newRunFolder(t *testing.T, p *results.Protocol) string {
	t.Helper()
	dir, err := CreateFolder(t.TempDir(), p, nil)
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestMeasure(t *testing.T) {
	p := testProtocol(3, "A", "B")
	p.Profiles, p.GCTraces = 2, 1
	dir := newRunFolder(t, p)
	r, host := newRunner(t, good, "a", "b")
	var last Progress
	if err := r.Measure(context.Background(), dir, func(p Progress) { last = p }); err != nil {
		t.Fatal(err)
	}
	if last.Done != last.Total || last.Total != 3*2*4+2*2*3 || last.Left > time.Millisecond {
		t.Errorf("progress ended at %+v", last)
	}
	samples, dropped, err := results.ReadSamples(dir)
	if err != nil || dropped != 0 || len(samples) != 24 {
		t.Fatalf("%d samples, %d dropped, %v", len(samples), dropped, err)
	}
	for i, want := range Schedule(p) {
		got := samples[i]
		if got.ID != i || got.Benchmark != want.Benchmark || got.Side != want.Side || got.Order != want.Order {
			t.Errorf("sample %d is %+v, want %+v", i, got, want)
		}
		if v, _ := got.Value("cpu-sec"); v != 1 {
			t.Errorf("sample %d: cpu-sec %v", i, v)
		}
		if c := host.calls[i]; c.Path != "/bin/"+string(want.Side)+"-"+strings.ToLower(want.Benchmark) {
			t.Errorf("sample %d ran %s", i, c.Path)
		}
	}
	for _, f := range []string{"gctrace/A.before.1.txt.gz", "profiles/B.after.2.pb.gz"} {
		if _, err := os.Stat(filepath.Join(dir, f)); err != nil {
			t.Error(err)
		}
	}
	f, err := os.Open(filepath.Join(dir, "profiles/A.after.1.pb.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if prof, err := profile.Parse(f); err != nil || prof.Mapping[0].File != "bench.test" {
		t.Errorf("profile %v, %v: names where the binary lay", prof, err)
	}
	if scratch, _ := filepath.Glob(filepath.Join(r.Cache.Dir, "tmp", "*")); len(scratch) != 0 {
		t.Errorf("left behind: %v", scratch)
	}
}

// Both sides run alike but for the binary.
func TestSidesRunAlike(t *testing.T) {
	p := testProtocol(1, "A")
	r, host := newRunner(t, good, "a")
	if err := r.Measure(context.Background(), newRunFolder(t, p), func(Progress) {}); err != nil {
		t.Fatal(err)
	}
	first := host.calls[0]
	for _, c := range host.calls[1:4] {
		if !slices.Equal(c.Args, first.Args) || !slices.Equal(c.Env, first.Env) || c.Dir != first.Dir {
			t.Errorf("sides differ:\n%+v\n%+v", c, first)
		}
	}
	if !slices.Contains(first.Env, "GOMAXPROCS=2") || !slices.Contains(first.Env, "GOROOT=/b") {
		t.Errorf("environment %q", first.Env)
	}
}

// An interrupted run goes on where it was, whatever sample it was at.
func TestResume(t *testing.T) {
	p := testProtocol(2, "A", "B")
	p.Profiles, p.GCTraces = 1, 1
	whole := newRunFolder(t, p)
	r, _ := newRunner(t, good, "a", "b")
	if err := r.Measure(context.Background(), whole, func(Progress) {}); err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(filepath.Join(whole, results.SamplesFile))
	if err != nil {
		t.Fatal(err)
	}
	for _, stop := range []int{0, 1, 6, 15, 23} {
		dir := newRunFolder(t, p)
		ctx, cancel := context.WithCancel(context.Background())
		r, host := newRunner(t, nil, "a", "b")
		host.answer = func(n int, c *Command) (*Outcome, error) {
			if n == stop {
				cancel()
				return nil, context.Canceled
			}
			return good(n, c)
		}
		if err := r.Measure(ctx, dir, func(Progress) {}); !errors.Is(err, context.Canceled) {
			t.Fatalf("stop at %d: %v", stop, err)
		}
		if u, err := Unfinished(filepath.Dir(filepath.Dir(dir)), "demo", p.Inputs); err != nil || u != dir {
			t.Fatalf("stop at %d: unfinished %q, %v", stop, u, err)
		}
		r, host = newRunner(t, good, "a", "b")
		if err := r.Measure(context.Background(), dir, func(Progress) {}); err != nil {
			t.Fatalf("stop at %d: %v", stop, err)
		}
		if len(host.calls) != 24-stop {
			t.Errorf("stop at %d: %d processes afterwards, want %d", stop, len(host.calls), 24-stop)
		}
		got, err := os.ReadFile(filepath.Join(dir, results.SamplesFile))
		if err != nil || string(got) != string(want) {
			t.Errorf("stop at %d: samples.bench came out different", stop)
		}
		if u, err := Unfinished(filepath.Dir(filepath.Dir(dir)), "demo", p.Inputs); err != nil || u != "" {
			t.Errorf("stop at %d: finished run is unfinished: %q, %v", stop, u, err)
		}
	}
}

func TestBrokenBenchmark(t *testing.T) {
	for _, test := range []struct {
		name, want string
		change     func(o *Outcome)
	}{
		{"crash", "crashed: segmentation fault: SIGSEGV: boom", func(o *Outcome) { o.Exit, o.Signal, o.Stderr = -1, "segmentation fault", []byte("SIGSEGV: boom\n") }},
		{"hang", "hung: killed after", func(o *Outcome) { o.TimedOut = true }},
		{"silent", "prints no benchmark result", func(o *Outcome) { o.Stdout = []byte("PASS\n") }},
		{"two", "matches more than one benchmark", func(o *Outcome) { o.Stdout = append(o.Stdout, o.Stdout...) }},
		{"garbage", "malformed result", func(o *Outcome) { o.Stdout = []byte("BenchmarkX-2 1 y ns/op\n") }},
		{"metrics", "before alone has nothing more; after alone has extra/op", func(o *Outcome) {
			o.Stdout = []byte("BenchmarkX-2 10 5 ns/op 7 extra/op\n")
		}},
		{"iterations", "ran 1 iterations, not the 10 asked for", func(o *Outcome) { o.Stdout = []byte("BenchmarkX-2 1 5 ns/op\n") }},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := testProtocol(4, "A", "B")
			dir := newRunFolder(t, p)
			answer := func(n int, c *Command) (*Outcome, error) {
				o, err := good(n, c)
				if c.Path == "/bin/after-b" && n > 8 {
					test.change(o)
				}
				return o, err
			}
			r, _ := newRunner(t, answer, "a", "b")
			if err := r.Measure(context.Background(), dir, func(Progress) {}); err != nil {
				t.Fatal(err)
			}
			samples, _, err := results.ReadSamples(dir)
			if err != nil {
				t.Fatal(err)
			}
			count := make(map[string]int)
			for _, s := range samples {
				count[s.Benchmark]++
			}
			if count["A"] != 16 || count["B"] >= 16 {
				t.Errorf("samples %v, want all 16 of A and fewer of B", count)
			}
			events, err := results.ReadEvents(dir)
			if err != nil {
				t.Fatal(err)
			}
			i := slices.IndexFunc(events, func(e results.Event) bool { return e.Kind == results.EventBroken })
			if i < 0 || events[i].Benchmark != "B" || !strings.Contains(events[i].Message, test.want) {
				t.Fatalf("no broken event with %q in %+v", test.want, events)
			}
			if _, err := os.Stat(filepath.Join(dir, "logs", "B.after.txt")); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestForeignSamples(t *testing.T) {
	p := testProtocol(1, "A")
	dir := newRunFolder(t, p)
	w, _, err := results.OpenWriter(dir)
	if err != nil {
		t.Fatal(err)
	}
	foreign := &results.Sample{ID: 99, Benchmark: "A", Side: results.After, Order: "ABBA", Values: []results.Value{{Value: 1, Unit: "ns/op"}}}
	if err := w.Sample(foreign, results.Event{}); err != nil {
		t.Fatal(err)
	}
	w.Close()
	r, _ := newRunner(t, good, "a")
	if err := r.Measure(context.Background(), dir, func(Progress) {}); err == nil || !strings.Contains(err.Error(), "not of this protocol's schedule") {
		t.Errorf("got %v", err)
	}
}

func TestTry(t *testing.T) {
	b := testProtocol(1, "A").Benchmarks[0]
	b.Iterations, b.Units = 0, nil
	r, host := newRunner(t, good, "a")
	w, done, err := r.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	tr, err := r.Try(context.Background(), w, b, 600*time.Millisecond)
	if err != nil || tr.Broken != "" {
		t.Fatalf("%+v, %v", tr, err)
	}
	if tr.Iterations != 600 || tr.Seconds != 0.6 || tr.Timeout != 30 {
		t.Errorf("got %+v", tr.Benchmark)
	}
	if last := host.calls[len(host.calls)-1]; !strings.HasPrefix(last.Path, "/bin/after") {
		t.Errorf("after was never tried: %+v", last)
	}

	// The next after tree is tried at once, another before is tried itself.
	calls := len(host.calls)
	again, err := r.Try(context.Background(), w, b, 600*time.Millisecond)
	if err != nil || !reflect.DeepEqual(again.Benchmark, tr.Benchmark) || len(host.calls) != calls+1 {
		t.Errorf("got %+v, %v after %d calls, want the same after one", again, err, len(host.calls)-calls)
	}
	calls = len(host.calls)
	r.Binaries[b.Package].SHA256 = map[results.Side][]string{results.Before: {"other"}}
	if _, err := r.Try(context.Background(), w, b, 600*time.Millisecond); err != nil || len(host.calls) < calls+3 {
		t.Errorf("another before was tried %d times (%v)", len(host.calls)-calls-1, err)
	}

	host.answer = func(n int, c *Command) (*Outcome, error) {
		o, err := good(n, c)
		if strings.HasPrefix(c.Path, "/bin/after") {
			o.Stdout = []byte("BenchmarkX 1 2 odd/op\n")
		}
		return o, err
	}
	tr, err = r.Try(context.Background(), w, b, 600*time.Millisecond)
	if err != nil || !strings.Contains(tr.Broken, "before alone has ns/op; after alone has odd/op") {
		t.Errorf("%+v, %v", tr, err)
	}
}

// A benchmark may report quantiles and no ns/op; what its verdict rests on must
// be there.
func TestTryWithoutTime(t *testing.T) {
	b := testProtocol(1, "A").Benchmarks[0]
	r, _ := newRunner(t, func(n int, c *Command) (*Outcome, error) {
		o, err := good(n, c)
		o.Stdout = bytes.Replace(o.Stdout, []byte("ns/op"), []byte("p90-ns"), 1)
		return o, err
	}, "a")
	w, done, err := r.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	for unit, broken := range map[string]string{"p90-sec": "", "p99-sec": "reports no p99-sec", "cpu-sec": ""} {
		b.Primary = []results.Metric{{Unit: unit, Kind: results.Latency, Better: "lower"}}
		tr, err := r.Try(t.Context(), w, b, 600*time.Millisecond)
		if err != nil || tr.Broken != broken {
			t.Errorf("%s: broken %q, want %q (%v)", unit, tr.Broken, broken, err)
		}
		if tr.Iterations != 600 {
			t.Errorf("%s: %d iterations, want the 600 that take 0.6 s", unit, tr.Iterations)
		}
	}
}

func TestRoundIterations(t *testing.T) {
	for n, want := range map[float64]int{0: 1, 0.7: 1, 1.4: 1, 9.6: 10, 12.3: 12, 99.6: 100, 1234: 1200, 1251: 1300} {
		if got := roundIterations(n); got != want {
			t.Errorf("roundIterations(%v) = %d, want %d", n, got, want)
		}
	}
}
