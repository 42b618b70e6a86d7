package gctrace

import (
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"patchbench/analysis/stats"
)

// Real traces: the output of a benchmark binary, run twice, with standard
// error and standard output in one file. What is wanted of them was worked
// out from the text outside Go.
func TestParseReal(t *testing.T) {
	tests := []struct {
		file string
		want Stats // the percentiles 99 are checked to lie below the maximum
	}{
		{"go1.16.15.txt", Stats{
			Processes: 2, Cycles: 28, Forced: 6, Procs: 4,
			CyclesPerSec: 239.31623931623932, GCCPUPercent: 3.478632478632479,
			AssistCPU: 0.001832, BackgroundCPU: 0.009646, IdleCPU: 0.009297,
			SweepTermSTW: stats.Distribution{Mean: 9.075e-05, P50: 7.65e-05, Max: 0.00034},
			Mark:         stats.Distribution{Mean: 0.0011832142857142857, P50: 0.001, Max: 0.0027},
			MarkTermSTW:  stats.Distribution{Mean: 3.525e-05, P50: 3e-06, Max: 0.00019},
			HeapStart:    4, HeapEnd: 4, HeapLive: 1, HeapGoal: 5,
		}},
		{"go1.26.8.txt", Stats{
			Processes: 2, Cycles: 30, Forced: 6, Procs: 4,
			CyclesPerSec: 166.66666666666669, GCCPUPercent: 5,
			AssistCPU: 0.004076, BackgroundCPU: 0.022249, IdleCPU: 0.009456,
			SweepTermSTW: stats.Distribution{Mean: 0.00014126666666666667, P50: 0.00011, Max: 0.00033},
			Mark:         stats.Distribution{Mean: 0.002445, P50: 0.00165, Max: 0.019},
			MarkTermSTW:  stats.Distribution{Mean: 3.646666666666667e-05, P50: 6e-06, Max: 0.0005},
			HeapStart:    3, HeapEnd: 4, HeapLive: 1, HeapGoal: 4,
		}},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			f, err := os.Open(filepath.Join("testdata", tt.file))
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			got, err := Parse(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range []*stats.Distribution{&got.SweepTermSTW, &got.Mark, &got.MarkTermSTW} {
				// So few cycles that the largest is the percentile.
				if d.P99 != d.Max {
					t.Errorf("P99 %g of fewer than 67 cycles, want the maximum %g", d.P99, d.Max)
				}
				d.P99 = 0
			}
			diffStats(t, got, &tt.want)
		})
	}
}

