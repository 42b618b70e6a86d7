package xorshift

import "testing"

func TestSequenceIsFixed(t *testing.T) {
	// Worked out with arbitrary-precision integers, outside Go.
	tests := []struct {
		seed uint64
		want [3]uint64
	}{
		{0, [3]uint64{0xd83b3e29a21487a, 0x54c44c79f1fe9d67, 0xa845f342007a0e78}},
		{41, [3]uint64{0x34586f5ba77d200e, 0x8ed0682b1d2c919, 0xc969da9ce6b56e18}},
	}
	for _, tt := range tests {
		s := New(tt.seed)
		for i, want := range tt.want {
			if got := s.Next(); got != want {
				t.Errorf("seed %d, number %d: got %#x, want %#x", tt.seed, i, got, want)
			}
		}
	}
}

func TestEverySeedMoves(t *testing.T) {
	for _, seed := range []uint64{0, 1, 1 << 63, ^uint64(0)} {
		s := New(seed)
		if a, b := s.Next(), s.Next(); a == b {
			t.Errorf("seed %#x: two numbers running are %#x", seed, a)
		}
	}
}

func TestBelowIsEven(t *testing.T) {
	const n, draws = 10, 100000
	s := New(7)
	var count [n]int
	for i := 0; i < draws; i++ {
		count[s.Below(n)]++
	}
	// Chi-squared with 9 degrees of freedom: 27.88 is passed once in a thousand seeds.
	chi := 0.0
	for _, c := range count {
		d := float64(c) - draws/n
		chi += d * d / (draws / n)
	}
	if chi > 27.88 {
		t.Errorf("counts %v: chi-squared %.1f", count, chi)
	}
}
