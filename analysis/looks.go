package analysis

import (
	"patchbench/analysis/stats"
	"patchbench/results"
)

// A Look is what a comparison said when it was judged after some of its
// rounds. Each look spends a part of Protocol.Alpha, so that all together err
// no more often than one would: little at first where the answer is no loss
// (in the manner of O'Brien & Fleming), evenly where it is a loss (in the
// manner of Pocock).
type Look struct {
	Rounds     int     `json:"rounds"`
	Pairs      int     `json:"pairs"`
	Lower      float64 `json:"lower"` // bounds of the effect at this look's levels
	Upper      float64 `json:"upper"`
	LowerAlpha float64 `json:"lower_alpha"` // level of Lower at this look
	UpperAlpha float64 `json:"upper_alpha"`
}

// looks are the times at which a benchmark's comparisons are judged, those
// that have come.
type looks struct {
	rounds []int
	loss   *stats.Looks
	noLoss *stats.Looks
}

// looks returns when r is judged by what there is of it, nil if it is judged
// once. Samples beyond the last look that has come are a look of their own:
// the spending of Lan & DeMets does not ask that looks be planned, only that
// they do not come because of what is seen.
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
	l.loss, l.noLoss = stats.NewLooks(stats.Pocock, fractions), stats.NewLooks(stats.OBrienFleming, fractions)
	return l
}

// monitor replaces what c says as of a single look by what it says over all of
// them: each bound is the best of any look, which at the looks' own levels hold
// all at once (repeated confidence intervals: Jennison & Turnbull 1989).
// p-values are repeated ones, of the look that speaks most.
func (c *Comparison) monitor(l *looks, alpha float64) {
	lossLevels, noLossLevels := l.loss.Levels(alpha), l.noLoss.Levels(alpha)
	all := c.Differences
	for k, rounds := range l.rounds {
		part := Comparison{Metric: c.Metric}
		var d []float64
		for _, x := range all {
			if x.Round < rounds {
				part.Differences, d = append(part.Differences, x), append(d, x.D)
			}
		}
		part.Pairs = len(d)
		part.estimate(d, lossLevels[k], noLossLevels[k])
		part.spreadOverLayouts(lossLevels[k], noLossLevels[k])
		part.PWorse, part.PBetter = l.loss.RepeatedP(k, part.PWorse), l.noLoss.RepeatedP(k, part.PBetter)
		c.Looks = append(c.Looks, Look{
			Rounds: rounds, Pairs: part.Pairs,
			Lower: part.Lower, Upper: part.Upper,
			LowerAlpha: lossLevels[k], UpperAlpha: noLossLevels[k],
		})
		if k == 0 {
			c.take(&part)
			continue
		}
		part.Lower, part.Upper = max(part.Lower, c.Lower), min(part.Upper, c.Upper)
		part.PWorse, part.PBetter = min(part.PWorse, c.PWorse), min(part.PBetter, c.PBetter)
		c.take(&part)
	}
}

// take takes over from part what depends on how often c was judged.
func (c *Comparison) take(part *Comparison) {
	c.Lower, c.Upper = part.Lower, max(part.Upper, part.Lower)
	c.PWorse, c.PBetter = part.PWorse, part.PBetter
	c.PWorseHolm, c.PBetterHolm = c.PWorse, c.PBetter
	c.ProvenMargin = max(0, c.Upper)
	c.TLower, c.TUpper = part.TLower, part.TUpper
	c.Layouts = part.Layouts
}
