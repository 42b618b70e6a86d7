package analysis

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
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
