// Package cyclestorm collects a tiny heap over and over: two goroutines make
// garbage of 1 KiB blocks and keep 64 KiB of it, so that a cycle starts with
// each megabyte allocated and has next to nothing to mark.
//
// At GOMAXPROCS 2 a fractional worker marks, at 4 a dedicated and idle ones. It
// reports pause-p50-ns and pause-p99-ns, how long a cycle stopped the world.
//
// It loads the fixed cost of a cycle: stopping the world twice, waking the
// mark workers, their parking, and detecting that the mark is done.
//
// Why mark worker preemption could show here: a worker wakes, finds little,
// and parks again in every cycle, and one of them runs mark termination. The
// park function and the way from the end of the drain to the next park are
// what the commit changes, and no other program goes that way more often. A
// worker that enters mark termination without the M held may be preempted
// there, put on a run queue, and come back late.
package cyclestorm
