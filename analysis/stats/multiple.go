package stats

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
