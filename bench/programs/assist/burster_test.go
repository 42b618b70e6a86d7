package assist

import (
	"runtime"
	"runtime/debug"
	"sync"
	"testing"

	"patchbench/programs/internal/crew"
	"patchbench/programs/internal/forest"
	"patchbench/programs/internal/meter"
)

// Grown once a process, not once a call of the benchmark.
var heap struct {
	once    sync.Once
	members [members]*burster
}

func grow() *[members]*burster {
	heap.once.Do(func() { heap.members = growAnew() })
	return &heap.members
}

func growAnew() (all [members]*burster) {
	for m := range all {
		all[m] = newBurster(uint64(m))
	}
	return all
}

func BenchmarkAssist(b *testing.B) {
	defer debug.SetGCPercent(debug.SetGCPercent(gcPercent))
	all := grow()
	b.SetBytes(treesPerStep * (1<<depth - 1) * forest.NodeBytes)
	w := meter.Start(b)
	crew.Run(members, b.N, func(m int) { all[m].step() })
	w.Stop()
	runtime.KeepAlive(all)
}

func TestHeapKeepsItsSize(t *testing.T) {
	before := meter.Live()
	w := growAnew()
	crew.Run(members, 500, func(m int) { w[m].step() })
	got, want := float64(meter.Live())-float64(before), 8e6
	if got < want || got > want*1.1 {
		t.Errorf("%.0f bytes live, want 8 MB and up to 10 %% more", got)
	}
	runtime.KeepAlive(&w)
}

func TestStepAllocatesWhatItSays(t *testing.T) {
	w := grow()[0]
	if got, want := testing.AllocsPerRun(20, w.step), float64(treesPerStep*(1<<depth-1)); got != want {
		t.Errorf("%v allocations, want %v", got, want)
	}
}
