package analysis

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"patchbench/results"
)

func TestRuntimeMetrics(t *testing.T) {
	dir := (&fakeRun{protocol: testProtocol(testBenchmark("A-4", 4)), values: secPerOp(0, 0.01)}).write(t)
	if err := os.MkdirAll(filepath.Join(dir, results.MetricsDir), 0o755); err != nil {
		t.Fatal(err)
	}
	keep := func(side results.Side, k int, m *results.RuntimeMetrics) {
		data, err := json.Marshal(m)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, results.MetricsDir, fmt.Sprintf("A-4.%s.%d.json", side, k)), data, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	const assist, total, pauses = "/cpu/classes/gc/mark/assist:cpu-seconds", "/cpu/classes/gc/total:cpu-seconds", "/gc/pauses:seconds"
	for k := 1; k <= 2; k++ {
		keep(results.Before, k, &results.RuntimeMetrics{
			Iterations: 50, Values: map[string]float64{assist: 0, total: float64(k)},
			Histograms: map[string][]results.Bucket{pauses: {{Low: 0, High: 1e-5, Count: 60}, {Low: 1e-5, High: 2e-5, Count: 39}, {Low: 0.5, High: math.MaxFloat64, Count: 1}}},
		})
	}
	keep(results.After, 1, &results.RuntimeMetrics{Iterations: 0})
	b := analyze(t, dir).Benchmarks[0]
	m := b.Runtime[results.Before]
	if m == nil || m.Processes != 2 || m.GC == nil || *m.GC != 0.03 || m.Assist == nil || *m.Assist != 0 || m.Idle != nil || m.Latencies != nil {
		t.Fatalf("%+v", m)
	}
	if want := (Quantiles{Count: 200, P50: 1e-5, P99: 2e-5, Max: 0.5}); m.Pauses == nil || *m.Pauses != want {
		t.Errorf("pauses %+v, want %+v", m.Pauses, want)
	}
	if _, ok := b.Runtime[results.After]; ok || !strings.Contains(strings.Join(b.Warnings, "\n"), "A-4.after.1.json") {
		t.Errorf("a file that says nothing: %+v, warnings %q", b.Runtime[results.After], b.Warnings)
	}
}
