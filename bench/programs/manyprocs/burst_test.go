package manyprocs

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
	burster *burster
}

func grow() *burster {
	heap.once.Do(func() { heap.burster = newBurster() })
	return heap.burster
}

func BenchmarkManyProcs(b *testing.B) {
	all := grow()
	b.SetBytes(tiny * (1<<depth - 1) * forest.NodeBytes)
	w := meter.Start(b)
	for i := 0; i < b.N; i++ {
		all.step()
	}
	w.Stop()
	runtime.KeepAlive(all)
}

func TestHeapKeepsItsSize(t *testing.T) {
	before := meter.Live()
	b := newBurster()
	for i := 0; i < 500; i++ {
		b.step()
	}
	got, want := float64(meter.Live())-float64(before), 4e6
	if got < want || got > want*1.1 {
		t.Errorf("%.0f bytes live, want 4 MB and up to 10 %% more", got)
	}
	runtime.KeepAlive(b)
}

func TestStepDoesTheSameWorkEachTime(t *testing.T) {
	const n = 100
	a, b := newBurster(), newBurster()
	bytes := meter.Allocated(func() {
		for i := 0; i < n; i++ {
			a.step()
		}
	})
	for i := 0; i < n; i++ {
		b.step()
	}
	if a.sum != b.sum || a.sum == 0 {
		t.Errorf("sums %#x and %#x of the same work", a.sum, b.sum)
	}
	// Beside the trees there is what starting a goroutine takes.
	if want := uint64(n * tiny * (1<<depth - 1) * forest.NodeBytes); bytes < want || bytes > want+want/5 {
		t.Errorf("%d bytes allocated, want %d and up to a fifth more", bytes, want)
	}
}
