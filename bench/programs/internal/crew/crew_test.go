package crew

import (
	"sync"
	"testing"
)

func TestRun(t *testing.T) {
	for _, tt := range []struct{ members, n int }{{1, 1}, {1, 100}, {4, 1}, {4, 1000}, {3, 0}} {
		done := make([]int, tt.members)
		Run(tt.members, tt.n, func(m int) { done[m]++ })
		sum := 0
		for _, d := range done {
			sum += d
		}
		if sum != tt.n {
			t.Errorf("%d members: %v pieces done, want %d", tt.members, done, tt.n)
		}
	}
}

func TestEveryMemberWorks(t *testing.T) {
	// A piece ends only when all members hold one: with fewer at work this
	// would never return.
	const members = 4
	var met sync.WaitGroup
	met.Add(members)
	Run(members, members, func(int) {
		met.Done()
		met.Wait()
	})
}
