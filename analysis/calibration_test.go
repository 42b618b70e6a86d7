package analysis

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"patchbench/results"
)

// What a calibration counts is what there is in runs of a program with itself.
func TestCalibrated(t *testing.T) {
	f := &results.CalibrationFile{Format: results.Format, Host: results.Host{Class: "x"}}
	if Calibrate(nil) != nil || Calibrate(f) != nil {
		t.Error("a calibration without trials")
	}
	const runs = 60
	for seed := range uint64(runs) {
		p := testProtocol(testBenchmark("A-4", 4), testBenchmark("B-4", 4))
		p.Seed, p.Rounds = seed, 8
		for i := range p.Benchmarks {
			p.Benchmarks[i].Difference = results.Copied
		}
		rng := rand.New(rand.NewPCG(seed, 9))
		r := &fakeRun{protocol: p, values: func(s *results.Sample, host float64) []results.Value {
			return []results.Value{{Value: 1e6 * math.Exp(host+0.03*rng.NormFloat64()), Unit: "ns/op"}}
		}}
		trials, err := Calibrated(r.write(t), 0)
		if err != nil {
			t.Fatal(err)
		}
		if len(trials) != 2 || !trials[0].First || trials[0].Pairs != 16 || trials[0].Unit != "sec/op" {
			t.Fatalf("trials %+v", trials)
		}
		f.Trials = append(f.Trials, trials...)
	}
	c := Calibrate(f)
	if c.Regression.Trials != 2*runs || c.Runs != runs || c.Class != "x" {
		t.Errorf("%+v", c)
	}
	for _, alarms := range []results.Rate{c.Regression, c.Improvement} {
		if alarms.Lower > c.Alpha {
			t.Errorf("false alarms %+v, promised %g", alarms, c.Alpha)
		}
	}
	for _, holds := range []results.Rate{c.LowerHolds, c.UpperHolds} {
		if holds.Upper < 1-c.Alpha {
			t.Errorf("a bound holds in %+v, promised %g", holds, 1-c.Alpha)
		}
	}
	if c.UniformityP < 0.001 {
		t.Errorf("p-values are not uniform: p = %g", c.UniformityP)
	}
	text := CalibrationMarkdown(f)
	for _, part := range []string{"120 comparisons of benchmarks in 60 runs", "| A-4 | sec/op | 60 | 16 |", "each benchmark's first metric"} {
		if !strings.Contains(text, part) {
			t.Errorf("no %q in\n%s", part, text)
		}
	}
}

// A run of two sides that differ is none of a program with itself.
func TestNotCalibrated(t *testing.T) {
	dir := (&fakeRun{protocol: testProtocol(testBenchmark("A-4", 4)), values: secPerOp(0, 0.005)}).write(t)
	if _, err := Calibrated(dir, 0); err == nil || !strings.Contains(err.Error(), "A-4 differs between its sides") {
		t.Errorf("error %v", err)
	}
}

func TestCalibrationText(t *testing.T) {
	now := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	if text := CalibrationText(nil, now); !strings.HasPrefix(text, "uncalibrated") {
		t.Errorf("%s", text)
	}
	c := &results.Calibration{Newest: now.AddDate(0, 0, -3), Runs: 2, Regression: rate(1, 40), Improvement: rate(0, 40), BatchAlarms: rate(12, 40)}
	const want = "40 comparisons of a program with itself in 2 runs, 3 days old: a regression called in 1 of 40 (2.5 %, between 0.1 and 13.2 %), an improvement in 0 of 40 (0.0 %, between 0.0 and 8.8 %); two batches under Mann-Whitney's test call a difference in 12 of 40 (30.0 %, between 16.6 and 46.5 %)"
	if text := CalibrationText(c, now); text != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
	c.InLayouts = rate(1, 8)
	if text := CalibrationText(c, now); !strings.Contains(text, "; also in layout variants, where a regression was called in 1 of 8 (12.5 %, between 0.3 and 52.7 %) of them; two batches") {
		t.Errorf("%s", text)
	}
}

// Trials in several layouts are shown apart; a file of old, without their
// number, has one.
func TestCalibratedInLayouts(t *testing.T) {
	f := &results.CalibrationFile{}
	for _, layouts := range []int{0, 1, 4, 4, 2} {
		f.Trials = append(f.Trials, results.Calibrated{Run: "r", Benchmark: "A-2", Unit: "sec/op", First: true, Layouts: layouts, Verdict: string(NoLoss)})
	}
	f.Trials[2].Verdict = string(Regression)
	if c := Calibrate(f); c.Regression != rate(1, 5) || c.InLayouts != rate(1, 3) {
		t.Errorf("%+v", c)
	}
	if text := CalibrationMarkdown(f); !strings.Contains(text, "| of these, in several layouts | 1 of 3 ") {
		t.Errorf("%s", text)
	}
}

// Trials with a planted loss are counted apart.
func TestPlanted(t *testing.T) {
	bound := func(x float64) *float64 { return &x }
	trial := func(verdict Verdict, effect, lower, upper float64) results.Calibrated {
		return results.Calibrated{Run: "planted/1", Benchmark: "A-2", Unit: "sec/op", First: true, Planted: 0.04, Pairs: 20,
			Verdict: string(verdict), Effect: effect, Lower: bound(lower), Upper: bound(upper)}
	}
	f := &results.CalibrationFile{Trials: []results.Calibrated{
		trial(Regression, 0.041, 0.02, 0.06), trial(Regression, 0.05, 0.045, 0.06), trial(NoLoss, 0.01, -0.01, 0.019), trial(Inconclusive, 0.03, -0.01, 0.07),
	}}
	const want = "a planted loss of 4 %: found in 2 of 4 (50.0 %, between 6.8 and 93.2 %), said to be no loss in 1 of 4 (25.0 %, between 0.6 and 80.6 %); estimated at 3.6 % in the median"
	if text := PlantedText(f, 0.04); text != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
	if c := Calibrate(f); c != nil {
		t.Errorf("planted losses calibrate: %+v", c)
	}
	if text := plantedMarkdown(f); !strings.Contains(text, "| 4 % | 4 | 20 | 2 of 4 ") || !strings.Contains(text, "| 2 of 4 (50.0 %, between 6.8 and 93.2 %) |\n") {
		t.Errorf("%s", text)
	}
}

// One metric of many that is called makes its run a false alarm.
func TestRunAlarms(t *testing.T) {
	f := &results.CalibrationFile{}
	for i := range 12 {
		trial := results.Calibrated{Run: fmt.Sprint("run", i/4), First: i%4 == 0, Verdict: string(NoLoss)}
		if i == 6 || i == 7 {
			trial.Verdict = string(Regression)
		}
		f.Trials = append(f.Trials, trial)
	}
	f.Trials = append(f.Trials, results.Calibrated{Run: "planted", Planted: 0.04, First: true, Verdict: string(Regression)})
	c := Calibrate(f)
	if c.RunAlarms.Count != 1 || c.RunAlarms.Trials != 3 || c.Regression.Count != 0 {
		t.Errorf("%+v", c)
	}
	if text := CalibrationText(c, c.Newest); !strings.Contains(text, "of whole runs 1 of 3 (33.3 %") {
		t.Error(text)
	}
}
