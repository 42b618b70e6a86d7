package bench

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/perf/benchunit"

	"patchbench/results"
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
