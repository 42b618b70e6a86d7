package analysis

import (
	"math"

	"patchbench/analysis/stats"
)

// fewestToTell is how many differences it takes to see that they go together.
const fewestToTell = 10

// widen makes c, estimated from the differences d by test, account for differences
// that go together: fewer of them, if they did not, would say as much. It changes
// nothing unless it is clear that they do: were it done on a guess, a host
// without a memory would lose pairs to the noise of the guess.
func (c *Comparison) widen(d []float64, test *stats.SignedRank) {
	c.EffectivePairs = c.effective(d)
	if factor := c.inflation(len(d)); factor > 1 {
		c.inflate(factor, test)
	}
}

// inflation is by how much the standard error of n pairs is larger than it would
// be if they did not go together.
func (c *Comparison) inflation(n int) float64 {
	if c.EffectivePairs == 0 {
		return 1
	}
	return math.Sqrt(float64(n) / c.EffectivePairs)
}

// inflate moves c's bounds away from its estimate and its p-values toward a half,
// as the standard error grows by factor.
func (c *Comparison) inflate(factor float64, test *stats.SignedRank) {
	c.Effect = relative(test.Center())
	c.Lower, c.Upper = stretch(c.Effect, c.Lower, factor), stretch(c.Effect, c.Upper, factor)
	c.TLower, c.TUpper = stretch(c.TEffect, c.TLower, factor), stretch(c.TEffect, c.TUpper, factor)
	c.PWorse, c.PBetter = soften(c.PWorse, factor), soften(c.PBetter, factor)
	c.settleBounds()
}

// effective is how many pairs that do not go together would say as much as d,
// whether they go together over the run or within their blocks. It is 0 where
// that is not clear to be fewer than there are.
func (c *Comparison) effective(d []float64) float64 {
	if len(d) < fewestToTell {
		return 0
	}
	n := float64(len(d))
	fewest := n
	if m, p := stats.Memory(d); p < doubtful {
		fewest = m
	}
	if len(c.Differences) == len(d) {
		if rho, p := c.withinBlocks(); rho > 0 && p < doubtful {
			fewest = min(fewest, n/(1+rho))
		}
	}
	if fewest == n {
		return 0
	}
	return fewest
}

// withinBlocks is the correlation of the two pairs of a block.
func (c *Comparison) withinBlocks() (rho, p float64) {
	var first, second []float64
	for i, x := range c.Differences {
		if x.Pair == 1 && i > 0 && c.Differences[i-1].Round == x.Round {
			first, second = append(first, c.Differences[i-1].D), append(second, x.D)
		}
	}
	return stats.Spearman(first, second)
}

// trend is the correlation of the differences with the time.
func (c *Comparison) trend() (rho, p float64) {
	var order, d []float64
	for _, x := range c.Differences {
		order, d = append(order, float64(x.Round)), append(d, x.D)
	}
	return stats.Spearman(order, d)
}

// widened is s, c's estimate as stopped, as far out as widen takes bounds.
func (c *Comparison) widened(s *Stopped) *Stopped {
	if factor := c.inflation(len(c.Differences)); factor > 1 {
		s.Lower, s.Upper = stretch(s.Effect, s.Lower, factor), stretch(s.Effect, s.Upper, factor)
	}
	return s
}

// stretch moves bound away from center by factor, both relative changes.
func stretch(center, bound, factor float64) float64 {
	if math.IsInf(bound, 0) {
		return bound
	}
	at := math.Log1p(center)
	return relative(at + factor*(math.Log1p(bound)-at))
}

// soften is a one-sided p-value whose standard error is larger by factor.
func soften(p, factor float64) float64 {
	if p <= 0 || p >= 1 {
		return p
	}
	return normalTail(quantile(p) / factor)
}
