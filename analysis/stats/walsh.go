package stats

import (
	"math"
	"slices"
)

// walsh stands for the averages of all pairs of some values, each value paired
// with itself too: n(n+1)/2 of them (Walsh 1949). It holds the values, in
// ascending order: how many averages lie below a number takes a walk along
// them, so the averages need never be written out.
type walsh []float64

func newWalsh(d []float64) walsh { return slices.Sorted(slices.Values(d)) }

// size is the number of averages.
func (w walsh) size() int { return len(w) * (len(w) + 1) / 2 }

// average is halved before the sum, so that it cannot overflow; a number
// averaged with itself stays itself.
func average(a, b float64) float64 { return a/2 + b/2 }

// count is how many averages are below theta, or at it too.
func (w walsh) count(theta float64, at bool) int {
	n, j := 0, len(w)-1
	for i, a := range w {
		for j >= i {
			if m := average(a, w[j]); m < theta || at && m == theta {
				break
			}
			j--
		}
		if j < i {
			break
		}
		n += j - i + 1
	}
	return n
}

// kth is the k-th smallest average, k from 1. It is found by halving the range
// of floating-point numbers, in their order as integers.
func (w walsh) kth(k int) float64 {
	low, high := ordinal(w[0]), ordinal(w[len(w)-1])
	for low < high {
		middle := low + (high-low)/2
		if w.count(fromOrdinal(middle), true) >= k {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return fromOrdinal(low)
}

// median is the middle average, or halfway between the two in the middle; 0
// without values.
func (w walsh) median() float64 {
	n := w.size()
	if n == 0 {
		return 0
	}
	return average(w.kth((n+1)/2), w.kth(n/2+1))
}

// ordinal numbers finite floating-point numbers in ascending order. −0 comes out
// as 0.
func ordinal(x float64) uint64 {
	const sign = 1 << 63
	bits := math.Float64bits(x + 0)
	if bits&sign != 0 {
		return sign - bits&^sign
	}
	return sign + bits
}

func fromOrdinal(o uint64) float64 {
	const sign = 1 << 63
	if o < sign {
		return math.Float64frombits(sign - o | sign)
	}
	return math.Float64frombits(o - sign)
}
