// Package counted holds benchmarks whose instructions are known to differ.
package counted

import (
	"sync"
	"testing"
)

var sink [4]uint64

// work spins n times in each of four goroutines.
func work(n int) {
	var wg sync.WaitGroup
	for i := range sink {
		wg.Add(1)
		go func(i int) {
			defer wg.Done()
			x := sink[i] | 1
			for j := 0; j < n; j++ {
				x = x*6364136223846793005 + 1442695040888963407
			}
			sink[i] = x
		}(i)
	}
	wg.Wait()
}

const spins = 50000

func BenchmarkPlain(b *testing.B) {
	for i := 0; i < b.N; i++ {
		work(spins)
	}
}

// BenchmarkPlanted does a fifth more.
func BenchmarkPlanted(b *testing.B) {
	for i := 0; i < b.N; i++ {
		work(spins)
		work(spins / 5)
	}
}

// BenchmarkSetUp does much more, outside of what it measures.
func BenchmarkSetUp(b *testing.B) {
	work(10 * 20 * spins)
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		work(spins)
	}
	b.StopTimer()
	work(10 * 20 * spins)
}
