package report

import (
	"fmt"
	"math"

	"patchbench/analysis"
	"patchbench/results"
)

// lookFacts tells how a benchmark's rounds came about: what the pilot said of
// it, when it was judged, and what its effects are in view of that.
func lookFacts(p *results.Protocol, pb *results.Benchmark, b *analysis.Benchmark) []fact {
	var list []fact
	if pb == nil {
		return nil
	}
	var pilot []string
	for _, n := range pb.Pilot {
		seen := ""
		if n.Calibrated {
			seen = ", by the calibration of its host class"
		}
		pilot = append(pilot, fmt.Sprintf("%s spread by %.2g %% in %s of before with itself%s: at most %s decide it",
			n.Unit, 100*math.Expm1(n.Sigma), count(n.Pairs, "pair"), seen, count(n.Need, "pair")))
	}
	if len(pilot) > 0 {
		list = append(list, fact{"Pilot", texts(pilot)})
	}
	if len(b.Comparisons) == 0 || len(b.Comparisons[0].Looks) == 0 {
		return list
	}
	looks := b.Comparisons[0].Looks
	last := looks[len(looks)-1]
	text := fmt.Sprintf("%s, the last after %s of at most %d", count(len(looks), "time"), count(last.Pairs, "pair"), 2*p.RoundsOf(pb))
	list = append(list, fact{"Judged", []string{text}})
	var stopped []string
	for i := range b.Comparisons {
		c := &b.Comparisons[i]
		if s := c.Stopped; s != nil && len(looks) > 1 {
			stopped = append(stopped, fmt.Sprintf("%s: %s %s", c.Unit, percent(s.Effect), interval(s.Lower, s.Upper, c.Margin)))
		}
	}
	if len(stopped) > 0 {
		list = append(list, fact{"In view of when it stopped", texts(stopped)})
	}
	return list
}
