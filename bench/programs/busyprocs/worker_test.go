package busyprocs

import (
	"runtime"
	"sync"
	"testing"

	"patchbench/programs/internal/crew"
	"patchbench/programs/internal/forest"
	"patchbench/programs/internal/meter"
)

// Grown once a process, not once a call of the benchmark.
var heap struct {
	once    sync.Once
	members [members]*worker
}

func grow() *[members]*worker {
	heap.once.Do(func() { heap.members = growAnew() })
	return &heap.members
}

func growAnew() (all [members]*worker) {
	for m := range all {
		all[m] = newWorker(uint64(m))
	}
	return all
}

func BenchmarkBusyProcs(b *testing.B) {
	all := grow()
	b.SetBytes((1<<depth - 1) * forest.NodeBytes)
	w := meter.Start(b)
	crew.Run(members, b.N, func(m int) { all[m].step() })
	w.Stop()
	runtime.KeepAlive(all)
}

func TestHeapKeepsItsSize(t *testing.T) {
	before := meter.Live()
	all := growAnew()
	crew.Run(members, 5000, func(m int) { all[m].step() })
	got, want := float64(meter.Live())-float64(before), 4.1e6
	if got < want || got > want*1.1 {
		t.Errorf("%.0f bytes live, want 4.1 MB and up to 10 %% more", got)
	}
	runtime.KeepAlive(&all)
}

func TestStepAllocatesWhatItSays(t *testing.T) {
	w := grow()[0]
	if got, want := testing.AllocsPerRun(20, w.step), float64(1<<depth-1); got != want {
		t.Errorf("%v allocations, want %v", got, want)
	}
	if w.sum == 0 {
		t.Error("a step reads nothing")
	}
}
