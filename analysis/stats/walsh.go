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

func newWalsh(d []float64) walsh { return walsh(nil).with(d) }

// with is w with further values, in place if there is room.
func (w walsh) with(d []float64) walsh {
	n := len(w)
	w = append(w, d...)
	slices.Sort(w[n:])
	if n == 0 || n == len(w) || w[n-1] <= w[n] {
		return w
	}
	added := slices.Clone(w[n:])
	for to, i, j := len(w)-1, n-1, len(added)-1; j >= 0; to-- {
		if i >= 0 && w[i] > added[j] {
			w[to] = w[i]
			i--
		} else {
			w[to] = added[j]
			j--
		}
	}
	return w
}

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

// kth is the k-th smallest average, k from 1. It lies above low and not above
// high, which close in on it until few averages are left between them: by aiming
// a little beyond it, now from one side and now from the other, as if the
// averages lay evenly, and further beyond where that did not halve them. Where
// many are equal they do not get few; then the range of floating-point numbers
// is halved, in their order as integers, until one is left.
func (w walsh) kth(k int) float64 {
	const steps, least = 40, 1.0 / 512
	few := 64 + len(w)/16
	low, high := w[0], w[len(w)-1]
	below, upTo := w.count(low, true), w.size() // averages up to low, and up to high
	if below >= k {
		return low + 0 // not −0
	}
	beyond, side := least, 1.0
	for range steps {
		left := upTo - below
		if left <= few {
			return w.between(low, high, left)[k-below-1]
		}
		next := average(low, high)
		if at := float64(k-below)/float64(left) + side*beyond; at > 0 && at < 1 {
			next = low*(1-at) + high*at
		}
		if !(low < next && next < high) {
			break
		}
		if n := w.count(next, true); n >= k {
			high, upTo, side = next, n, -1
		} else {
			low, below, side = next, n, 1
		}
		if upTo-below <= left/2 {
			beyond = least
		} else {
			beyond *= 8
		}
	}
	first, last := ordinal(low), ordinal(high)
	for first < last {
		middle := first + (last-first)/2
		if w.count(fromOrdinal(middle), true) >= k {
			last = middle
		} else {
			first = middle + 1
		}
	}
	return fromOrdinal(first)
}

// between lists the n averages above low and not above high in ascending order.
func (w walsh) between(low, high float64, n int) []float64 {
	averages := make([]float64, 0, n)
	upTo := len(w) - 1 // the last partner with which the average is not above high
	for i, a := range w {
		for upTo >= i && average(a, w[upTo]) > high {
			upTo--
		}
		for j := upTo; j >= i && average(a, w[j]) > low; j-- {
			averages = append(averages, average(a, w[j])+0) // not −0
		}
	}
	slices.Sort(averages)
	return averages
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
