package results

import (
	"slices"
	"testing"
)

func TestLookRounds(t *testing.T) {
	looks := []float64{0.2, 0.35, 0.5, 0.65, 0.8, 1}
	for _, test := range []struct {
		name     string
		looks    []float64
		minPairs int
		rounds   int // of the protocol
		own      int // of the benchmark
		want     []int
	}{
		{"no looks", nil, 10, 40, 0, []int{40}},
		{"each", looks, 10, 40, 0, []int{8, 14, 20, 26, 32, 40}},
		{"its own rounds", looks, 10, 40, 20, []int{7, 10, 13, 16, 20}},
		{"rounded up", looks, 2, 7, 0, []int{2, 3, 4, 5, 6, 7}},
		{"too few for all", looks, 10, 6, 0, []int{5, 6}},
		{"too few for any", looks, 10, 3, 0, []int{3}},
		{"the same round", looks, 2, 3, 0, []int{1, 2, 3}},
		{"more than the protocol has", looks, 10, 6, 9, []int{5, 6}},
	} {
		p := &Protocol{Looks: test.looks, MinPairs: test.minPairs, Rounds: test.rounds}
		if got := p.LookRounds(&Benchmark{Rounds: test.own}); !slices.Equal(got, test.want) {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}
