package liveheap

import "patchbench/programs/internal/forest"

const (
	members      = 2    // replacing goroutines
	trees        = 1536 // of each member
	depth        = 8    // 255 nodes a tree
	treesPerStep = 8    // about 64 KiB
)

// A replacer owns half of the live heap.
type replacer struct {
	forest *forest.Forest
}

func newReplacer(seed uint64) *replacer {
	return &replacer{forest.New(trees, depth, seed)}
}

// step replaces 8 trees chosen at random.
func (r *replacer) step() {
	for i := 0; i < treesPerStep; i++ {
		r.forest.Replace()
	}
}
