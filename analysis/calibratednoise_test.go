package analysis

import (
	"math"
	"testing"
	"time"

	"patchbench/results"
)

// A calibration tells a benchmark's noise if it is recent, and of the very same
// binary doing as much.
func TestCalibratedNoise(t *testing.T) {
	now := time.Date(2026, 1, 10, 0, 0, 0, 0, time.UTC)
	b := &results.Benchmark{
		Name: "A-2", Iterations: 100, Binaries: map[results.Side]string{results.Before: "b1"},
		Primary: []results.Metric{{Unit: "sec/op", Margin: 0.02}},
	}
	trial := func(change func(t *results.Calibrated)) results.Calibrated {
		t := results.Calibrated{Benchmark: "A-2", Unit: "sec/op", Binary: "b1", Iterations: 100, Pairs: 10, Sigma: 0.01, Date: now.Add(-time.Hour)}
		if change != nil {
			change(&t)
		}
		return t
	}
	since := now.Add(-24 * time.Hour)
	for name, change := range map[string]func(t *results.Calibrated){
		"old":       func(t *results.Calibrated) { t.Date = now.Add(-48 * time.Hour) },
		"other":     func(t *results.Calibrated) { t.Benchmark = "B-2" },
		"unit":      func(t *results.Calibrated) { t.Unit = "cpu-sec" },
		"binary":    func(t *results.Calibrated) { t.Binary = "b2" },
		"count":     func(t *results.Calibrated) { t.Iterations = 200 },
		"layouts":   func(t *results.Calibrated) { t.Layouts = 4 },
		"planted":   func(t *results.Calibrated) { t.Planted = 0.02 },
		"few pairs": func(t *results.Calibrated) { t.Pairs = minNoisePairs - 1 },
	} {
		f := &results.CalibrationFile{Trials: []results.Calibrated{trial(change)}}
		if got := CalibratedNoise(f, b, since, 0.05); got != nil {
			t.Errorf("%s: %v, want nothing", name, got)
		}
	}
	if CalibratedNoise(nil, b, since, 0.05) != nil {
		t.Error("a host class without a calibration tells something")
	}
	f := &results.CalibrationFile{Trials: []results.Calibrated{
		trial(nil),
		trial(func(t *results.Calibrated) { t.Sigma, t.Date = 0.5, now.Add(-2*time.Hour) }), // a bad hour
		trial(func(t *results.Calibrated) { t.Sigma = 0.02 }),
	}}
	got := CalibratedNoise(f, b, since, 0.05)
	if len(got) != 1 || got[0].Sigma != 0.02 || got[0].Pairs != 30 || !got[0].Calibrated || !got[0].Date.Equal(now.Add(-time.Hour)) {
		t.Fatalf("got %+v", got)
	}
	// 8.56 (σ/m)² × 1.2 × 1.5, as 30 pairs are as good as a known spread.
	if want := 8.56 * math.Pow(0.02/math.Log1p(0.02), 2) * 1.2 * 1.5; math.Abs(float64(got[0].Need)-want) > 2 {
		t.Errorf("needs %d pairs, want %.0f", got[0].Need, want)
	}
}

func TestPilotNoise(t *testing.T) {
	b := &results.Benchmark{Primary: []results.Metric{{Unit: "sec/op", Margin: 0.02}, {Unit: "cpu-sec", Margin: 0.02}}}
	values := map[string][]float64{"sec/op": {1, 1.01, 1, 1.01, 0, 1, 1.01, 1, 1.01}, "cpu-sec": {1, 1, 1, 1, 1, 1, 1, 1}}
	got := PilotNoise(values, time.Unix(1, 0), b, 0.05)
	if len(got) != 2 || got[0].Pairs != 4 || math.Abs(got[0].Sigma-0.01475) > 1e-4 || got[1].Sigma != 0 || got[0].Calibrated {
		t.Errorf("got %+v", got)
	}
	delete(values, "cpu-sec")
	if got := PilotNoise(values, time.Unix(1, 0), b, 0.05); got != nil {
		t.Errorf("without a primary metric: %+v", got)
	}
}
