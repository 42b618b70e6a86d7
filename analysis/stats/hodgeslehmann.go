package stats

// HodgesLehmann estimates the centre of a symmetric distribution by the median
// of its sample's Walsh averages (Hodges & Lehmann 1963). It is nearly as
// precise as the mean where that is best, and one wild value hardly moves it.
// Without data it is 0.
func HodgesLehmann(d []float64) float64 { return newWalsh(d).median() }
