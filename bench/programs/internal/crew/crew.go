// Package crew lets a fixed number of goroutines share a number of equal
// pieces of work. Unlike testing's RunParallel the number does not follow
// GOMAXPROCS, so the same work is done at every setting.
package crew

import (
	"sync"
	"sync/atomic"
)

// Run does n pieces of work with that many members and returns when all are
// done. Each member calls work with its own number, from 0, and takes the
// next piece when it is done with one: a member held up by the collector or
// by the machine leaves its share to the others. It must not be given a work
// that panics.
func Run(members, n int, work func(member int)) {
	var wg sync.WaitGroup
	wg.Add(members)
	taken := int64(0)
	for m := 0; m < members; m++ {
		go func(m int) {
			defer wg.Done()
			for atomic.AddInt64(&taken, 1) <= int64(n) {
				work(m)
			}
		}(m)
	}
	wg.Wait()
}
