package stats

import (
	"math"
	"testing"
)

// The percentile against Hyndman and Fan's definition 8 worked out by hand:
// of 1 to 100 at p = 0.99 the place is (100+1/3)·0.99+1/3 = 99.66….
func TestDistribution(t *testing.T) {
	xs := make([]float64, 100)
	for i := range xs {
		xs[i] = float64((i*37)%100 + 1) // 1 to 100, shuffled
	}
	got := Distribute(xs)
	want := Distribution{Mean: 50.5, P50: 50.5, P99: 100.0*0.99 + 0.99/3 + 1.0/3, Max: 100}
	near := func(a, b float64) bool { return math.Abs(a-b) < 1e-9 }
	if !near(got.Mean, want.Mean) || !near(got.P50, want.P50) || !near(got.P99, want.P99) || got.Max != want.Max {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if d := Distribute(nil); d != (Distribution{}) {
		t.Errorf("of nothing: %+v", d)
	}
}
