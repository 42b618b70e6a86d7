package stats

// EffectiveN is how many independent differences say as much about the mean as
// d, which are in run order: n(1 − ρ)/(1 + ρ), in which ρ is the correlation of
// neighbours, for noise that remembers no further than through them (Bayley &
// Hammersley 1946). Neighbours that correlate negatively count for no more than
// n. It is at least 2, or n where n is less. ρ is estimated with a standard
// error of about 1/√n, so even independent differences come out below n half
// of the time.
func EffectiveN(d []float64) float64 {
	n := float64(len(d))
	if n <= 2 {
		return n
	}
	rho := Neighbours(d)
	if !(rho > 0) {
		return n
	}
	return max(2, n*(1-rho)/(1+rho))
}

// Memory tells whether neighbours in d, which are in run order, go together: p
// is the one-sided p-value of their rank correlation, and n the EffectiveN of
// the ranks, which an outlier does not hide.
func Memory(d []float64) (n, p float64) {
	if len(d) < 5 {
		return float64(len(d)), 1
	}
	ranks := midranks(d)
	rho, p := correlate(ranks[:len(d)-1], ranks[1:])
	if rho <= 0 {
		return float64(len(d)), 1 - p/2
	}
	return EffectiveN(ranks), p / 2
}
