package results

import (
	"encoding/json"
	"math"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestRuntimeMetrics(t *testing.T) {
	want := &RuntimeMetrics{
		Iterations: 100,
		Values:     map[string]float64{"/cpu/classes/gc/total:cpu-seconds": 0.25},
		Histograms: map[string][]Bucket{"/gc/pauses:seconds": {{0, 1e-6, 3}, {2e-6, math.MaxFloat64, 1}}},
	}
	for name, c := range map[string]struct {
		damage func(m *RuntimeMetrics)
		want   string
	}{
		"whole":         {func(m *RuntimeMetrics) {}, ""},
		"no iterations": {func(m *RuntimeMetrics) { m.Iterations = 0 }, "0 iterations"},
		"negative":      {func(m *RuntimeMetrics) { m.Values = map[string]float64{"/a": -1} }, "/a is -1"},
		"backwards":     {func(m *RuntimeMetrics) { m.Histograms = map[string][]Bucket{"/a": {{2, 1, 1}}} }, "out of order"},
		"overlapping":   {func(m *RuntimeMetrics) { m.Histograms = map[string][]Bucket{"/a": {{0, 2, 1}, {1, 3, 1}}} }, "out of order"},
	} {
		m := *want
		c.damage(&m)
		data, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "x.json")
		if err := WriteFile(path, data); err != nil {
			t.Fatal(err)
		}
		got, err := ReadRuntimeMetrics(path)
		if c.want == "" {
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %+v, %v", name, got, err)
			}
		} else if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), path) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
