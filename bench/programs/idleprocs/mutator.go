package idleprocs

import "patchbench/programs/internal/forest"

const (
	trees        = 2048 // in the live heap
	depth        = 8    // 255 nodes a tree
	treesPerStep = 16   // about 128 KiB
)

// A mutator is the one goroutine that is always busy. A second one, the
// walker, sleeps but for the tree it is sent at each step.
type mutator struct {
	forest *forest.Forest
}

func newMutator(seed uint64) *mutator {
	return &mutator{forest: forest.New(trees, depth, seed)}
}

// run does n steps and returns the sum of the keys of the trees walked. A
// step hands a tree to the walker, replaces 16 trees, and takes the sum of
// the tree handed over: by then the walker has long been done, so that a
// step waits for it only if no P would run it.
func (m *mutator) run(n int) uint64 {
	walk, sums := make(chan *forest.Tree, 1), make(chan uint64, 1)
	go func() {
		for t := range walk {
			sums <- t.Sum()
		}
	}()
	total := uint64(0)
	for i := 0; i < n; i++ {
		walk <- m.forest.Pick()
		for j := 0; j < treesPerStep; j++ {
			m.forest.Replace()
		}
		total += <-sums
	}
	close(walk)
	return total
}
