package stats

import (
	"cmp"
	"slices"
)

// Holm adjusts p-values for their number (Holm 1979): calling those of at most
// alpha keeps the chance of even one false call at alpha, however they depend
// on each other. The result is in the order of p, each at most 1.
func Holm(p []float64) []float64 {
	adjusted := make([]float64, len(p))
	worst := 0.0
	for rank, i := range ascending(p) {
		worst = max(worst, min(1, p[i]*float64(len(p)-rank)))
		adjusted[i] = worst
	}
	return adjusted
}

// BenjaminiHochberg adjusts p-values so that calling those of at most q keeps
// the expected share of false calls among all calls at q (Benjamini & Hochberg
// 1995). The result is in the order of p, each at most 1.
func BenjaminiHochberg(p []float64) []float64 {
	adjusted := make([]float64, len(p))
	order := ascending(p)
	best := 1.0
	for rank := len(order) - 1; rank >= 0; rank-- {
		i := order[rank]
		best = min(best, p[i]*float64(len(p))/float64(rank+1))
		adjusted[i] = best
	}
	return adjusted
}

// ascending returns the indices of p in the order of its values, equal ones in
// their own order.
func ascending(p []float64) []int {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	if slices.IsSorted(p) {
		return order
	}
	// Values beside their places: sorting is most of what a long run's analysis
	// does.
	type placed struct {
		value float64
		place int
	}
	sorted := make([]placed, len(p))
	for i, x := range p {
		sorted[i] = placed{x, i}
	}
	slices.SortFunc(sorted, func(a, b placed) int {
		switch {
		case a.value < b.value:
			return -1
		case a.value > b.value:
			return 1
		}
		return cmp.Or(cmp.Compare(a.value, b.value), a.place-b.place)
	})
	for i, x := range sorted {
		order[i] = x.place
	}
	return order
}
