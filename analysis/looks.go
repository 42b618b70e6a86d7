package analysis

import (
	"math"
	"sort"

	"patchbench/analysis/stats"
	"patchbench/results"
)

// A Look is what a comparison said when it was judged after some of its
// rounds. Each look spends a part of Protocol.Alpha, so that all together err
// no more often than one would.
type Look struct {
	Rounds int     `json:"rounds"`
	Pairs  int     `json:"pairs"`
	Lower  float64 `json:"lower"` // bounds of the effect at this look's level
	Upper  float64 `json:"upper"`
	Alpha  float64 `json:"alpha"` // that level
}

// A Stopped estimate accounts for a comparison having been ended by what was
// seen: a plain one is too far out after an early stop.
type Stopped struct {
	Effect float64 `json:"effect"` // as often too high as too low; with layouts, their mean
	Lower  float64 `json:"lower"`  // one-sided bounds at Protocol.Alpha each
	Upper  float64 `json:"upper"`
}

// looks are the times at which a benchmark's comparisons are judged, those
// that have come.
type looks struct {
	rounds []int
	levels *stats.Looks
	alphas []float64 // of each look

	// roughly leaves out what decides nothing: p-values above their look's level
	// are 1, as repeated ones take long to work out.
	roughly bool
}

// looks returns when r is judged by what there is of it, nil if it is judged
// once. Samples beyond the last look that has come are a look of their own:
// the spending of Lan & DeMets does not ask that looks be planned, only that
// they do not come because of what is seen.
//
// Both answers spend evenly, in the manner of Pocock. By simulation on a quiet
// host without an effect that takes 0.6 of the pairs of a comparison of fixed
// size and the same power, where spending that is thrifty at first, in the manner
// of O'Brien & Fleming, takes 0.73 of them.
func (r *record) looks(p *results.Protocol) *looks {
	if len(p.Looks) == 0 {
		return nil
	}
	l := new(looks)
	var fractions []float64
	add := func(rounds int) {
		l.rounds = append(l.rounds, rounds)
		fractions = append(fractions, float64(rounds)/float64(p.RoundsOf(r.benchmark)))
	}
	for _, n := range p.LookRounds(r.benchmark) {
		if n <= r.rounds {
			add(n)
		}
	}
	if len(l.rounds) == 0 || l.rounds[len(l.rounds)-1] < r.rounds {
		add(max(1, r.rounds))
	}
	l.levels = stats.NewLooks(stats.Pocock, fractions)
	l.alphas = l.levels.Levels(p.Alpha)
	return l
}

// monitor fills in what c says over all looks: each bound is the best of any look, which at the looks' own levels hold
// all at once (repeated confidence intervals: Jennison & Turnbull 1989).
// p-values are repeated ones, of the look that speaks most, or of the last if
// none says enough.
func (c *Comparison) monitor(l *looks) {
	all := make([]float64, len(c.Differences))
	for i, x := range c.Differences {
		all[i] = x.D
	}
	// How far the pairs go together is seen best by all there are.
	factor := c.inflation(len(all))
	var sum Comparison
	test, seen := stats.NewSignedRank(nil), 0
	c.Looks = nil
	for k, rounds := range l.rounds {
		// They are in run order.
		n := sort.Search(len(all), func(i int) bool { return c.Differences[i].Round >= rounds })
		part, d := Comparison{Metric: c.Metric, Differences: c.Differences[:n]}, all[:n]
		test.Add(all[seen:n])
		seen = n
		part.bound(test, l.alphas[k])
		if k == len(l.rounds)-1 {
			part.crossCheck(d, l.alphas[k])
		}
		if factor > 1 {
			part.inflate(factor, test)
		}
		part.spreadOverLayouts(l.alphas[k])
		c.Looks = append(c.Looks, Look{Rounds: rounds, Pairs: len(d), Lower: part.Lower, Upper: part.Upper, Alpha: l.alphas[k]})
		repeat := func(p float64) float64 {
			if p > l.alphas[k] && (k < len(l.rounds)-1 || l.roughly) {
				return 1
			}
			return l.levels.RepeatedP(k, p)
		}
		part.PWorse, part.PBetter = repeat(part.PWorse), repeat(part.PBetter)
		if k > 0 {
			part.Lower, part.Upper = max(part.Lower, sum.Lower), min(part.Upper, sum.Upper)
			part.PWorse, part.PBetter = min(part.PWorse, sum.PWorse), min(part.PBetter, sum.PBetter)
		}
		sum = part
	}
	c.Effect, c.TEffect = relative(test.Center()), sum.TEffect
	c.Lower, c.Upper = sum.Lower, max(sum.Upper, sum.Lower)
	c.PWorse, c.PBetter = sum.PWorse, sum.PBetter
	c.PWorseHolm, c.PBetterHolm = c.PWorse, c.PBetter
	c.ProvenMargin = max(0, c.Upper)
	c.TLower, c.TUpper = sum.TLower, sum.TUpper
	c.Layouts = sum.Layouts
}

// stopped estimates c's effect as stopped at its last look, nil if that can't
// be done. It is never surer than a comparison of fixed size would be: the
// stages take the spread for known, and on a noisy host with few pairs an early
// look is passed more often than they say.
//
// Where layouts make more of the spread than pairs do, information does not grow
// with pairs, and there are no stages: the bounds that hold at all looks at once
// account for the stop, and the estimate is the mean, moved between them if need
// be.
func (c *Comparison) stopped(alpha float64) *Stopped {
	if len(c.Looks) == 0 {
		return nil
	}
	if l := c.Layouts; l != nil && l.Wider {
		return &Stopped{Effect: min(max(relative(l.groups.Mean), c.Lower), c.Upper), Lower: c.Lower, Upper: c.Upper}
	}
	var d []float64
	for _, x := range c.Differences {
		d = append(d, x.D)
	}
	test := stats.NewSignedRank(d)
	lower, upper := test.Lower(alpha), test.Upper(alpha)
	stderr := (upper - lower) / 2 / quantile(alpha)
	if !(stderr > 0) || math.IsInf(stderr, 1) {
		return nil
	}
	effect := test.Center()
	last := len(c.Looks) - 1
	var stages []stats.Stage
	for _, l := range c.Looks[:last] {
		information := float64(l.Pairs) / float64(len(d)) / (stderr * stderr)
		stages = append(stages, stats.Stage{
			Information: information,
			Lower:       math.Log1p(c.Margin)*math.Sqrt(information) - quantile(l.Alpha),
			Upper:       quantile(l.Alpha),
		})
	}
	median, low, high := stats.Stagewise(stages, effect, stderr, alpha)
	if math.IsInf(low, 0) || math.IsInf(high, 0) {
		return nil
	}
	return c.widened(&Stopped{Effect: relative(median), Lower: relative(min(low, lower)), Upper: relative(max(high, upper))})
}
