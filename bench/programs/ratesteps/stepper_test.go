package ratesteps

import (
	"runtime"
	"sync"
	"testing"

	"patchbench/programs/internal/forest"
	"patchbench/programs/internal/meter"
)

// Grown once a process, not once a call of the benchmark.
var heap struct {
	once    sync.Once
	stepper *stepper
}

func grow() *stepper {
	heap.once.Do(func() { heap.stepper = newStepper() })
	return heap.stepper
}

// renewed is the number of trees that a step replaces.
func renewed() int {
	n := 0
	for _, l := range levels {
		n += l.pieces * l.renews
	}
	return n
}

func BenchmarkRateSteps(b *testing.B) {
	s := grow()
	b.SetBytes(int64(renewed() * (1<<depth - 1) * forest.NodeBytes))
	w := meter.Start(b)
	for i := 0; i < b.N; i++ {
		s.step()
	}
	w.Stop()
	runtime.KeepAlive(s)
}

func TestLevelsAllocateAsMuchAsIsAlive(t *testing.T) {
	for i, l := range levels {
		if got := l.pieces * l.renews; i > 0 && got != members*trees {
			t.Errorf("level %d replaces %d trees of %d", i, got, members*trees)
		}
	}
}

func TestHeapKeepsItsSize(t *testing.T) {
	before := meter.Live()
	s := newStepper()
	bytes := meter.Allocated(s.step)
	got, want := float64(meter.Live())-float64(before), 4.2e6
	if got < want*0.99 || got > want*1.1 {
		t.Errorf("%.0f bytes live, want 4.2 MB and up to 10 %% more", got)
	}
	if want := uint64(renewed() * (1<<depth - 1) * forest.NodeBytes); bytes < want || bytes > want+want/50 {
		t.Errorf("%d bytes allocated, want %d and up to 2 %% more", bytes, want)
	}
	sum := uint64(0)
	for _, n := range s.sums {
		sum += n
	}
	if sum == 0 {
		t.Error("a step reads nothing")
	}
}
