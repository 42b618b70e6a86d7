package forest

import (
	"runtime"
	"testing"

	"patchbench/programs/internal/meter"
	"patchbench/programs/internal/xorshift"
)

func TestGrow(t *testing.T) {
	for depth := 1; depth <= 8; depth++ {
		rng, again := xorshift.New(3), xorshift.New(3)
		tree := Grow(depth, &rng)
		if got, want := count(tree), 1<<uint(depth)-1; got != want || tree.Nodes() != want {
			t.Errorf("depth %d: %d nodes, said to be %d, want %d", depth, got, tree.Nodes(), want)
		}
		var sum uint64
		for i := 0; i < tree.Nodes(); i++ {
			sum += again.Next()
		}
		if tree.Sum() != sum {
			t.Errorf("depth %d: sum %#x, want %#x", depth, tree.Sum(), sum)
		}
	}
}

func count(t *Tree) int {
	if t == nil {
		return 0
	}
	return 1 + count(t.left) + count(t.right)
}

func TestForestKeepsItsSize(t *testing.T) {
	before := meter.Live()
	f := New(512, 6, 1)
	grown := meter.Live()
	check := func(when string, live uint64) {
		t.Helper()
		got, want := float64(live)-float64(before), float64(f.Bytes())
		if got < want || got > want*1.05 {
			t.Errorf("%s: %.0f bytes live, want %.0f and up to 5 %% more", when, got, want)
		}
	}
	check("new", grown)
	for i := 0; i < 2000; i++ {
		f.Replace()
	}
	check("after replacing", meter.Live())
	runtime.KeepAlive(f)
}

func TestReplaceAllocatesOneTree(t *testing.T) {
	f := New(16, 7, 1)
	if got := testing.AllocsPerRun(100, func() { f.Replace() }); got != 127 {
		t.Errorf("%v allocations, want 127", got)
	}
	bytes := meter.Allocated(func() {
		for i := 0; i < 100; i++ {
			f.Replace()
		}
	})
	if want := uint64(100 * 127 * NodeBytes); bytes < want || bytes > want+want/50 {
		t.Errorf("%d bytes allocated, want %d and up to 2 %% more", bytes, want)
	}
}

func TestReplaceReachesEveryTree(t *testing.T) {
	f := New(8, 2, 1)
	old := append([]*Tree(nil), f.trees...)
	for i := 0; i < 200; i++ {
		f.Replace()
	}
	for i := range old {
		if f.trees[i] == old[i] {
			t.Errorf("tree %d was never replaced", i)
		}
	}
}