// Lines of all the formats, whole and damaged.
func TestParseLines(t *testing.T) {
	const (
		go116  = "gc 1 @0.031s 1%: 0.24+6.4+0.26 ms clock, 0.49+0.76/0.004/1.4+0.53 ms cpu, 4->5->4 MB, 5 MB goal, 4 P"
		forced = "gc 2 @0.276s 9%: 0.11+1.1+0.001 ms clock, 0.22+0.005/0.92/0.24+0.002 ms cpu, 8->8->3 MB, 10 MB goal, 4 P (forced)"
		go126  = "gc 3 @0.401s 5%: 1.2+2.9+0.10 ms clock, 2.5+0/1.5/0.86+0.21 ms cpu, 8->9->4 MB, 9 MB goal, 0 MB stacks, 0 MB globals, 2 P"
		leaks  = "gc 4 @0.500s 5% (checking for goroutine leaks): 1.2+2.9+0.10 ms clock, 2.5+0/1.5/0.86+0.21 ms cpu, 8->9->4 MB, 9 MB goal, 0 MB stacks, 0 MB globals, 2 P (forced)"
	)
	tests := []struct {
		name, text                             string
		processes, cycles, forced, torn, procs int
		perSec, percent                        float64
	}{
		{name: "empty"},
		{name: "no trace", text: "goos: linux\nPASS\n"},
		{name: "not a trace", text: "gc 12 dumped @ 3\nforce gc 1\nscvg: inuse: 4\n"},
		{name: "one", text: go116 + "\n", processes: 1, cycles: 1, procs: 4, perSec: 1 / 0.031, percent: 1},
		{name: "no newline", text: go116, processes: 1, cycles: 1, procs: 4, perSec: 1 / 0.031, percent: 1},
		{name: "carriage return", text: go116 + "\r\n" + forced + "\r\n", processes: 1, cycles: 2, forced: 1, procs: 4, perSec: 2 / 0.276, percent: 9},
		{name: "formats", text: go116 + "\n" + forced + "\n" + go126 + "\n" + leaks + "\n", processes: 1, cycles: 4, forced: 2, procs: 4, perSec: 8, percent: 5},
		{name: "behind a benchmark's name", text: "BenchmarkX-4   \t" + go116 + "\n 60\t 870 ns/op\n", processes: 1, cycles: 1, procs: 4, perSec: 1 / 0.031, percent: 1},
		{name: "numbers start again", text: go116 + "\n" + go116 + "\n", processes: 2, cycles: 2, procs: 4, perSec: 2 / 0.062, percent: 1},
		{
			name:      "times start again",
			text:      forced + "\n" + strings.Replace(go116, "gc 1", "gc 7", 1),
			processes: 2, cycles: 2, forced: 1, procs: 4,
			perSec: 2 / (0.276 + 0.031), percent: (9*0.276 + 1*0.031) / (0.276 + 0.031),
		},
		{
			name:      "no time at all",
			text:      strings.Replace(go116, "@0.031s 1%", "@0.000s 2%", 1) + "\n" + strings.Replace(go116, "@0.031s 1%", "@0.000s 4%", 1),
			processes: 2, cycles: 2, procs: 4, percent: 3,
		},
		{name: "cut off", text: go116 + "\n" + forced[:50], processes: 1, cycles: 1, torn: 1, procs: 4, perSec: 1 / 0.031, percent: 1},
		{name: "cut off before the next process", text: forced[:50] + go116, processes: 1, cycles: 1, torn: 1, procs: 4, perSec: 1 / 0.031, percent: 1},
		{name: "torn", text: go116[:40] + "hello\n" + go116[40:] + "\n", torn: 1},
		{name: "absurd numbers", text: strings.Replace(go116, "6.4", strings.Repeat("9", 400), 1), torn: 1},
		{name: "behind a long line", text: strings.Repeat("x", maxLine+7) + "\n" + go116, processes: 1, cycles: 1, procs: 4, perSec: 1 / 0.031, percent: 1},
		{name: "straddling two pieces", text: strings.Repeat("x", maxLine-60) + go116, torn: 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			// A byte at a time: lines must not depend on how reads fall.
			got, err := Parse(iotest.OneByteReader(strings.NewReader(tt.text)))
			if err != nil {
				t.Fatal(err)
			}
			if got.Processes != tt.processes || got.Cycles != tt.cycles || got.Forced != tt.forced || got.Unparsed != tt.torn || got.Procs != tt.procs {
				t.Errorf("got %d processes, %d cycles, %d forced, %d unparsed, %d Ps; want %d, %d, %d, %d, %d",
					got.Processes, got.Cycles, got.Forced, got.Unparsed, got.Procs,
					tt.processes, tt.cycles, tt.forced, tt.torn, tt.procs)
			}
			if !near(got.CyclesPerSec, tt.perSec) || !near(got.GCCPUPercent, tt.percent) {
				t.Errorf("got %g cycles/s, %g %%; want %g, %g", got.CyclesPerSec, got.GCCPUPercent, tt.perSec, tt.percent)
			}
		})
	}
}

