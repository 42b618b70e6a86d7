package finalizers

import (
	"runtime"

	"patchbench/programs/internal/forest"
	"patchbench/programs/internal/xorshift"
)

const (
	batch = 512       // objects a step makes
	kept  = 4 * batch // objects alive
	depth = 4         // 15 nodes a tree
)

// An object has a finalizer and something that the finalizer reads, which the
// collector therefore has to keep for one cycle more.
type object struct {
	payload *forest.Tree
	sums    chan<- uint64
}

func (o *object) finalize() { o.sums <- o.payload.Sum() }

// A ring holds the objects made last. Those it lets go of are finalized.
type ring struct {
	objects  [kept]*object
	next     int
	rng      xorshift.Source
	sums     chan uint64
	unwaited int // objects let go of whose finalizer was not waited for
	sum      uint64
}

func newRing(seed uint64) *ring {
	// There is room for all that can be unfinalized: a finalizer that waits
	// stops all others, those of a ring that is gone too.
	r := &ring{rng: xorshift.New(seed), sums: make(chan uint64, kept+2*batch)}
	for i := range r.objects {
		r.objects[i] = r.make()
	}
	return r
}

func (r *ring) make() *object {
	o := &object{payload: forest.Grow(depth, &r.rng), sums: r.sums}
	runtime.SetFinalizer(o, (*object).finalize)
	return o
}

// replace makes 512 objects in place of the 512 oldest.
func (r *ring) replace() {
	for i := 0; i < batch; i++ {
		r.objects[r.next] = r.make()
		r.next = (r.next + 1) % kept
	}
	r.unwaited += batch
}

// wait waits until all but 512 of the objects let go of are finalized. The
// finalizers of those run during what comes next, and an object that a stale
// pointer keeps for a cycle delays nothing.
func (r *ring) wait() {
	for ; r.unwaited > batch; r.unwaited-- {
		r.sum += <-r.sums
	}
}
