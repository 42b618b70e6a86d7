// Package liveheap holds 25 MB of small linked objects and renews them at a
// steady rate: two goroutines replace trees of 255 nodes of 32 bytes, chosen
// at random, in a forest of 3072.
//
// It loads the marking itself: 780 000 objects to be found through pointers
// in each cycle, the write barrier, and the sweep of half-full spans.
//
// Why mark worker preemption could show here: the workers drain for tens of
// milliseconds at a time and are preempted while they hold work buffers of
// their P. With a dedicated worker the change is in how that drain is left
// and entered again; a worker scheduled later, or on another P, lengthens the
// mark phase and with it the heap.
package liveheap
