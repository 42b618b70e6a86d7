package simulate

import "math/rand/v2"

// Data are the logarithms of times of as many processes before as after, in
// pair order.
type Data struct {
	Before, After []float64
}

// Interleaved measures pairs on h as a run does, after being slower by theta:
// which of the two comes first is the toss of a coin, but for the first pair,
// which is before and then after.
func (h Host) Interleaved(rng *rand.Rand, pairs int, theta float64) Data {
	var d Data
	noise := h.Processes(rng, 2*pairs)
	for i := 0; i < len(noise); i += 2 {
		if i == 0 || rng.IntN(2) == 0 {
			d.add(noise[i], noise[i+1], theta)
		} else {
			d.add(noise[i+1], noise[i], theta)
		}
	}
	return d
}

// Batches measures n processes before and then n after, which is slower by
// theta.
func (h Host) Batches(rng *rand.Rand, n int, theta float64) Data {
	var d Data
	noise := h.Processes(rng, 2*n)
	for i := range n {
		d.add(noise[i], noise[n+i], theta)
	}
	return d
}

func (d *Data) add(before, after, theta float64) {
	d.Before, d.After = append(d.Before, before), append(d.After, after+theta)
}

// first returns the first n pairs, or all there are.
func (d Data) first(n int) Data {
	n = min(n, len(d.Before))
	return Data{d.Before[:n], d.After[:n]}
}

// slower returns d with an after that is slower by theta.
func (d Data) slower(theta float64) Data {
	s := Data{Before: d.Before, After: make([]float64, len(d.After))}
	for i, x := range d.After {
		s.After[i] = x + theta
	}
	return s
}

// Differences are those of the pairs, above 0 where after is slower.
func (d Data) Differences() []float64 {
	diff := make([]float64, len(d.Before))
	for i := range diff {
		diff[i] = d.After[i] - d.Before[i]
	}
	return diff
}
