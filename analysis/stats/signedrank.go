package stats

import (
	"math"
	"sort"

	"github.com/aclements/go-moremath/stats"
)

// exactLimit is the largest n for which the null distribution is counted out
// rather than approximated. At 200 that takes a few milliseconds, and the
// approximation is good to the third digit long before.
const exactLimit = 200

// A SignedRank tests where the centre θ of paired differences lies, by
// flipping the signs of d − θ (Fisher 1935) with the signed-rank statistic of
// Wilcoxon 1945. Written with Walsh averages (Tukey 1949), the statistic is the
// number of them above θ, so the test turns over exactly into bounds for θ
// (Hodges & Lehmann 1963): PGreater(θ) ≤ α if and only if θ < Lower(α), and
// PLess(θ) ≤ α if and only if θ > Upper(α).
//
// # Ties and zeros
//
// Averages equal to θ are counted for neither side. Nudging every difference
// by a tiny symmetric amount would break all ties, keep the nudged differences
// symmetric, and could only add to the count; so the untied null distribution
// stays valid and a p-value can only come out too large. That costs power on
// coarse values and buys what mid-ranks do not give: one distribution for
// every θ, hence p-values and bounds that never contradict each other.
type SignedRank struct {
	walsh []float64 // ascending
	tail  []float64 // tail[t] = P(T ≥ t) under the null, t from 0 to len(walsh)
}

// NewSignedRank prepares the test for the differences d, which it does not
// keep.
func NewSignedRank(d []float64) *SignedRank {
	return &SignedRank{walsh: walshAverages(d), tail: signedRankTail(len(d))}
}

// PGreater is the one-sided p-value against "the centre is θ or less": small
// when the differences lie above θ.
func (s *SignedRank) PGreater(theta float64) float64 {
	above := len(s.walsh) - sort.Search(len(s.walsh), func(i int) bool { return s.walsh[i] > theta })
	return s.tail[above]
}

// PLess is the one-sided p-value against "the centre is θ or more": small when
// the differences lie below θ.
func (s *SignedRank) PLess(theta float64) float64 {
	below := sort.SearchFloat64s(s.walsh, theta)
	return s.tail[below]
}

// Lower is the one-sided lower bound of the centre at confidence 1 − alpha. It
// is −Inf when so few differences can never reach that level: 2⁻ⁿ > alpha.
func (s *SignedRank) Lower(alpha float64) float64 {
	c := s.critical(alpha)
	if c > len(s.walsh) {
		return math.Inf(-1)
	}
	return s.walsh[len(s.walsh)-c]
}

// Upper is the one-sided upper bound of the centre at confidence 1 − alpha,
// +Inf where Lower is −Inf.
func (s *SignedRank) Upper(alpha float64) float64 {
	c := s.critical(alpha)
	if c > len(s.walsh) {
		return math.Inf(1)
	}
	return s.walsh[c-1]
}

// critical is the smallest count that is significant at alpha, at least 1;
// len(s.walsh)+1 if none is.
func (s *SignedRank) critical(alpha float64) int {
	return 1 + sort.Search(len(s.walsh), func(i int) bool { return s.tail[i+1] <= alpha })
}

// signedRankTail returns P(T ≥ t) for t from 0 to n(n+1)/2, T being the sum of
// those of the ranks 1 to n that a fair coin each picks.
func signedRankTail(n int) []float64 {
	if n > exactLimit {
		return signedRankTailNormal(n)
	}
	// After rank r, p[t] is the probability that the ranks up to r sum to
	// t. Going down in t reads values of the rank before.
	top := n * (n + 1) / 2
	p := make([]float64, top+1)
	p[0] = 1
	for r := 1; r <= n; r++ {
		for t := r * (r + 1) / 2; t >= 0; t-- {
			p[t] /= 2
			if t >= r {
				p[t] += p[t-r] / 2
			}
		}
	}
	for t := top - 1; t >= 0; t-- {
		p[t] += p[t+1]
	}
	p[0] = 1 // not 1 − rounding
	return p
}

// signedRankTailNormal approximates signedRankTail by the normal distribution
// of the same mean and variance, with the continuity correction.
func signedRankTailNormal(n int) []float64 {
	f := float64(n)
	null := stats.NormalDist{Mu: f * (f + 1) / 4, Sigma: math.Sqrt(f * (f + 1) * (2*f + 1) / 24)}
	p := make([]float64, n*(n+1)/2+1)
	for t := range p {
		// By symmetry, so that the far tail keeps its digits.
		p[t] = null.CDF(2*null.Mu - float64(t) + 0.5)
	}
	p[0] = 1
	return p
}
