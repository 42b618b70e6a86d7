// Package finalizers makes 512 objects with finalizers, lets go of the 512
// oldest of 2048, forces a cycle, and waits until all but 512 of those let go
// of are finalized. So finalizers run while the next objects are made and
// marked, and never fall behind.
//
// It loads special records: they are roots of the mark, the sweep finds those
// of the dead, and the finalizer goroutine is woken after each cycle. The
// mutator waits for its cycle, so idle workers mark wherever there is a second
// P; at GOMAXPROCS 4 a dedicated one does too. cycle-p50-ns and cycle-p99-ns
// are how long runtime.GC took: mark and sweep.
//
// Why mark worker preemption could show here: the worker that ends the mark
// does so as an ordinary goroutine, beside the finalizer goroutine that was
// made ready meanwhile. If it is preempted there, it stands in the same queue.
package finalizers
