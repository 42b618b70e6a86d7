package analysis

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"patchbench/results"
)

// buildBenchstat builds the real command at the version go.mod pins.
func buildBenchstat(t *testing.T) string {
	t.Helper()
	goCommand, err := exec.LookPath("go")
	if err != nil {
		t.Skip("no go command to build benchstat with")
	}
	exe := filepath.Join(t.TempDir(), "benchstat")
	cmd := exec.Command(goCommand, "build", "-o", exe, "golang.org/x/perf/cmd/benchstat")
	cmd.Env = []string{"GOFLAGS=", "GOPROXY=off", "GOWORK=off", "CGO_ENABLED=0"}
	for _, name := range []string{"PATH", "HOME", "GOCACHE", "GOMODCACHE", "GOPATH", "XDG_CACHE_HOME"} {
		if value, ok := os.LookupEnv(name); ok {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build benchstat: %v\n%s", err, out)
	}
	return exe
}

// A csvCell is what benchstat's CSV says of one benchmark in one unit.
type csvCell struct {
	before, beforeRange, after, afterRange, delta, p string
}

// readCSV reads tables of benchstat -format=csv by unit and row name.
func readCSV(t *testing.T, data []byte) map[string]map[string]csvCell {
	t.Helper()
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord = -1
	lines, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	tables := make(map[string]map[string]csvCell)
	unit := ""
	for _, line := range lines {
		for len(line) < 7 {
			line = append(line, "")
		}
		switch {
		case line[2] == "CI":
			unit = line[1]
			tables[unit] = make(map[string]csvCell)
		case line[0] != "" && !strings.Contains(line[0], ": "):
			tables[unit][line[0]] = csvCell{line[1], line[2], line[3], line[4], line[5], line[6]}
		}
	}
	return tables
}

// The medians, ranges, changes and p-values of benchstat.txt are those of the
// benchstat command on the same file.
func TestBenchstatEqualsCommand(t *testing.T) {
	exe := buildBenchstat(t)
	p := testProtocol(testBenchmark("Alpha-4", 4), testBenchmark("Beta-4", 4), testBenchmark("Gamma-2", 2))
	rng := rand.New(rand.NewPCG(31, 32))
	by := map[string]func(*results.Sample, float64) []results.Value{
		"Alpha-4": secPerOp(0.1, 0.02), "Beta-4": secPerOp(0, 0.1), "Gamma-2": secPerOp(-0.03, 0.02),
	}
	dir := (&fakeRun{protocol: p, values: func(s *results.Sample, host float64) []results.Value {
		if s.Benchmark == "Gamma-2" && s.Round > 0 { // too few for a range
			return nil
		}
		values := append(by[s.Benchmark](s, host),
			results.Value{Value: float64(1000 + rng.IntN(50)), Unit: "peak-RSS-bytes"},
			results.Value{Value: float64(rng.IntN(3)), Unit: "p99-ns"}, // ties and zeros
			results.Value{Value: 12, Unit: "MB/s"},
		)
		if s.Benchmark == "Beta-4" && s.Side == results.After {
			values = append(values, results.Value{Value: 1, Unit: "only-after"})
		}
		return values
	}}).write(t)
	path := filepath.Join(dir, results.SamplesFile)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}

	cmd := exec.Command(exe, "-col", "side@(before after)", "-format", "csv", path)
	cmd.Env = []string{}
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	want := readCSV(t, out)

	tables, err := statTables(path, data)
	if err != nil {
		t.Fatal(err)
	}
	if len(tables) != len(want) || len(want) < 5 {
		t.Fatalf("%d tables, the command has %d", len(tables), len(want))
	}
	for _, table := range tables {
		assume := table.units.GetAssumption(table.unit)
		lines, _ := table.lines()
		if len(table.rows) > 1 != (len(lines) > len(table.rows)) {
			t.Errorf("%s: %d lines for %d rows", table.unit, len(lines), len(table.rows))
		}
		for i, line := range lines {
			for len(line) < 7 {
				line = append(line, "")
			}
			cell, ok := want[table.unit][line[0]]
			if !ok {
				t.Errorf("%s %s: the command has no such row", table.unit, line[0])
				continue
			}
			got := csvCell{beforeRange: strings.TrimPrefix(line[2], "± "), afterRange: strings.TrimPrefix(line[4], "± "), delta: line[5], p: line[6]}
			got.p = strings.Trim(got.p, "()")
			if line[0] == "geomean" {
				if got.delta != cell.delta {
					t.Errorf("%s geomean: %s, the command says %s", table.unit, got.delta, cell.delta)
				}
				continue
			}
			for side, center := range map[results.Side]*string{results.Before: &got.before, results.After: &got.after} {
				if s := table.rows[i].samples[side]; s != nil {
					*center = fmt.Sprint(assume.Summary(s, confidence).Center)
				}
			}
			if !slices.ContainsFunc(table.rows, func(r statRow) bool { return r.samples[results.Before] != nil }) {
				// The command takes a table's only side for its base.
				cell.after, cell.before, cell.afterRange, cell.beforeRange = cell.before, cell.after, cell.beforeRange, cell.afterRange
			}
			if got != cell {
				t.Errorf("%s %s:\n got %+v\nwant %+v", table.unit, line[0], got, cell)
			}
		}
	}

	// The analysis states the same p-value beside its own.
	a := analyze(t, dir)
	for _, name := range []string{"Alpha-4", "Beta-4"} {
		c := a.benchmark(t, name).Comparisons[0]
		if got, want := fmt.Sprintf("p=%.3f n=20", c.MannWhitneyP), want["sec/op"][name].p; got != want {
			t.Errorf("%s: %s, the command says %s", name, got, want)
		}
		if got, want := c.Before, want["sec/op"][name].before; strconv.FormatFloat(got, 'g', 12, 64) != shorten(t, want) {
			t.Errorf("%s: median %g, the command says %s", name, got, want)
		}
	}
}

