// Package forest keeps heaps of small linked objects alive and renews them
// piece by piece: the pointer-rich live heap that several programs share.
//
// A forest is a row of complete binary trees. Its size never changes; what
// changes is which objects it is made of. Trees are not written to once they
// are grown, so a tree may be walked while the forest goes on. Nothing here
// fails; a forest has one owner at a time.
package forest

import "patchbench/programs/internal/xorshift"

// NodeBytes is what a node takes of the heap on a 64-bit machine: two
// pointers and two words, a size class of its own.
const NodeBytes = 32

// A Tree is a node and all below it.
type Tree struct {
	left, right *Tree
	key, below  uint64 // below is the number of nodes under this one
}

// Grow allocates a complete tree of 1<<depth - 1 nodes, for depth from 1.
func Grow(depth int, rng *xorshift.Source) *Tree {
	if depth == 1 {
		return &Tree{key: rng.Next()}
	}
	left, right := Grow(depth-1, rng), Grow(depth-1, rng)
	return &Tree{left: left, right: right, key: rng.Next(), below: left.below + right.below + 2}
}

// Sum walks the tree and adds up its keys.
func (t *Tree) Sum() uint64 {
	if t == nil {
		return 0
	}
	return t.key + t.left.Sum() + t.right.Sum()
}

// Nodes returns the number of nodes of the tree.
func (t *Tree) Nodes() int { return int(t.below) + 1 }

// A Forest is a fixed number of trees of one depth.
type Forest struct {
	trees []*Tree
	depth int
	rng   xorshift.Source
}

// New grows a forest of that many trees of 1<<depth - 1 nodes each.
func New(trees, depth int, seed uint64) *Forest {
	f := &Forest{trees: make([]*Tree, trees), depth: depth, rng: xorshift.New(seed)}
	for i := range f.trees {
		f.trees[i] = Grow(depth, &f.rng)
	}
	return f
}

// Replace drops a tree chosen at random and returns the one grown in its
// place: 1<<depth - 1 allocations.
func (f *Forest) Replace() *Tree {
	t := Grow(f.depth, &f.rng)
	f.trees[f.rng.Below(len(f.trees))] = t
	return t
}

// Pick returns a tree chosen at random.
func (f *Forest) Pick() *Tree { return f.trees[f.rng.Below(len(f.trees))] }

// Bytes returns what the nodes of the forest take of the heap.
func (f *Forest) Bytes() int { return len(f.trees) * (1<<uint(f.depth) - 1) * NodeBytes }
