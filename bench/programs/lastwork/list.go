package lastwork

import "patchbench/programs/internal/xorshift"

const (
	members   = 2    // goroutines
	gcPercent = 25   // a cycle for half a megabyte allocated, or one
	length    = 1024 // nodes of a member's list
	renewed   = 16   // nodes a step replaces
)

// A node takes the collector long, with many pointers to look at, and a mutator
// next to nothing. It is a kibibyte of the heap, with the header that new Go
// releases put before objects of more than 512 bytes.
type node struct {
	next  *node
	empty [nodeBytes/8 - 1]*node
}

const nodeBytes = 1016

// A list is a member's live heap: a single chain, which the collector can only
// mark node by node.
type list struct {
	head *node
	rng  xorshift.Source
}

func newList(seed uint64) *list {
	l := &list{rng: xorshift.New(seed)}
	l.head, _ = l.grow(length)
	return l
}

// grow returns the first and the last of n new nodes in a chain.
func (l *list) grow(n int) (first, last *node) {
	for i := 0; i < n; i++ {
		first = &node{next: first}
		if last == nil {
			last = first
		}
	}
	return first, last
}

// step cuts the list at a random node, makes the 16 nodes after the cut anew,
// and puts the second part in front of the first. Between the cut and the
// joining the second part hangs on the stack alone.
func (l *list) step() {
	n := renewed + l.rng.Below(length-2*renewed) // nodes of the first part
	end := after(l.head, n-1)
	rest := end.next
	end.next = nil

	first, newest := l.grow(renewed)
	newest.next = after(rest, renewed)
	after(newest, length-n-renewed).next = l.head
	l.head = first
}

// after returns the node n places after that one.
func after(at *node, n int) *node {
	for ; n > 0; n-- {
		at = at.next
	}
	return at
}
