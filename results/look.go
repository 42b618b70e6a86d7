package results

import "math"

// LookRounds lists after how many of its rounds b is judged, in order: at the
// shares of them that p.Looks names, but never with fewer than p.MinPairs
// pairs. A benchmark that is decided then gets no further samples. Without
// looks it is judged once, after its last round.
func (p *Protocol) LookRounds(b *Benchmark) []int {
	last := p.RoundsOf(b)
	least := (p.MinPairs + pairsPerRound - 1) / pairsPerRound
	var rounds []int
	for _, share := range p.Looks {
		n := int(math.Ceil(share*float64(last) - 1e-9))
		if n < max(least, 1) || n >= last || len(rounds) > 0 && n <= rounds[len(rounds)-1] {
			continue
		}
		rounds = append(rounds, n)
	}
	return append(rounds, last)
}

// pairsPerRound is how many pairs of a benchmark a round holds.
const pairsPerRound = 2

// RoundsOf is in how many rounds b takes part, were it never decided before.
func (p *Protocol) RoundsOf(b *Benchmark) int {
	if b.Rounds > 0 {
		return min(b.Rounds, p.Rounds)
	}
	return p.Rounds
}

// DefaultLooks are the shares of a benchmark's rounds after which it is judged:
// every twentieth, from 15 % on. By simulation these take the fewest pairs where
// there is no effect.
func DefaultLooks() []float64 {
	var shares []float64
	for twentieth := 3; twentieth <= 20; twentieth++ {
		shares = append(shares, float64(twentieth)/20)
	}
	return shares
}