// shorten rounds a printed number to twelve digits.
func shorten(t *testing.T, number string) string {
	t.Helper()
	x, err := strconv.ParseFloat(number, 64)
	if err != nil {
		t.Fatal(err)
	}
	return strconv.FormatFloat(x, 'g', 12, 64)
}

func TestBenchstatText(t *testing.T) {
	const samples = `goos: linux
Unit widgets assume=exact
side: after
BenchmarkA-4 1 1200 ns/op 5 widgets
side: before
BenchmarkA-4 1 1000 ns/op 4 widgets
BenchmarkA-4 1 1002 ns/op 4 widgets
BenchmarkLonger-4 1 3 ns/op
`
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, results.SamplesFile), []byte(samples+"BenchmarkA-4 1 10"), 0o644); err != nil {
		t.Fatal(err)
	}
	got, err := Benchstat(dir)
	if err != nil {
		t.Fatal(err)
	}
	const want = `goos: linux

sec/op    before        after       vs before
A-4       1.001µ  ± ∞  1.200µ  ± ∞          ~  (p=0.667 n=2+1)
Longer-4  3.000n  ± ∞
geomean   54.80n       1.200µ         +19.88%
note: need >= 6 samples for confidence interval at level 0.95
note: need >= 4 samples to detect a difference at alpha level 0.05

widgets  before        after        vs before
A-4       4.000  ± 0%  5.000  ± 0%    +25.00%  (n=2+1)
`
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got, err := Benchstat(t.TempDir()); err != nil || string(got) != "no samples\n" {
		t.Errorf("without samples: %q, %v", got, err)
	}
	long := filepath.Join(t.TempDir(), results.SamplesFile)
	if _, err := statTables(long, append(bytes.Repeat([]byte("x"), 70000), '\n')); err == nil {
		t.Error("a line over the reader's limit ended the table without a word")
	}
}
