// Package assist allocates faster than the collector marks: 16 goroutines,
// each with 128 trees of 127 nodes, replace them without a pause, in a heap of
// 8 MB that may grow by half before a cycle must be over.
//
// It loads the mark assists: every P has a goroutine ready to run, so the
// background workers get no more than their quarter, and the allocating
// goroutines do the rest, wait in the assist queue, or steal credit.
//
// Why mark worker preemption could show here: the run queues are never empty.
// A mark worker made runnable by a preemption stands in line behind 16
// goroutines that all want to go on, and what it does not mark they must. The
// share of assists against that of dedicated and fractional workers would
// move first.
package assist
