package forced

import (
	"runtime"
	"time"

	"patchbench/programs/internal/forest"
	"patchbench/programs/internal/histogram"
)

const (
	members      = 4  // goroutines that force cycles
	trees        = 64 // of each member
	depth        = 7  // 127 nodes a tree
	treesPerStep = 4
)

// A caller owns a quarter of the live heap, and wants it collected.
type caller struct {
	forest *forest.Forest
	waits  histogram.Histogram // how long runtime.GC took
}

func newCaller(seed uint64) *caller {
	return &caller{forest: forest.New(trees, depth, seed)}
}

// step replaces 4 trees and forces a cycle.
func (c *caller) step() {
	for i := 0; i < treesPerStep; i++ {
		c.forest.Replace()
	}
	start := time.Now()
	runtime.GC()
	c.waits.Add(int64(time.Since(start)))
}
