package manyprocs

import (
	"sync"

	"patchbench/programs/internal/forest"
)

const (
	tiny      = 32  // goroutines of a burst
	trees     = 128 // of each
	depth     = 5   // 31 nodes a tree, about 1 KiB
	treesRead = 64  // walked between two bursts
)

// A burster owns the live heap: a small forest for each of the goroutines that
// it starts at once.
type burster struct {
	forests [tiny]*forest.Forest
	sum     uint64
}

func newBurster() *burster {
	b := new(burster)
	for i := range b.forests {
		b.forests[i] = forest.New(trees, depth, uint64(i))
	}
	return b
}

// step starts 32 goroutines that replace a tree each, waits for them, and
// walks 64 trees alone: by then the other Ps have nothing to do.
func (b *burster) step() {
	var wg sync.WaitGroup
	wg.Add(tiny)
	for i := range b.forests {
		go func(f *forest.Forest) {
			f.Replace()
			wg.Done()
		}(b.forests[i])
	}
	wg.Wait()
	for i := 0; i < treesRead; i++ {
		b.sum += b.forests[i%tiny].Pick().Sum()
	}
}
