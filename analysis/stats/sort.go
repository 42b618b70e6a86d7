package stats

import (
	"math"
	"slices"
)

const (
	manyValues = 512 // from how many on counting digits is faster than comparing
	digitBits  = 11
	digits     = 6 // of 64 bits
)

// Ascend sorts numbers in place. Of many of them each comparison is a guess
// that processors get wrong half of the time; counting digits takes none.
func Ascend(xs []float64) {
	if len(xs) < manyValues || len(xs) > math.MaxUint32 {
		slices.Sort(xs)
		return
	}
	if slices.IsSorted(xs) {
		return
	}
	const sign = 1 << 63
	keys, other := make([]uint64, len(xs)), make([]uint64, len(xs))
	var counts [digits][1 << digitBits]uint32
	for i, x := range xs {
		key := math.Float64bits(x)
		if key&sign != 0 {
			key = ^key
		} else {
			key |= sign
		}
		keys[i] = key
		for d := range digits {
			counts[d][digit(key, d)]++
		}
	}
	for d := range digits {
		count := &counts[d]
		if int(count[digit(keys[0], d)]) == len(keys) {
			continue // they all have the same
		}
		next := uint32(0)
		for i, n := range count {
			count[i], next = next, next+n
		}
		for _, key := range keys {
			to := &count[digit(key, d)]
			other[*to] = key
			*to++
		}
		keys, other = other, keys
	}
	for i, key := range keys {
		if key&sign != 0 {
			key &^= sign
		} else {
			key = ^key
		}
		xs[i] = math.Float64frombits(key)
	}
}

func digit(key uint64, d int) uint64 { return key >> (digitBits * d) & (1<<digitBits - 1) }
