package liveheap

import (
	"runtime"
	"sync"
	"testing"

	"patchbench/programs/internal/crew"
	"patchbench/programs/internal/forest"
	"patchbench/programs/internal/meter"
)

// The heap is grown once a process: testing calls a benchmark with b.N = 1
// before it calls it in earnest, and the growing would count twice in the
// process's CPU time.
var heap struct {
	once    sync.Once
	members [members]*replacer
}

func grow() *[members]*replacer {
	heap.once.Do(func() { heap.members = growAnew() })
	return &heap.members
}

func growAnew() (all [members]*replacer) {
	for m := range all {
		all[m] = newReplacer(uint64(m))
	}
	return all
}

func BenchmarkLiveHeap(b *testing.B) {
	r := grow()
	b.SetBytes(treesPerStep * (1<<depth - 1) * forest.NodeBytes)
	w := meter.Start(b)
	crew.Run(members, b.N, func(m int) { r[m].step() })
	w.Stop()
	runtime.KeepAlive(r)
}

func TestHeapKeepsItsSize(t *testing.T) {
	before := meter.Live()
	r := growAnew()
	crew.Run(members, 500, func(m int) { r[m].step() })
	got, want := float64(meter.Live())-float64(before), 24e6
	if got < want || got > want*1.1 {
		t.Errorf("%.0f bytes live, want 24 MB and up to 10 %% more", got)
	}
	runtime.KeepAlive(&r)
}

func TestStepAllocatesWhatItSays(t *testing.T) {
	r := grow()[0]
	if got, want := testing.AllocsPerRun(20, r.step), float64(treesPerStep*(1<<depth-1)); got != want {
		t.Errorf("%v allocations, want %v", got, want)
	}
}
