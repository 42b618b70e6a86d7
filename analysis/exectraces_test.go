package analysis

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"patchbench/results"
)

// TestTraceLack has a benchmark of which the trace of one side was cut off while
// measuring and the file of the other does not read, and one without any.
func TestTraceLack(t *testing.T) {
	const cut = "read the execution trace: unexpected EOF"
	dir := (&fakeRun{
		protocol: testProtocol(testBenchmark("A-2", 2), testBenchmark("B-2", 2)), values: secPerOp(0, 0.005),
		extra: []results.Event{
			{Kind: results.EventFailure, Pass: "trace", Benchmark: "A-2", Side: results.After, Message: cut},
			{Kind: results.EventFailure, Pass: "trace", Benchmark: "A-2", Side: results.Before, Message: "killed"},
			{Kind: results.EventPass, Pass: "trace", Benchmark: "A-2", Side: results.Before}, // in the next session
			{Kind: results.EventFailure, Pass: "profile", Benchmark: "B-2", Side: results.After, Message: "another"},
		},
	}).write(t)
	for name, text := range map[string]string{"A-2.before.1.json.gz": "no gzip", "A-2.before.1.trace": "go 1.11 trace"} {
		path := filepath.Join(dir, results.TracesDir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	a := analyze(t, dir)
	b := a.benchmark(t, "A-2")
	if len(b.Trace) != 0 || len(b.TraceLack) != 1 || b.TraceLack[results.After] != cut {
		t.Errorf("traces %v, lacking %v", b.Trace, b.TraceLack)
	}
	if len(b.RawTrace) != 1 || b.RawTrace[results.Before] != "traces/A-2.before.1.trace" {
		t.Errorf("raw traces %v", b.RawTrace)
	}
	if w := strings.Join(b.Warnings, "\n"); !strings.Contains(w, "execution traces of before: traces/A-2.before.1.json.gz: cut off") {
		t.Errorf("warnings %q", b.Warnings)
	}
	if b := a.benchmark(t, "B-2"); len(b.TraceLack) != 0 || len(b.RawTrace) != 0 || len(b.Trace) != 0 {
		t.Errorf("B has %v, %v, %v", b.TraceLack, b.RawTrace, b.Trace)
	}
}
