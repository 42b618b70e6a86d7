// Package idleprocs keeps one goroutine busy and leaves the other Ps to the
// collector: that goroutine replaces trees in a heap of 16 MB, and a second
// one sleeps but for a short walk of one tree at each step.
//
// It loads the idle mark workers: while a cycle runs every P without a
// goroutine marks, and has to stop marking when the sleeper is woken.
//
// Why mark worker preemption could show here: an idle worker polls for other
// work, leaves its drain, parks and is found again much more often than a
// dedicated one, and each time it goes through the changed park. Slower
// starting or stopping shows as a later walk, a longer cycle, or CPU time of
// the process without any change in wall time.
//
// With GOMAXPROCS 1 there is no idle P and nothing of this happens. On more Ps
// there are more idle workers, for the same work.
package idleprocs
