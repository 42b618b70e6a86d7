// Package programs is the root of a module of small programs that load one
// part of the garbage collector each. They are ordinary benchmarks of package
// testing, compiled by each side of a comparison:
//
//	cyclestorm  mark start and mark termination: short cycles, tiny heap
//	liveheap    marking: a large heap of small linked objects, slowly renewed
//	assist      mark assists: many goroutines outrun the mark workers
//	idleprocs   idle mark workers: one busy goroutine, all other Ps free
//	buffers     large pointer-free objects: sweeping and spans, hardly a mark
//	latency     requests and answers while cycles run: p50, p99, p99.9
//	busyprocs   background workers, none idle: every P busy, moderate allocation
//	deepstacks  scanning stacks: 512 goroutines asleep, up to 128 calls deep
//	finalizers  special records: objects that are finalized, cycle by cycle
//	forced      forced cycles: 4 goroutines that call runtime.GC at once
//	lastwork    the end of the mark, again and again: lists cut while marked
//	manyprocs   Ps that come and go: bursts of tiny goroutines
//	procschange GOMAXPROCS changed while running
//	ratesteps   the pacer: an allocation rate that changes in steps
//	typecheck   an ordinary program, beside those: parser and type checker
//
// What goes in is -test.benchtime=Nx and GOMAXPROCS; what comes out is a
// benchmark line. They read no input, and nothing in them fails. All report
// cycles/s, the collection cycles of each second; the doc of a program tells
// what else it reports.
//
// Which workers mark follows from GOMAXPROCS and from what the mutator leaves
// free. The pacer wants a quarter of the Ps: up to 3 that is a fractional
// worker, at 4 and 5 a dedicated one, at 6 one of each, from 7 on dedicated
// ones. Idle workers take any P that has nothing to run.
//
// # What they promise
//
// An operation is the same work for every N: the live heap neither grows nor
// shrinks, so cycles are as frequent in the millionth operation as in the
// first. Work is chosen by seeded generators. It is shared out among a fixed
// number of goroutines, whatever GOMAXPROCS; only which goroutine does a piece
// is left to the scheduler. None of them sleeps or sets a timer. Heaps are
// grown once a process, in a tenth of a second at most, outside the timer.
//
// The module keeps to the Go of go.mod, without dependencies, so that every
// toolchain from that release on compiles it.
package programs
