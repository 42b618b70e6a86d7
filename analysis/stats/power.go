package stats

import (
	"math"

	"github.com/aclements/go-moremath/stats"
)

const (
	power = 0.9 // chance that enough pairs decide, if there is no effect
	// reserve is added for the signed ranks' efficiency of 3/π against the
	// mean, and for a sigma that is itself an estimate.
	reserve = 1.2
)

// PairsNeeded is the number of pairs that shows no loss beyond margin with a
// chance of 90 %, if there is none at all: ((z₁₋α + z₀.₉) σ/m)² × 1.2, which is
// 8.56 (σ/m)² × 1.2 at alpha = 0.05 (the usual sample size of a one-sided
// test: Chow, Shao & Wang 2008). sigma is the standard deviation of the paired
// differences and margin is m, both logarithms; alpha lies in (0, 0.5). It is
// 0 if margin is not positive, since then no number of pairs will do, and
// stops at a billion.
func PairsNeeded(sigma, margin, alpha float64) int {
	if margin <= 0 {
		return 0
	}
	z := -stats.StdNormal.InvCDF(alpha) + stats.StdNormal.InvCDF(power)
	r := z * sigma / margin
	return int(math.Ceil(min(1e9, r*r*reserve)))
}

// PilotReserve is by how much more pairs than PairsNeeded says keep its chance on
// the average over pilots, where sigma is PairSpread of so many pairs rather than
// known: the fewer, the more often it is far too small. The sample size goes with
// the square of what varies, so that (Julious & Owen 2006) a share that falls
// with the pairs makes up for it, by simulation 2.85 over their number; of that,
// PairsNeeded's own reserve has some. It is 1 or more.
func PilotReserve(pairs int) float64 {
	const efficiency = 3 / math.Pi // of signed ranks
	return max(1, (1+2.85/float64(max(1, pairs)))/efficiency/reserve)
}

// MarginDecided is the margin, a logarithm, at which so many pairs of a
// comparison with looks decide with that chance: of all that PairsNeeded and Cap
// say, the other way round. It is infinite without pairs.
func MarginDecided(sigma float64, pairs int, alpha float64) float64 {
	z := -stats.StdNormal.InvCDF(alpha) + stats.StdNormal.InvCDF(power)
	return z * sigma * math.Sqrt(reserve*capShare/float64(pairs))
}

// capShare is how many times the fixed size Cap is.
const capShare = 1.5

// Cap is the most pairs of a comparison with looks that has the chance of one
// of a fixed size to decide: half more, by simulation, as looks before the last
// spend what is lacking there. On the average, where there is no effect, it takes
// 0.6 of the fixed size.
func Cap(fixed int) int { return int(math.Ceil(capShare * float64(fixed))) }
