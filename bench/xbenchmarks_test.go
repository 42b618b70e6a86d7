package bench

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"golang.org/x/perf/benchunit"

	"patchbench/results"
	"patchbench/toolchain"
)

// What the drivers of golang.org/x/benchmarks print in the versions that are
// pinned, every unit of it: the suite knows each one's direction.
func TestXBenchmarksUnits(t *testing.T) {
	s, err := LoadSuite("suites", "xbenchmarks")
	if err != nil {
		t.Fatal(err)
	}
	outputs, err := filepath.Glob("testdata/xbenchmarks/*.txt")
	if err != nil || len(outputs) == 0 {
		t.Fatalf("%d outputs, %v", len(outputs), err)
	}
	seen := []string{results.RSSMetric.Unit}
	for _, path := range outputs {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		n, values, err := parseOutput(data, nil)
		if err != nil || n < 1 {
			t.Errorf("%s: %d iterations, %v", path, n, err)
		}
		for _, v := range values {
			_, unit := benchunit.Tidy(v.Value, v.Unit)
			seen = append(seen, unit)
			if _, ok := s.metric(unit); !ok {
				t.Errorf("%s: %s is not declared", path, unit)
			}
		}
	}
	for _, u := range s.Units {
		if !slices.Contains(seen, u.Name) {
			t.Errorf("the unit %s is declared, and nothing prints it", u.Name)
		}
	}
}

// The stand-in for golang.org/x/benchmarks has programs that take the driver's
// flags and print what the real ones printed, and a test binary that reports
// what the real one does.
const (
	xbenchmarks       = "golang.org/x/benchmarks"
	standInXBenchmark = `package main

import (
	"flag"
	"os"
	"time"
)

func main() {
	flag.Int("benchnum", 1, "")
	flag.Int("benchmem", 64, "")
	flag.Duration("benchtime", 5*time.Second, "")
	flag.Parse()
	if flag.NArg() > 0 {
		os.Exit(2)
	}
	os.Stdout.WriteString(%q)
}
`
	standInLatency = `package main

import "testing"

func BenchmarkGCLatency(b *testing.B) {
	for _, how := range []string{"heap", "stack"} {
		b.Run("how="+how, func(b *testing.B) {
			for _, fluff := range []string{"false", "true"} {
				b.Run("fluff="+fluff, func(b *testing.B) {
					for _, p := range []string{"p50", "p99", "p99.9", "p99.99", "p99.999", "p99.9999"} {
						b.ReportMetric(1000, p+"-ns")
					}
				})
			}
		})
	}
}
`
)

// TestXBenchmarks takes the stand-in from a proxy that is a folder, as its
// suite does the real one, and tries every benchmark.
func TestXBenchmarks(t *testing.T) {
	m := newModuleBench(t)
	files := map[string]string{
		"go.mod":                     "module " + xbenchmarks + "\n\ngo 1.16\n",
		"gc_latency/main.go":         "package main\n\nfunc main() {}\n",
		"gc_latency/latency_test.go": standInLatency,
	}
	for _, name := range []string{"garbage", "http", "json"} {
		output, err := os.ReadFile("testdata/xbenchmarks/" + name + "-2019.txt")
		if err != nil {
			t.Fatal(err)
		}
		files[name+"/main.go"] = fmt.Sprintf(standInXBenchmark, output)
	}
	sums := m.proxy.add(t, xbenchmarks, files)
	const folder = "xbenchmarks-go1.26"
	writeFiles(t, filepath.Join(m.Modules, folder), map[string]string{
		"go.mod": "module patchbench.invalid/" + folder + "\n\ngo 1.16\n\nrequire " + xbenchmarks + " v1.0.0\n",
		"go.sum": sums,
	})
	suite, err := LoadSuite("suites", "xbenchmarks")
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &Plan{Experiment: &toolchain.Experiment{}, Suite: suite, Procs: []int{2}}
	p.Settle(m.trees[results.Before].Version)
	bins, err := m.Compile(t.Context(), m.trees, p.Packages(), 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range bins {
		if b.Diff == nil {
			t.Fatalf("%+v", b)
		}
		b.Diff.Kind = toolchain.Code // one tree is both sides here
	}
	r := &Runner{Cache: m.Cache, Trees: m.trees, Binaries: bins, Exec: NewExec(self), Log: t.Logf, Now: time.Now}
	bs, _, err := r.TryAll(t.Context(), p, nil, func(string, int, int) {})
	if err != nil || len(bs) != 5 {
		t.Fatalf("%d benchmarks, %v", len(bs), err)
	}
	for _, b := range bs {
		if b.Broken != "" {
			t.Errorf("%s is broken: %s", b.Name, b.Broken)
			continue
		}
		reported := []string{results.RSSMetric.Unit, results.CPUMetric.Unit}
		for _, unit := range b.Units {
			_, tidy := benchunit.Tidy(1, unit)
			reported = append(reported, tidy)
		}
		for _, metric := range b.Primary {
			if !slices.Contains(reported, metric.Unit) {
				t.Errorf("%s reports %v, not %s, which its verdict rests on", b.Name, b.Units, metric.Unit)
			}
		}
	}

	// A proxy that has none of it leaves the suite unavailable.
	other := newModuleBench(t)
	if err := os.CopyFS(filepath.Join(other.Modules, folder), os.DirFS(filepath.Join(m.Modules, folder))); err != nil {
		t.Fatal(err)
	}
	if bins, err = other.compile(t, p.Packages()...); err != nil {
		t.Fatal(err)
	}
	p.Suite = suite
	p.Settle(other.trees[results.Before].Version)
	if err := p.Drop(bins); err == nil {
		t.Error("a suite that can't be had at all goes on")
	}
}
