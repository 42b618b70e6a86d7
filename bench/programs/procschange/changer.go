package procschange

import (
	"runtime"
	"sync/atomic"

	"patchbench/programs/internal/forest"
)

const (
	members   = 4   // allocating goroutines
	trees     = 256 // of each member
	depth     = 7   // 127 nodes a tree
	perChange = 64  // pieces of work between two changes
	perPiece  = 8   // trees, about 32 KiB
)

// A changer lets goroutines renew a forest each, and changes GOMAXPROCS under
// them.
type changer struct {
	forests [members]*forest.Forest
	procs   []int
	taken   int64 // pieces of work
}

// newChanger returns a changer for a process that has that many Ps: they
// become twice as many, as they were, half as many but at least one, and as
// they were.
func newChanger(procs int) *changer {
	half := procs / 2
	if half == 0 {
		half = 1
	}
	c := &changer{procs: []int{2 * procs, procs, half, procs}}
	for m := range c.forests {
		c.forests[m] = forest.New(trees, depth, uint64(m))
	}
	return c
}

// opPieces is the number of pieces in an operation: once through the changes.
func (c *changer) opPieces() int { return perChange * len(c.procs) }

// piece does one piece of work of a member; every 64th begins with a change.
// The members take pieces at the same time, so the others go on meanwhile.
func (c *changer) piece(member int) {
	if n := int(atomic.AddInt64(&c.taken, 1)) - 1; n%perChange == 0 {
		runtime.GOMAXPROCS(c.procs[n/perChange%len(c.procs)])
	}
	for i := 0; i < perPiece; i++ {
		c.forests[member].Replace()
	}
}
