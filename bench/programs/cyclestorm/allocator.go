package cyclestorm

const (
	members   = 2   // allocating goroutines
	gcPercent = 10  // so low that the 1 MiB which the runtime grants each cycle is what counts
	kept      = 32  // blocks a member keeps
	perStep   = 128 // blocks, 127 KiB
)

// A block is a kibibyte with one pointer in it: few allocations use up much
// heap, and there is next to nothing to mark. With the header that new Go
// releases put before objects of more than 512 bytes it fills its size class
// still.
type block struct {
	previous *block
	body     [blockBytes/8 - 1]uint64
}

const blockBytes = 1016

// An allocator is one goroutine's share of the storm: it makes garbage and
// keeps next to nothing.
type allocator struct {
	kept [kept]*block
	made uint64
}

// step makes 128 blocks, each of which pushes out the one made 32 before.
// Every other block points to the one before it, so that what is live is
// bounded but is no mere array.
func (a *allocator) step() {
	for i := 0; i < perStep; i++ {
		b := new(block)
		b.body[i%len(b.body)] = a.made
		if i%2 == 1 {
			b.previous = a.kept[(i-1)%kept]
		}
		a.kept[i%kept] = b
		a.made++
	}
}
