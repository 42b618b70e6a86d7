// Package meter tells what a piece of work does to the heap, and how often it
// makes the collector run. Live, Allocated and Cycles are for tests: they read
// the memory statistics, which stops the world. A Watch is for benchmarks.
package meter

import "runtime"

// Live returns the bytes of the heap that are reachable. It collects twice,
// because objects that the first cycle found dead are freed by the sweep
// that the second one completes.
func Live() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// Allocated returns the bytes of heap allocated while f runs, by any goroutine.
func Allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// Cycles returns the collection cycles completed while f runs.
func Cycles(f func()) int {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int(after.NumGC - before.NumGC)
}
