package finalizers

import (
	"runtime"
	"sync"
	"testing"
	"time"

	"patchbench/programs/internal/forest"
	"patchbench/programs/internal/histogram"
	"patchbench/programs/internal/meter"
	"patchbench/programs/internal/xorshift"
)

// Made once a process, not once a call of the benchmark.
var live struct {
	once sync.Once
	ring *ring
}

func grow() *ring {
	live.once.Do(func() { live.ring = newRing(1) })
	return live.ring
}

func BenchmarkFinalizers(b *testing.B) {
	r := grow()
	h := new(histogram.Histogram)
	w := meter.Start(b)
	for i := 0; i < b.N; i++ {
		r.replace()
		start := time.Now()
		runtime.GC()
		h.Add(int64(time.Since(start)))
		r.wait()
	}
	w.Stop()
	meter.ReportQuantiles(b, h, "cycle")
	runtime.KeepAlive(r)
}

func TestFinalizersRunOnceEach(t *testing.T) {
	r := newRing(2)
	const steps = 10
	for i := 0; i < steps; i++ {
		r.replace()
		runtime.GC()
		r.wait()
	}
	// The last batch was not waited for.
	for tries := 0; r.unwaited > 0; tries++ {
		if tries == 100 {
			t.Fatalf("%d finalizers did not run", r.unwaited)
		}
		runtime.GC()
		for more := true; more && r.unwaited > 0; {
			select {
			case s := <-r.sums:
				r.sum += s
				r.unwaited--
			case <-time.After(10 * time.Millisecond):
				more = false
			}
		}
	}
	// What was made first was let go of first.
	rng, want := xorshift.New(2), uint64(0)
	for i := 0; i < steps*batch; i++ {
		want += forest.Grow(depth, &rng).Sum()
	}
	if r.sum != want {
		t.Errorf("sum %#x, want %#x", r.sum, want)
	}
	runtime.KeepAlive(r)
}

func TestHeapKeepsItsSize(t *testing.T) {
	r := newRing(3)
	steps := func() uint64 {
		for i := 0; i < 20; i++ {
			r.replace()
			runtime.GC()
			r.wait()
		}
		return meter.Live()
	}
	first := float64(steps())
	if got := float64(steps()); got > first*1.1+64<<10 || got < first*0.9-64<<10 {
		t.Errorf("%.0f bytes live after 20 steps, %.0f after 40", first, got)
	}
	runtime.KeepAlive(r)
}
