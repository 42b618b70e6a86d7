package assist

import "patchbench/programs/internal/forest"

const (
	members      = 16  // allocating goroutines
	gcPercent    = 50  // leaves little room to allocate in while marking
	trees        = 128 // of each member
	depth        = 7   // 127 nodes a tree
	treesPerStep = 16  // about 64 KiB
)

// A burster owns a sixteenth of the live heap.
type burster struct {
	forest *forest.Forest
}

func newBurster(seed uint64) *burster {
	return &burster{forest.New(trees, depth, seed)}
}

// step replaces 16 trees as fast as the allocator gives.
func (b *burster) step() {
	for i := 0; i < treesPerStep; i++ {
		b.forest.Replace()
	}
}
