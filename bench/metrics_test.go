package bench

import (
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"testing"

	"patchbench/results"
)

func TestParseMetrics(t *testing.T) {
	got, err := parseMetrics([]byte("BenchmarkX\t\npatchbench-metric /gc/cycles/total:gc-cycles value 12\n"+
		"\npatchbench-metric /cpu/classes/gc/total:cpu-seconds value 0.25\nPASS\n"+
		"patchbench-metric /gc/pauses:seconds histogram -Inf,0,1 1e-06,2e-06,7 0.5,+Inf,1\n"+
		"patchbench-metric /sched/latencies:seconds histogram\n"), 100)
	if err != nil {
		t.Fatal(err)
	}
	want := &results.RuntimeMetrics{
		Iterations: 100,
		Values:     map[string]float64{"/gc/cycles/total:gc-cycles": 12, "/cpu/classes/gc/total:cpu-seconds": 0.25},
		Histograms: map[string][]results.Bucket{
			"/gc/pauses:seconds":       {{Low: 1e-6, High: 2e-6, Count: 7}, {Low: 0.5, High: math.MaxFloat64, Count: 1}},
			"/sched/latencies:seconds": {},
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	for _, bad := range []string{
		"", "PASS\n", "patchbench-metric \n", "patchbench-metric /a\n", "patchbench-metric a value 1\n",
		"patchbench-metric /a value\n", "patchbench-metric /a value 1 2\n", "patchbench-metric /a value NaN\n", "patchbench-metric /a value -1\n",
		"patchbench-metric /a number 1\n", "patchbench-metric /a histogram 1,2\n", "patchbench-metric /a histogram 2,1,1\n",
		"patchbench-metric /a histogram 0,1,1 0.5,2,1\n", "patchbench-metric /a histogram 0,1,-1\n", "patchbench-metric /a histogram NaN,1,1\n",
	} {
		if m, err := parseMetrics([]byte(bad), 1); err == nil {
			t.Errorf("%q gives %+v", bad, m)
		}
	}
}

// FuzzParseMetrics checks that what is read can be kept.
func FuzzParseMetrics(f *testing.F) {
	f.Add([]byte("patchbench-metric /a value 1\npatchbench-metric /b histogram -Inf,0,1 1,2,3\n"))
	f.Fuzz(func(t *testing.T, out []byte) {
		m, err := parseMetrics(out, 1)
		if err != nil {
			return
		}
		if _, err := json.Marshal(m); err != nil {
			t.Errorf("%+v: %v", m, err)
		}
	})
}

// TestMetricsPattern checks what the first part of a widened pattern matches.
func TestMetricsPattern(t *testing.T) {
	for pattern, want := range map[string]string{
		"^BenchmarkX$":     "((^BenchmarkX$)|^BenchmarkZZPatchbenchMetrics$)",
		"X|Y":              "((X|Y)|^BenchmarkZZPatchbenchMetrics$)",
		"^Check$/http/^a$": "((^Check$)|^BenchmarkZZPatchbenchMetrics$)/http/^a$",
		"[/]X/y":           "(([/]X)|^BenchmarkZZPatchbenchMetrics$)/y",
	} {
		got := metricsPattern(pattern)
		if got != want {
			t.Errorf("%s becomes %s, want %s", pattern, got, want)
		}
	}
	if re := regexp.MustCompile(metricsPattern("^BenchmarkX$")); !re.MatchString("BenchmarkX") || !re.MatchString(metricsBenchmark) || re.MatchString("BenchmarkXY") {
		t.Errorf("%s does not match what it should", re)
	}
}

// TestMetricsSource compiles the file into a package with the Go that runs
// this test, and reads what the process prints.
func TestMetricsSource(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles a test binary")
	}
	dir, home := t.TempDir(), t.TempDir()
	source, err := metricsSource("odd_name")
	if err != nil {
		t.Fatal(err)
	}
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {filepath.Join(dir, metricsFile): filepath.Join(home, "metrics.go")}})
	if err != nil {
		t.Fatal(err)
	}
	for path, text := range map[string]string{
		filepath.Join(dir, "go.mod"):    "module example.com/odd-name\n\ngo 1.16\n",
		filepath.Join(dir, "x_test.go"): "package odd_name\n\nimport (\n\t\"runtime\"\n\t\"testing\"\n)\n\nfunc BenchmarkX(b *testing.B) {\n\tb.Run(\"sub\", func(b *testing.B) {\n\t\tfor i := 0; i < b.N; i++ {\n\t\t\truntime.GC()\n\t\t}\n\t})\n}\n",

		filepath.Join(home, "metrics.go"):   source,
		filepath.Join(home, "overlay.json"): string(overlay),
	} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	goCommand, err := exec.LookPath("go")
	if err != nil {
		t.Skip("there is no go command")
	}
	cmd := exec.Command(goCommand, "test", "-vet=off", "-overlay="+filepath.Join(home, "overlay.json"),
		"-run=^$", "-bench="+metricsPattern("^BenchmarkX$/^sub$"), "-benchtime=5x")
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "GOCACHE=" + goCache(t, goCommand), "GOENV=off", "GOFLAGS=", "GOWORK=off", "GOTOOLCHAIN=local", "CGO_ENABLED=0"}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	m, err := parseMetrics(out, 5)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if n := m.Values["/gc/cycles/total:gc-cycles"]; n < 6 {
		t.Errorf("%v cycles after 6 were forced\n%s", n, out)
	}
	if len(m.Histograms["/gc/pauses:seconds"]) == 0 || m.Values["/cpu/classes/gc/total:cpu-seconds"] <= 0 {
		t.Errorf("no pauses or no CPU time\n%s", out)
	}
	if _, err := metricsSource("odd-name"); err == nil {
		t.Error("a package called odd-name")
	}
}

// goCache is where the go command keeps what it compiled.
func goCache(t *testing.T, goCommand string) string {
	t.Helper()
	out, err := exec.Command(goCommand, "env", "GOCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out[:len(out)-1])
}
