package main

import (
	"strings"
	"testing"
	"time"

	"patchbench/results"
)

// Trials of another number of layouts, or of another loss, do not count.
func TestCounted(t *testing.T) {
	f := new(results.CalibrationFile)
	for _, trial := range []results.Calibrated{
		{}, {Layouts: 1}, {Layouts: 4}, {Layouts: 4}, {Layouts: 4}, {Layouts: 4, Planted: 0.02}, {Planted: 0.02},
	} {
		trial.First = true
		f.Trials = append(f.Trials, trial, results.Calibrated{Layouts: trial.Layouts, Planted: trial.Planted})
	}
	for _, test := range []struct {
		layouts int
		planted float64
		want    int
	}{{1, 0, 2}, {4, 0, 3}, {2, 0, 0}, {1, 0.02, 1}, {4, 0.02, 1}} {
		c := &calibration{file: f, planted: test.planted, layouts: test.layouts}
		if n := c.counted(); n != test.want {
			t.Errorf("%d in %d layouts with %g planted, want %d", n, test.layouts, test.planted, test.want)
		}
	}
}

// A run that adds no comparison is told why.
func TestFruitless(t *testing.T) {
	for _, test := range []struct {
		name     string
		excluded string
		layouts  int
		want     string
	}{
		{"few pairs", "", 1, "a budget of 20 s gives no benchmark the 10 pairs a verdict needs: give more by --budget"},
		{"a busy machine", "other processes used 80 % of the machine", 1, "2 of 2 blocks in "},
		{"too few layouts", "", 4, "A-2 was measured in 1 layout, as there are no more for this base and host: leave out --layouts"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			p := &results.Protocol{
				Format: results.Format, Alpha: 0.05, MinPairs: 10, Rounds: 2, Exclusion: "blocks with others' load",
				Benchmarks: []results.Benchmark{{
					Name: "A-2", Difference: results.Copied, Seconds: 1,
					Primary: []results.Metric{{Unit: "sec/op", Kind: results.Time, Better: "lower", Margin: 0.02}},
				}},
			}
			if _, err := results.WriteProtocol(dir, p); err != nil {
				t.Fatal(err)
			}
			w, _, err := results.OpenWriter(dir)
			if err != nil {
				t.Fatal(err)
			}
			for id := range 8 {
				s := &results.Sample{ID: id, Benchmark: "A-2", Side: results.Sides()[id%2], Round: id / 4, Order: "ABAB", Slot: id % 4, Iterations: 1,
					Values: []results.Value{{Value: 1e6, Unit: "ns/op"}}}
				if err := w.Sample(s, results.Event{Excluded: test.excluded}); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Done(results.Event{}); err != nil {
				t.Fatal(err)
			}
			w.Close()
			c := &calibration{layouts: test.layouts}
			err = c.fruitless(dir, 20*time.Second)
			if err == nil || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
			if busy := strings.Contains(err.Error(), "the machine was not free"); busy != (test.excluded != "") {
				t.Errorf("%v", err)
			}
		})
	}
}
