package meter

import (
	"runtime/debug"
	"sync"
	"testing"
	"time"

	"patchbench/programs/internal/histogram"
)

// A Watch counts the collection cycles of the timed part of a benchmark. It
// reads them where the runtime need not stop the world for it.
type Watch struct {
	b       *testing.B
	started time.Time
	first   int64 // cycles completed before the timed part

	mu     sync.Mutex // guards what follows
	seen   int64      // cycles completed up to the last look
	stats  debug.GCStats
	pauses histogram.Histogram
}

// Start begins the timed part: it resets the timer of b.
func Start(b *testing.B) *Watch {
	w := &Watch{b: b}
	debug.ReadGCStats(&w.stats) // allocates what later calls use again
	w.first, w.seen = w.stats.NumGC, w.stats.NumGC
	b.ResetTimer()
	w.started = time.Now()
	return w
}

// Stop ends the timed part: it stops the timer of b. It reports
// cycles/s, the cycles completed in each second of the timed part. There is no
// better direction to it: fewer cycles may be a collector that marks sooner
// or a program that allocates slower.
func (w *Watch) Stop() {
	w.b.StopTimer()
	seconds := time.Since(w.started).Seconds()
	w.Look()
	w.b.ReportMetric(float64(w.seen-w.first)/seconds, "cycles/s")
}

// Look notes the pauses of the cycles completed since the last look. The
// runtime remembers 256 cycles: of the older ones nothing is noted, so a
// program whose pauses are of interest has to look more often than that. It
// takes some microseconds, does not allocate, and is safe for concurrent use.
func (w *Watch) Look() {
	w.mu.Lock()
	defer w.mu.Unlock()
	debug.ReadGCStats(&w.stats)
	for i := 0; i < len(w.stats.Pause) && int64(i) < w.stats.NumGC-w.seen; i++ {
		w.pauses.Add(int64(w.stats.Pause[i])) // the newest comes first
	}
	w.seen = w.stats.NumGC
}

// ReportPauses reports pause-p50-ns and pause-p99-ns, over the cycles noted: a
// cycle's pause is the time it stopped the world, at the start of the mark
// and for mark termination together. The quantiles of no cycle are 0. Call it
// after Stop.
func (w *Watch) ReportPauses() {
	ReportQuantiles(w.b, &w.pauses, "pause")
}

// ReportQuantiles reports the median and the 99th percentile of h, which
// counts nanoseconds, as NAME-p50-ns and NAME-p99-ns.
func ReportQuantiles(b *testing.B, h *histogram.Histogram, name string) {
	b.ReportMetric(h.Quantile(0.5), name+"-p50-ns")
	b.ReportMetric(h.Quantile(0.99), name+"-p99-ns")
}
