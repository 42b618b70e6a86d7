// Package busyprocs keeps every P busy and allocates moderately: 16 goroutines
// walk trees and replace one for each 32 walked, in a heap of 4 MB.
//
// It loads the background workers that the pacer grants, and them alone. There
// is a goroutine ready for every P up to 16, so no P is left to an idle worker,
// and allocation is slow enough for the workers to keep up, so that assists are
// few. GOMAXPROCS chooses the mode: a fractional worker at 1, 2 and 3, a
// dedicated one at 4 and 5, one of each at 6, dedicated ones from 7 on.
//
// Why mark worker preemption could show here: a fractional worker is preempted
// as soon as it had its share, each time to go through the changed park with
// goroutines waiting for its P. A dedicated worker is preempted once, hands its
// P's run queue to others, and goes on. What either loses lengthens the mark
// phase, and then assists appear.
package busyprocs
