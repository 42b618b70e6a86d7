// Package procschange changes GOMAXPROCS while 4 goroutines renew a heap of
// 4 MB: to twice what it was at the start of the process, back, to half of it
// but 1 at least, and back. An operation is once through these 4, with 64
// pieces of work after each change, 32 KiB a piece. In the end GOMAXPROCS is
// what it was.
//
// It loads the pool of workers when it does not fit the Ps: more Ps get new
// workers at the next cycle, fewer leave some in the pool for good. The runtime
// waits for a cycle to end before it changes GOMAXPROCS, so it is the cycle
// after a change that differs. Started with 2, the modes change with it: a
// fractional worker at 1 and 2, a dedicated one at 4. Started with 4, it is
// dedicated ones at 4 and 8, a fractional one at 2.
//
// Why mark worker preemption could show here: workers are no longer bound to a
// P, and with the commit may move between Ps as ordinary goroutines do. New
// ones are promised to be in the pool before the first is looked for.
package procschange
