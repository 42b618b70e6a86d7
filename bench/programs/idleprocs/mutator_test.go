package idleprocs

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
	mutator *mutator
}

func grow() *mutator {
	heap.once.Do(func() { heap.mutator = newMutator(1) })
	return heap.mutator
}

func BenchmarkIdleProcs(b *testing.B) {
	m := grow()
	b.SetBytes(treesPerStep * (1<<depth - 1) * forest.NodeBytes)
	w := meter.Start(b)
	m.run(b.N)
	w.Stop()
	runtime.KeepAlive(m)
}

func TestHeapKeepsItsSize(t *testing.T) {
	before := meter.Live()
	m := newMutator(1)
	m.run(100)
	got, want := float64(meter.Live())-float64(before), 16e6
	if got < want || got > want*1.1 {
		t.Errorf("%.0f bytes live, want 16 MB and up to 10 %% more", got)
	}
	runtime.KeepAlive(m)
}

func TestRunDoesTheSameWorkEachTime(t *testing.T) {
	const n = 20
	a, b := newMutator(5), newMutator(5)
	var sums [2]uint64
	bytes := meter.Allocated(func() { sums[0] = a.run(n) })
	sums[1] = b.run(n)
	if sums[0] != sums[1] || sums[0] == 0 {
		t.Errorf("sums %#x and %#x of the same work", sums[0], sums[1])
	}
	if want := uint64(n * treesPerStep * (1<<depth - 1) * forest.NodeBytes); bytes < want || bytes > want+want/50 {
		t.Errorf("%d bytes allocated, want %d and up to 2 %% more", bytes, want)
	}
}

func TestWalkerSeesOneTreeAStep(t *testing.T) {
	m := &mutator{forest.New(1, depth, 1)}
	want := m.forest.Pick().Sum()
	if got := m.run(1); got != want {
		t.Errorf("sum %#x of the only tree, want %#x", got, want)
	}
}
