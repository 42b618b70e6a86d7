package stats

import (
	"math"
	"sort"
	"sync"
)

// exactLimit is the largest n for which the null distribution is counted out
// rather than approximated, which takes time by the third power of n. By then the
// approximation is off by less than 0.1 % where a probability is above 10⁻³, and
// by less than 2 % down to 10⁻⁶.
const exactLimit = 50

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
	walsh walsh
	tail  func(t int) float64 // P(T ≥ t) under the null, t from 0 to walsh.size()
}

// NewSignedRank prepares the test for the differences d, which it does not
// keep.
func NewSignedRank(d []float64) *SignedRank {
	return &SignedRank{walsh: newWalsh(d), tail: signedRankTail(len(d))}
}

// Add takes in further differences, which it does not keep.
func (s *SignedRank) Add(d []float64) {
	s.walsh = s.walsh.with(d)
	s.tail = signedRankTail(len(s.walsh))
}

// Spread is [Spread] of the differences.
func (s *SignedRank) Spread() float64 { return spreadSorted(s.walsh) }

// Center estimates the centre, as [HodgesLehmann] does.
func (s *SignedRank) Center() float64 { return s.walsh.median() }

// PGreater is the one-sided p-value against "the centre is θ or less": small
// when the differences lie above θ.
func (s *SignedRank) PGreater(theta float64) float64 {
	return s.tail(s.walsh.size() - s.walsh.count(theta, true))
}

// PLess is the one-sided p-value against "the centre is θ or more": small when
// the differences lie below θ.
func (s *SignedRank) PLess(theta float64) float64 {
	return s.tail(s.walsh.count(theta, false))
}

// Lower is the one-sided lower bound of the centre at confidence 1 − alpha. It
// is −Inf when so few differences can never reach that level: 2⁻ⁿ > alpha.
func (s *SignedRank) Lower(alpha float64) float64 {
	c := s.critical(alpha)
	if c > s.walsh.size() {
		return math.Inf(-1)
	}
	return s.walsh.kth(s.walsh.size() - c + 1)
}

// Upper is the one-sided upper bound of the centre at confidence 1 − alpha,
// +Inf where Lower is −Inf.
func (s *SignedRank) Upper(alpha float64) float64 {
	c := s.critical(alpha)
	if c > s.walsh.size() {
		return math.Inf(1)
	}
	return s.walsh.kth(c)
}

// critical is the smallest count that is significant at alpha, at least 1;
// s.walsh.size()+1 if none is.
func (s *SignedRank) critical(alpha float64) int {
	return 1 + sort.Search(s.walsh.size(), func(i int) bool { return s.tail(i+1) <= alpha })
}

// signedRankTail returns P(T ≥ t) for t from 0 to n(n+1)/2, T being the sum of
// those of the ranks 1 to n that a fair coin each picks.
func signedRankTail(n int) func(t int) float64 {
	if n > exactLimit {
		return signedRankTailNormal(n)
	}
	p := exactTails[n]()
	return func(t int) float64 { return p[t] }
}

// exactTails keeps what signedRankTailExact counted out: a run asks for each n
// many times.
var exactTails = func() (tails [exactLimit + 1]func() []float64) {
	for n := range tails {
		tails[n] = sync.OnceValue(func() []float64 { return signedRankTailExact(n) })
	}
	return tails
}()

func signedRankTailExact(n int) []float64 {
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

// signedRankTailNormal approximates signedRankTailExact by the normal
// distribution of the same mean and variance with the continuity correction,
// and Edgeworth's series up to the sixth cumulant (Fellingham & Stoker 1964).
// Odd cumulants are 0. The r-th rank adds −r⁴/8 to the fourth and r⁶/4 to the
// sixth.
func signedRankTailNormal(n int) func(t int) float64 {
	var second, fourth, sixth float64
	for r := 1.0; r <= float64(n); r++ {
		second, fourth, sixth = second+r*r/4, fourth-r*r*r*r/8, sixth+r*r*r*r*r*r/4
	}
	mean, sigma := float64(n)*float64(n+1)/4, math.Sqrt(second)
	k4, k6 := fourth/(second*second), sixth/(second*second*second)
	density := func(z float64) float64 { return math.Exp(-z*z/2) / math.Sqrt(2*math.Pi) }
	upper := func(t int) float64 { // for t above the mean, where the far tail keeps its digits
		z := (float64(t) - 0.5 - mean) / sigma
		z2 := z * z
		series := k4/24*z*(z2-3) +
			k6/720*z*(z2*(z2-10)+15) +
			k4*k4/1152*z*(z2*(z2*(z2-21)+105)-105)
		return max(0, exceedance(z)+density(z)*series)
	}
	top := n * (n + 1) / 2
	return func(t int) float64 {
		switch {
		case t <= 0:
			return 1
		case float64(t) > mean:
			return upper(t)
		}
		return 1 - upper(top-t+1)
	}
}
