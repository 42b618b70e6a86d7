package deepstacks

import (
	"sync"

	"patchbench/programs/internal/forest"
	"patchbench/programs/internal/xorshift"
)

const (
	parked   = 512 // goroutines
	deepest  = 128 // calls; the first goroutine is 1 deep, the 128th 128, the 129th 1 again
	members  = 2   // allocating goroutines
	perStep  = 16  // blocks a step
	blockLen = 127 // words: 1016 bytes, 1 KiB of the heap
)

// A crowd is a number of goroutines that sleep deep in their stacks until they
// are released.
type crowd struct {
	release chan struct{}
	asleep  sync.WaitGroup
	sums    chan uint64
}

// newCrowd starts n goroutines and returns when all sleep.
func newCrowd(n int) *crowd {
	c := &crowd{release: make(chan struct{}), sums: make(chan uint64, n)}
	c.asleep.Add(n)
	for i := 0; i < n; i++ {
		go func(i int) {
			rng := xorshift.New(uint64(i))
			c.sums <- c.descend(i%deepest+1, &rng)
		}(i)
	}
	c.asleep.Wait()
	return c
}

// descend makes a stack of that many calls, each of which holds the only
// pointer to an object of its own, and sleeps in the innermost. It returns the
// sum of what the objects hold.
//
//go:noinline
func (c *crowd) descend(calls int, rng *xorshift.Source) uint64 {
	own := forest.Grow(1, rng)
	below := uint64(0)
	if calls > 1 {
		below = c.descend(calls-1, rng)
	} else {
		c.asleep.Done()
		<-c.release
	}
	return below + own.Sum()
}

// wake lets the goroutines return and adds up their sums.
func (c *crowd) wake() uint64 {
	close(c.release)
	total := uint64(0)
	for i := 0; i < cap(c.sums); i++ {
		total += <-c.sums
	}
	return total
}

// An allocator makes the garbage that starts the cycles.
type allocator struct {
	newest *[blockLen]uint64
	made   uint64
}

// step makes 16 blocks, of which the last one is kept until the next step.
func (a *allocator) step() {
	for i := 0; i < perStep; i++ {
		a.newest = new([blockLen]uint64)
		a.newest[i] = a.made
		a.made++
	}
}
