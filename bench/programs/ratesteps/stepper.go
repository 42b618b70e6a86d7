package ratesteps

import (
	"patchbench/programs/internal/crew"
	"patchbench/programs/internal/forest"
)

const (
	members = 4   // goroutines
	trees   = 256 // of each member
	depth   = 7   // 127 nodes a tree
)

// A level is a stretch of time with one allocation rate: each of its pieces of
// work walks that many trees and replaces that many. Walking a tree takes about
// a tenth of the time of growing one.
type level struct {
	pieces       int
	read, renews int
}

// levels is what an operation does: the rate goes up in steps, falls at once,
// and jumps to its highest. The pieces are so many that each level but the
// first allocates 4 MB, the size of the live heap.
var levels = [...]level{
	{pieces: 64, read: 16, renews: 0},
	{pieces: 1024, read: 16, renews: 1},
	{pieces: 256, read: 8, renews: 4},
	{pieces: 64, read: 0, renews: 16},
	{pieces: 1024, read: 16, renews: 1},
	{pieces: 64, read: 0, renews: 16},
}

// A stepper owns the live heap.
type stepper struct {
	forests [members]*forest.Forest
	sums    [members]uint64
}

func newStepper() *stepper {
	s := new(stepper)
	for m := range s.forests {
		s.forests[m] = forest.New(trees, depth, uint64(m))
	}
	return s
}

// step goes through the levels once. All goroutines are at the same level.
func (s *stepper) step() {
	for i := range levels {
		l := &levels[i]
		crew.Run(members, l.pieces, func(m int) {
			f := s.forests[m]
			for i := 0; i < l.read; i++ {
				s.sums[m] += f.Pick().Sum()
			}
			for i := 0; i < l.renews; i++ {
				f.Replace()
			}
		})
	}
}
