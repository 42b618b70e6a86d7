package analysis

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"patchbench/results"
)

// Exact metrics have no noise: what differs, differs by just so much.
func TestExactMetrics(t *testing.T) {
	for _, tt := range []struct {
		name          string
		unit          string
		before, after float64
		rounds        int
		margin        float64
		verdict       Verdict
		effect        float64
	}{
		{"bytes, the same", "B/op", 4096, 4096, 5, 0.02, NoLoss, 0},
		{"allocations, the same, no margin to speak of", "allocs/op", 3, 3, 5, 1e-9, NoLoss, 0},
		{"none at all", "allocs/op", 0, 0, 5, 0.02, NoLoss, 0},
		{"too few pairs", "B/op", 4096, 4096, 4, 0.02, Inconclusive, 0},
		{"1 % more, within the margin", "B/op", 1000, 1010, 5, 0.02, NoLoss, 0.01},
		{"1 % more, beyond the margin", "B/op", 1000, 1010, 5, 0.005, Regression, 0.01},
		{"1 % less", "B/op", 1000, 990, 5, 0.02, Improvement, -0.01},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := testBenchmark("X-4", 4)
			b.Primary = []results.Metric{{Unit: tt.unit, Kind: results.Space, Better: "lower", Margin: tt.margin}}
			p := testProtocol(b)
			p.Rounds = tt.rounds
			a := analyze(t, (&fakeRun{protocol: p, values: func(s *results.Sample, _ float64) []results.Value {
				if s.Side == results.After {
					return []results.Value{{Value: tt.after, Unit: tt.unit}}
				}
				return []results.Value{{Value: tt.before, Unit: tt.unit}}
			}}).write(t))
			c := a.Benchmarks[0].Comparisons[0]
			if c.Verdict != tt.verdict || math.Abs(c.Effect-tt.effect) > 1e-12 {
				t.Errorf("%s (%s) with an effect of %g, want %s with %g", c.Verdict, c.Basis, c.Effect, tt.verdict, tt.effect)
			}
			if c.Pairs >= p.MinPairs && (c.Lower != c.Effect || c.Upper != c.Effect || c.Spread != 0) {
				t.Errorf("%g [%g, %g] with spread %g, want exactly that", c.Effect, c.Lower, c.Upper, c.Spread)
			}
			// encoding/json refuses what is not a number.
			if _, err := json.Marshal(a); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestDamagedEvidence has two processes of each unscored pass, of which one left
// a file that does not read: the other counts, and the report says which.
func TestDamagedEvidence(t *testing.T) {
	const line = "gc 1 @0.003s 2%: 0.010+0.35+0.005 ms clock, 0.040+0.1/0.3/0.5+0.020 ms cpu, 4->4->1 MB, 5 MB goal, 4 P\n"
	trace, err := (&results.Trace{Iterations: 1}).Encode()
	if err != nil {
		t.Fatal(err)
	}
	for _, pass := range []struct {
		folder, suffix string
		whole          []byte
		processes      func(b *Benchmark) int // of after
	}{
		{results.GCTraceDir, ".txt.gz", gzipped(t, line), func(b *Benchmark) int {
			if b.GC[results.After] == nil {
				return 0
			}
			return b.GC[results.After].Processes
		}},
		{results.TracesDir, ".json.gz", trace, func(b *Benchmark) int {
			if b.Trace[results.After] == nil {
				return 0
			}
			return b.Trace[results.After].Processes
		}},
		{results.MetricsDir, ".json", []byte(`{"iterations": 9}`), func(b *Benchmark) int {
			if b.Runtime[results.After] == nil {
				return 0
			}
			return b.Runtime[results.After].Processes
		}},
	} {
		for name, damaged := range map[string][]byte{
			"empty":             nil,
			"cut off":           pass.whole[:len(pass.whole)/2],
			"of another kind":   []byte("PASS\nok\n"),
			"of another packer": []byte("\x28\xb5\x2f\xfd rubbish"),
		} {
			t.Run(pass.folder+" "+name, func(t *testing.T) {
				dir := (&fakeRun{protocol: testProtocol(testBenchmark("A-4", 4)), values: secPerOp(0, 0.01)}).write(t)
				if err := os.MkdirAll(filepath.Join(dir, pass.folder), 0o755); err != nil {
					t.Fatal(err)
				}
				for file, data := range map[string][]byte{"A-4.after.1": pass.whole, "A-4.after.2": damaged, "A-4.before.1": damaged} {
					if err := os.WriteFile(filepath.Join(dir, pass.folder, file+pass.suffix), data, 0o644); err != nil {
						t.Fatal(err)
					}
				}
				b := analyze(t, dir).benchmark(t, "A-4")
				if n := pass.processes(b); n != 1 {
					t.Errorf("%d processes of after count, want the one that reads", n)
				}
				for _, file := range []string{"A-4.after.2", "A-4.before.1"} {
					if n := len(slices.DeleteFunc(slices.Clone(b.Warnings), func(w string) bool {
						return !strings.Contains(w, ": "+pass.folder+"/"+file+pass.suffix+": ")
					})); n != 1 {
						t.Errorf("%d warnings name %s: %q", n, file, b.Warnings)
					}
				}
				if strings.Contains(strings.Join(b.Warnings, "\n"), dir) {
					t.Errorf("the report says where it was made: %q", b.Warnings)
				}
			})
		}
	}
}

func gzipped(t *testing.T, text string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// Folders that another patchbench or somebody's hand made are refused by name.
func TestRefused(t *testing.T) {
	for _, tt := range []struct{ name, file, old, new, want string }{
		{"newer format", results.ProtocolFile, `"format": 1`, `"format": 99`, "protocol.json: made by a newer patchbench (format 99"},
		{"changed protocol", results.SamplesFile, "goos: linux", "goos: linux\nprotocol: 0123456789abcdef", "protocol.json was changed after the first sample"},
		{"a value that is none", results.SamplesFile, " ns/op", "x ns/op", "samples.bench:6: "},
		{"not an event", results.EventsFile, `"kind"`, `kind`, "events.jsonl:1: "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := (&fakeRun{protocol: testProtocol(testBenchmark("A-4", 4)), values: secPerOp(0, 0.005), rounds: 1}).write(t)
			path := filepath.Join(dir, tt.file)
			data, err := os.ReadFile(path)
			if err != nil || !bytes.Contains(data, []byte(tt.old)) {
				t.Fatalf("%s has no %q: %v", tt.file, tt.old, err)
			}
			if err := os.WriteFile(path, bytes.Replace(data, []byte(tt.old), []byte(tt.new), 1), 0o644); err != nil {
				t.Fatal(err)
			}
			if _, err := Analyze(dir, Question{}); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("analyzed: %v, want %q", err, tt.want)
			}
			if _, err := Decided(dir); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("looked at: %v, want %q", err, tt.want)
			}
		})
	}
}
