// Package lastwork lets a mark phase seem over while there is work left: 2
// goroutines hold a list of 1024 nodes of a kibibyte each, cut it at a random
// node, make 16 nodes anew, and put the second part in front of the first.
//
// It loads mark termination's search for work that is left. A list is marked
// node by node by one worker; cut ahead of it, it ends there, and the rest is
// known to a write barrier's buffer of a P only. The workers run out of work,
// one of them looks into all Ps, finds the rest, and marking goes on. Counted
// once in go1.16.15, a cycle finds more work after its end seemed reached 2.5
// times at GOMAXPROCS 2 and 1.7 times at 4; that of package cyclestorm does 1.1
// and 1.3 times, that of liveheap 1.4 and 2.3 times, but with a fifteenth of the
// cycles. At GOMAXPROCS 2 a fractional worker marks and the goroutines assist, at
// 4 a dedicated one and idle ones mark.
//
// It reports pause-p50-ns and pause-p99-ns, how long a cycle stopped the world,
// mark termination included.
//
// Why mark worker preemption could show here: each search is a worker that let
// go of its M, blocks on a lock and on every other P, and finds its way back to
// the park. That is the path that the commit changes, some hundred times a second.
package lastwork
