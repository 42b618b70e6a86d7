package meter

import (
	"flag"
	"math"
	"runtime"
	"testing"
	"time"
)

// once runs f as a benchmark of one iteration.
func once(t *testing.T, f func(b *testing.B)) testing.BenchmarkResult {
	t.Helper()
	benchtime := flag.Lookup("test.benchtime").Value
	defer benchtime.Set(benchtime.String())
	if err := benchtime.Set("1x"); err != nil {
		t.Fatal(err)
	}
	return testing.Benchmark(f)
}

func TestWatchCountsCycles(t *testing.T) {
	for _, cycles := range []int{0, 1, 300} {
		var w *Watch
		var took time.Duration
		r := once(t, func(b *testing.B) {
			w = Start(b)
			start := time.Now()
			for i := 1; i <= cycles; i++ {
				runtime.GC()
				if i%100 == 0 {
					w.Look()
				}
			}
			took = time.Since(start)
			w.Stop()
			w.ReportPauses()
		})
		// The watch is on for longer than that, so its rate is lower.
		got, most := r.Extra["cycles/s"], float64(cycles)/took.Seconds()
		if got > most || (got > 0) != (cycles > 0) {
			t.Errorf("%d cycles: %v cycles/s, want %v at most", cycles, got, most)
		}
		if n := w.pauses.Total(); n != uint64(cycles) {
			t.Errorf("%d cycles: %d pauses", cycles, n)
		}
		p50, p99 := r.Extra["pause-p50-ns"], r.Extra["pause-p99-ns"]
		if (p50 > 0) != (cycles > 0) || p99 < p50 {
			t.Errorf("%d cycles: pauses of %v and %v ns", cycles, p50, p99)
		}
	}
}

func TestWatchForgetsWhatTheRuntimeForgets(t *testing.T) {
	var w *Watch
	once(t, func(b *testing.B) {
		w = Start(b)
		for i := 0; i < 300; i++ {
			runtime.GC()
		}
		w.Stop()
	})
	if got := w.seen - w.first; got < 300 {
		t.Errorf("%d cycles counted of 300 forced", got)
	}
	if got := w.pauses.Total(); got != 256 {
		t.Errorf("%d pauses, want the last 256", got)
	}
}

func TestLookDoesNotAllocate(t *testing.T) {
	var w *Watch
	once(t, func(b *testing.B) { w = Start(b) })
	if got := testing.AllocsPerRun(100, w.Look); math.Round(got) != 0 {
		t.Errorf("%v allocations", got)
	}
}
