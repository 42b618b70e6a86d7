package stats

import "slices"

// walshAverages returns the averages of all pairs of d, each element paired
// with itself too, in ascending order: n(n+1)/2 of them (Walsh 1949).
func walshAverages(d []float64) []float64 {
	w := make([]float64, 0, len(d)*(len(d)+1)/2)
	for i, a := range d {
		for _, b := range d[i:] {
			// Halved before the sum, so that it cannot overflow; a
			// number averaged with itself stays itself.
			w = append(w, a/2+b/2)
		}
	}
	slices.Sort(w)
	return w
}
