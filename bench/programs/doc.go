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
//	typecheck   an ordinary program, beside those: parser and type checker
//
// What goes in is -test.benchtime=Nx and GOMAXPROCS; what comes out is a
// benchmark line. They read no input, and nothing in them fails.
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
