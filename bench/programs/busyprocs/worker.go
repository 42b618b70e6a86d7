package busyprocs

import "patchbench/programs/internal/forest"

const (
	members   = 16 // busy goroutines
	trees     = 64 // of each member
	depth     = 7  // 127 nodes a tree
	treesRead = 8  // walked for each one grown
)

// A worker owns a sixteenth of the live heap.
type worker struct {
	forest *forest.Forest
	sum    uint64
}

func newWorker(seed uint64) *worker {
	return &worker{forest: forest.New(trees, depth, seed)}
}

// step walks 8 trees and replaces one.
func (w *worker) step() {
	for i := 0; i < treesRead; i++ {
		w.sum += w.forest.Pick().Sum()
	}
	w.forest.Replace()
}
