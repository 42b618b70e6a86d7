package stats

import (
	"cmp"
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
	if !manyUnsorted(xs) {
		slices.Sort(xs)
		return
	}
	keys, _ := sortedKeys(xs, false)
	for i, key := range keys {
		xs[i] = fromKey(key)
	}
}

// ascending returns the indices of xs in the order of its values, equal ones in
// their own order.
func ascending(xs []float64) []int {
	order := make([]int, len(xs))
	for i := range order {
		order[i] = i
	}
	switch {
	case manyUnsorted(xs):
		_, places := sortedKeys(xs, true)
		for i, place := range places {
			order[i] = int(place)
		}
	case !slices.IsSorted(xs):
		slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(xs[i], xs[j]) })
	}
	return order
}

func manyUnsorted(xs []float64) bool {
	return len(xs) >= manyValues && len(xs) <= math.MaxUint32 && !slices.IsSorted(xs)
}

// sortedKeys returns the keys of xs in ascending order, if wanted with the
// places in xs that they come from.
func sortedKeys(xs []float64, wanted bool) (keys []uint64, places []uint32) {
	keys, other := make([]uint64, len(xs)), make([]uint64, len(xs))
	var otherPlaces []uint32
	if wanted {
		places, otherPlaces = make([]uint32, len(xs)), make([]uint32, len(xs))
	}
	var counts [digits][1 << digitBits]uint32
	for i, x := range xs {
		key := toKey(x)
		keys[i] = key
		if wanted {
			places[i] = uint32(i)
		}
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
		for i, key := range keys {
			to := &count[digit(key, d)]
			other[*to] = key
			if wanted {
				otherPlaces[*to] = places[i]
			}
			*to++
		}
		keys, other = other, keys
		places, otherPlaces = otherPlaces, places
	}
	return keys, places
}

// signBit of a number is set in the keys of those that are not negative.
const signBit = 1 << 63

// toKey is a number whose order among others is x's.
func toKey(x float64) uint64 {
	key := math.Float64bits(x + 0) // −0 equals 0
	if key&signBit != 0 {
		return ^key
	}
	return key | signBit
}

func fromKey(key uint64) float64 {
	if key&signBit != 0 {
		return math.Float64frombits(key &^ signBit)
	}
	return math.Float64frombits(^key)
}

func digit(key uint64, d int) uint64 { return key >> (digitBits * d) & (1<<digitBits - 1) }
