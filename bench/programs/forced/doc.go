// Package forced forces cycles from 4 goroutines at once, in a heap of 1 MB
// that each renews a little before it calls runtime.GC.
//
// It loads the start and the end of cycles with others waiting for them: calls
// contend for starting a cycle, sweep what is left, and wait in a queue that
// mark termination wakes. A call is served by a whole cycle that began after
// it; how many calls share one is up to the scheduler, so that cycles/s is not
// the number of calls. All callers wait while a cycle runs: idle workers mark,
// and a dedicated one at GOMAXPROCS 4.
//
// It reports cycle-p50-ns and cycle-p99-ns, how long a call took, and
// pause-p50-ns and pause-p99-ns, how long a cycle stopped the world.
//
// Why mark worker preemption could show here: workers are started and stopped
// all the time, and mark termination, entered without the M held, readies 4
// goroutines that want the next cycle at once. The one that begins it stops the
// world under the worker that ended the last.
package forced
