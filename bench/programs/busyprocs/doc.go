// Package busyprocs keeps every P busy and allocates moderately: 16 goroutines
// replace one tree for each 8 they walk, in a heap of 4 MB.
//
// It loads the background workers that the pacer grants. A goroutine is ready
// for every P up to 16, so that hardly a P is left to an idle worker, and
// allocation is slower than in package assist, so that goroutines assist less.
// GOMAXPROCS chooses the mode: a fractional worker at 1, 2 and 3, a dedicated
// one at 4 and 5, one of each at 6, dedicated ones from 7 on.
//
// Why mark worker preemption could show here: a fractional worker is preempted
// as soon as it had its share, each time to go through the changed park with
// goroutines waiting for its P. A dedicated worker is preempted once, hands its
// P's run queue to others, and goes on. What either loses lengthens the mark
// phase, and then there are more assists.
package busyprocs