// Each number of a line must land in its own field.
func TestParseFields(t *testing.T) {
	got, err := Parse(strings.NewReader("gc 1 @2.5s 7%: 1+2+3 ms clock, 40+5/6/7+80 ms cpu, 11->12->13 MB, 14 MB goal, 15 MB stacks, 16 MB globals, 17 P (forced)"))
	if err != nil {
		t.Fatal(err)
	}
	same := func(x float64) stats.Distribution { return stats.Distribution{Mean: x, P50: x, P99: x, Max: x} }
	diffStats(t, got, &Stats{
		Processes: 1, Cycles: 1, Forced: 1, CyclesPerSec: 0.4, GCCPUPercent: 7,
		AssistCPU: 0.005, BackgroundCPU: 0.006, IdleCPU: 0.007,
		SweepTermSTW: same(0.001), Mark: same(0.002), MarkTermSTW: same(0.003),
		HeapStart: 11, HeapEnd: 12, HeapLive: 13, HeapGoal: 14, Procs: 17,
	})
}

func TestParseReadError(t *testing.T) {
	broken := errors.New("pulled out")
	got, err := Parse(iotest.ErrReader(broken))
	if !errors.Is(err, broken) || got != nil {
		t.Errorf("got %v, %v; want no stats and the reader's error", got, err)
	}
	if want := "read gc trace: "; err != nil && !strings.HasPrefix(err.Error(), want) {
		t.Errorf("error %q does not start with %q", err, want)
	}
}

func FuzzParse(f *testing.F) {
	for _, name := range []string{"go1.16.15.txt", "go1.26.8.txt"} {
		text, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
		f.Add(text[:len(text)/2])
	}
	f.Add([]byte("gc 1 @0.0s 0%: 0+0+0 ms clock, 0+0/0/0+0 ms cpu, 0->0->0 MB, 0 MB goal, 0 P"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > maxLine {
			t.Skip("pieces of a long line may cut a trace line in two")
		}
		s, err := Parse(strings.NewReader(string(text)))
		if err != nil {
			t.Fatal(err)
		}
		if s.Forced > s.Cycles || s.Processes > s.Cycles || (s.Cycles > 0) != (s.Processes > 0) {
			t.Errorf("%d processes, %d cycles, %d forced: impossible", s.Processes, s.Cycles, s.Forced)
		}
		for _, d := range []stats.Distribution{s.SweepTermSTW, s.Mark, s.MarkTermSTW} {
			if d.P50 < 0 || d.P99 < d.P50 || d.Max < d.P99*(1-1e-12) || d.Max < d.Mean*(1-1e-12) {
				t.Errorf("percentiles out of order: %+v", d)
			}
		}
		// Fails on NaN and infinity, which verdict.json cannot hold.
		if _, err := json.Marshal(s); err != nil {
			t.Error(err)
		}
		// Two files, one after the other, are twice the cycles.
		twice, err := Parse(strings.NewReader(string(text) + "\n" + string(text)))
		if err != nil {
			t.Fatal(err)
		}
		if twice.Cycles != 2*s.Cycles || twice.Unparsed != 2*s.Unparsed {
			t.Errorf("doubled text: %d cycles, %d unparsed; single %d, %d", twice.Cycles, twice.Unparsed, s.Cycles, s.Unparsed)
		}
	})
}

// near reports whether a and b are equal up to rounding.
func near(a, b float64) bool {
	return a == b || math.Abs(a-b) <= 1e-9*math.Max(math.Abs(a), math.Abs(b))
}

// diffStats compares field by field, through the names verdict.json uses.
func diffStats(t *testing.T, got, want *Stats) {
	t.Helper()
	flat := func(s *Stats) map[string]any {
		data, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		out := make(map[string]any)
		if err := json.Unmarshal(data, &out); err != nil {
			t.Fatal(err)
		}
		for key, v := range out {
			if inner, ok := v.(map[string]any); ok {
				for k, x := range inner {
					out[key+"."+k] = x
				}
				delete(out, key)
			}
		}
		return out
	}
	g, w := flat(got), flat(want)
	for key := range w {
		if !near(g[key].(float64), w[key].(float64)) {
			t.Errorf("%s is %v, want %v", key, g[key], w[key])
		}
	}
}
