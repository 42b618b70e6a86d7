package lastwork

import (
	"runtime"
	"runtime/debug"
	"sync"
	"testing"

	"patchbench/programs/internal/crew"
	"patchbench/programs/internal/meter"
)

// lookEach is the number of steps of one member between two looks at the
// pauses: less than a cycle each, so that no more than 64 pass.
const lookEach = 32

// Grown once a process, not once a call of the benchmark.
var heap struct {
	once    sync.Once
	members [members]*list
}

func grow() *[members]*list {
	heap.once.Do(func() { heap.members = growAnew() })
	return &heap.members
}

func growAnew() (all [members]*list) {
	for m := range all {
		all[m] = newList(uint64(m))
	}
	return all
}

func BenchmarkLastWork(b *testing.B) {
	defer debug.SetGCPercent(debug.SetGCPercent(gcPercent))
	all := grow()
	var steps [members]int
	w := meter.Start(b)
	crew.Run(members, b.N, func(m int) {
		all[m].step()
		if steps[m]++; steps[m]%lookEach == 0 {
			w.Look()
		}
	})
	w.Stop()
	w.ReportPauses()
	runtime.KeepAlive(all)
}

func TestStepKeepsOneChain(t *testing.T) {
	l := newList(1)
	for i := 0; i < 50; i++ {
		old := make(map[*node]bool, length)
		for n := l.head; n != nil; n = n.next {
			old[n] = true
		}
		tail := after(l.head, length-1)
		l.step()
		nodes, anew := 0, 0
		for n := l.head; n != nil; n = n.next {
			nodes++
			if !old[n] {
				anew++
				if nodes != anew {
					t.Fatalf("step %d: node %d is new, the one before is not", i, nodes)
				}
			}
		}
		if nodes != length || anew != renewed {
			t.Fatalf("step %d: %d nodes, %d of them new, want %d and %d", i, nodes, anew, length, renewed)
		}
		if after(l.head, length-1) == tail {
			t.Fatalf("step %d: the list ends as it did", i)
		}
	}
}

func TestHeapKeepsItsSize(t *testing.T) {
	before := meter.Live()
	all := growAnew()
	crew.Run(members, 500, func(m int) { all[m].step() })
	got, want := float64(meter.Live())-float64(before), float64(members*length*nodeBytes)
	if got < want || got > want*1.1 {
		t.Errorf("%.0f bytes live, want %.0f and up to 10 %% more", got, want)
	}
	runtime.KeepAlive(&all)
}

func TestStepAllocatesWhatItSays(t *testing.T) {
	l := newList(2)
	if got := testing.AllocsPerRun(20, l.step); got != renewed {
		t.Errorf("%v allocations, want %d", got, renewed)
	}
}
