package stats

import (
	"math"
	"slices"
	"sort"
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
	Ascend(w[n:])
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
//
// The larger of a pair's two values comes down as the smaller one goes up. Which
// of the two moves next no processor guesses, so the walk is done without
// branches, and in parts that do not wait for each other.
func (w walsh) count(theta float64, at bool) int {
	if !at {
		theta = math.Nextafter(theta, math.Inf(-1))
	}
	// Beyond middle even the average of a value and itself is above theta.
	middle := sort.Search(len(w), func(i int) bool { return average(w[i], w[i]) > theta })
	a, b, c := middle/4, middle/2, middle*3/4
	p, q, r, s := w.walkFrom(0, theta), w.walkFrom(a, theta), w.walkFrom(b, theta), w.walkFrom(c, theta)
	for p.low < a && q.low < b && r.low < c && s.low < middle {
		p, q, r, s = p.step(w, theta), q.step(w, theta), r.step(w, theta), s.step(w, theta)
	}
	return p.to(a, w, theta) + q.to(b, w, theta) + r.to(c, w, theta) + s.to(middle, w, theta)
}

// A walk goes up with one value of a pair and down with the other one. All
// values from low to high have an average with low that counts, once it does
// not come down any further; n is how many did so far.
type walk struct{ low, high, n int }

func (w walsh) walkFrom(low int, theta float64) walk {
	n := sort.Search(len(w)-low, func(i int) bool { return average(w[low], w[low+i]) > theta })
	return walk{low: low, high: low + n - 1}
}

func (p walk) step(w walsh, theta float64) walk {
	up := 0
	if average(w[p.low], w[p.high]) <= theta {
		up = 1
	}
	p.n += -up & (p.high - p.low + 1)
	p.low += up
	p.high -= 1 - up
	return p
}

// to ends the walk before low is end.
func (p walk) to(end int, w walsh, theta float64) int {
	for p.low < end {
		p = p.step(w, theta)
	}
	return p.n
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
	Ascend(averages)
	return averages
}

// median is the middle average, or halfway between the two in the middle; 0
// without values.
func (w walsh) median() float64 {
	n := w.size()
	if n == 0 {
		return 0
	}
	lower := w.kth((n + 1) / 2)
	if n%2 == 1 {
		return lower
	}
	return average(lower, w.after(lower, n/2+1))
}

// after is the k-th smallest average, lower being the one before.
func (w walsh) after(lower float64, k int) float64 {
	if w.count(lower, true) >= k {
		return lower
	}
	next := w[len(w)-1]
	j := len(w) - 1
	for i, a := range w {
		for j >= i && average(a, w[j]) > lower {
			j--
		}
		if at := max(i, j+1); at < len(w) {
			next = min(next, average(a, w[at]))
		}
	}
	return next + 0 // not −0
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
