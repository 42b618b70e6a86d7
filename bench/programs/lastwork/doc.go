// Package lastwork makes the end of the mark come again and again: 4 goroutines
// hold a list of 8192 nodes each, cut it at a random node, renew 256 nodes, and
// put the second part in front of the first.
//
// It loads mark termination's search for work that is left. A list is marked
// node by node by one worker; cut ahead of it, it ends there, and the rest is
// known to a write barrier's buffer of a P only. The workers run out of work,
// one of them looks into all Ps, finds the rest, and marking goes on, to the
// next cut. At GOMAXPROCS 2 a fractional worker marks and the goroutines
// assist, at 4 a dedicated one marks.
//
// It reports pause-p50-ns and pause-p99-ns, how long a cycle stopped the world,
// mark termination included.
//
// Why mark worker preemption could show here: each search is a worker that let
// go of its M, blocks on a lock and on every other P, and finds its way back to
// the park. That is the path that the commit changes, several times a cycle.
package lastwork
