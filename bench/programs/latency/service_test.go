package latency

import (
	"runtime"
	"sync"
	"testing"

	"patchbench/programs/internal/forest"
	"patchbench/programs/internal/histogram"
	"patchbench/programs/internal/meter"
)

// Grown once a process, not once a call of the benchmark.
var heap struct {
	once    sync.Once
	service *service
}

func grow() *service {
	heap.once.Do(func() { heap.service = newService() })
	return heap.service
}

func BenchmarkLatency(b *testing.B) {
	s := grow()
	w := meter.Start(b)
	h := s.run(b.N)
	w.Stop()
	w.ReportPauses()
	b.ReportMetric(h.Quantile(0.5), "p50-ns")
	b.ReportMetric(h.Quantile(0.99), "p99-ns")
	b.ReportMetric(h.Quantile(0.999), "p99.9-ns")
	runtime.KeepAlive(s)
}

func TestHeapKeepsItsSize(t *testing.T) {
	before := meter.Live()
	s := newService()
	s.run(2000)
	got, want := float64(meter.Live())-float64(before), 8e6
	if got < want || got > want*1.1 {
		t.Errorf("%.0f bytes live, want 8 MB and up to 10 %% more", got)
	}
	runtime.KeepAlive(s)
}

func TestEveryRequestIsAnsweredOnce(t *testing.T) {
	s := grow()
	for _, n := range []int{1, 3, 1000} {
		var h *histogram.Histogram
		bytes := meter.Allocated(func() { h = s.run(n) })
		if h.Total() != uint64(n) {
			t.Errorf("%d latencies of %d requests", h.Total(), n)
		}
		work := uint64(n * treesPerRequest * (1<<depth - 1) * forest.NodeBytes)
		if bytes < work || bytes > work+work/50+512<<10 {
			t.Errorf("%d bytes allocated by %d requests, want %d, 2 %% more, and 512 KiB for the counts", bytes, n, work)
		}
		if p50, p99 := h.Quantile(0.5), h.Quantile(0.99); p50 <= 0 || p99 < p50 {
			t.Errorf("%d requests: p50 %v, p99 %v", n, p50, p99)
		}
	}
}

func TestAnswersAreTheSameWorkEach(t *testing.T) {
	s := grow()
	if got, want := testing.AllocsPerRun(50, func() { s.answer(0) }), float64(treesPerRequest*(1<<depth-1)); got != want {
		t.Errorf("%v allocations, want %v", got, want)
	}
	if s.answer(1) == 0 {
		t.Error("an answer reads nothing")
	}
}
