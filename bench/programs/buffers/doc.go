// Package buffers makes large objects without pointers: two goroutines copy
// buffers of 128 KiB and keep the last 32 each, 8 MiB together.
//
// It loads what a cycle costs beside marking: each buffer is a span of its
// own, to be allocated, swept and given back to the page heap. A cycle comes
// every 64 buffers, and there is nothing to scan in them.
//
// Why mark worker preemption could show here: nearly all of a mark phase is
// its beginning and its end, as in package cyclestorm, but with a heap of
// ordinary size and with goroutines that are seldom at a safe point of the
// allocator: they are in a copy. And since there is no scan work there are no
// assists, so that a mark phase which ends late lets the heap overshoot: peak
// RSS tells. It spreads more between processes than that of the other
// programs, for the same reason.
package buffers
