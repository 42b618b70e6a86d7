package results

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
)

// RuntimeMetrics are what one unscored process said of itself, by the names
// that package runtime/metrics has for them, from its start to the end of its
// benchmark. Names that its release does not have are missing.
type RuntimeMetrics struct {
	Iterations int                 `json:"iterations"` // the benchmark ran, warm-up apart
	Values     map[string]float64  `json:"values"`     // counts, and times in seconds; at least 0
	Histograms map[string][]Bucket `json:"histograms"` // in ascending order, empty buckets left out
}

// A Bucket counts what is at least Low and less than High, which are 0 and the
// largest number where the runtime has an infinity.
type Bucket struct {
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
	Count uint64  `json:"count"`
}

// ReadRuntimeMetrics reads one file of MetricsDir. Errors name it.
func ReadRuntimeMetrics(path string) (*RuntimeMetrics, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	m := new(RuntimeMetrics)
	if err := json.Unmarshal(data, m); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if err := m.Check(); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}

// Check tells what is wrong with m, if anything.
func (m *RuntimeMetrics) Check() error {
	if m.Iterations < 1 {
		return fmt.Errorf("the benchmark ran %d iterations, not at least 1", m.Iterations)
	}
	for name, x := range m.Values {
		if !(x >= 0) || math.IsInf(x, 1) {
			return fmt.Errorf("%s is %v, not a count or a time", name, x)
		}
	}
	for name, buckets := range m.Histograms {
		last := math.Inf(-1)
		for _, b := range buckets {
			if !(b.Low >= last && b.Low < b.High) || b.Count > 1<<50 {
				return fmt.Errorf("%s has the bucket %v to %v with %d, out of order", name, b.Low, b.High, b.Count)
			}
			last = b.High
		}
	}
	return nil
}
