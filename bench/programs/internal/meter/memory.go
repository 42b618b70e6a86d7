// Package meter tells the tests of the programs what a piece of work does to
// the heap. The programs themselves do not use it: reading the memory
// statistics stops the world.
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
