package analysis

import (
	"math"
	"slices"

	"patchbench/results"
)

// geomeans compares each primary metric over the suite as a whole: benchmarks
// that were measured and share the unit are averaged within each pair of the
// schedule (on the log scale, so their geometric mean), and the averages
// compared like any benchmark. Each benchmark of a round has a coin of its own,
// so signs may still be flipped. Only pairs that all of these benchmarks have
// count.
func geomeans(p *results.Protocol, records map[string]*record) []Comparison {
	comparisons := []Comparison{}
	for _, m := range primaryMetrics(p) {
		var members [][]observation
		for i := range p.Benchmarks {
			r := records[p.Benchmarks[i].Name]
			if !r.benchmark.Measured() || r.gaveUp != "" || !hasUnit(r.benchmark.Primary, m.Unit) {
				continue
			}
			if obs, _, _ := r.observe(m); len(obs) > 0 {
				members = append(members, obs)
			}
		}
		if len(members) < 2 {
			continue
		}
		m.Margin = p.Geomean
		c := compare(m, average(members), p.Alpha)
		c.decide(p, 1, 0)
		c.Differences = nil
		comparisons = append(comparisons, c)
	}
	return comparisons
}

// primaryMetrics lists the primary metrics of p's benchmarks, each unit once.
func primaryMetrics(p *results.Protocol) []results.Metric {
	var metrics []results.Metric
	for _, b := range p.Benchmarks {
		for _, m := range b.Primary {
			if !hasUnit(metrics, m.Unit) {
				metrics = append(metrics, m)
			}
		}
	}
	return metrics
}

func hasUnit(metrics []results.Metric, unit string) bool {
	return slices.ContainsFunc(metrics, func(m results.Metric) bool { return m.Unit == unit })
}

// average takes the geometric mean over members of each pair that all of them
// have with values above zero.
func average(members [][]observation) []observation {
	type place struct{ round, pair int }
	type sum struct {
		before, after, d float64
		n                int
	}
	sums := make(map[place]*sum)
	for _, obs := range members {
		for _, o := range obs {
			if o.before == 0 {
				continue // its partner is 0 too: no mean can be made of them
			}
			k := place{o.Round, o.Pair}
			if sums[k] == nil {
				sums[k] = new(sum)
			}
			s := sums[k]
			s.before, s.after, s.d, s.n = s.before+math.Log(o.before), s.after+math.Log(o.after), s.d+o.D, s.n+1
		}
	}
	var means []observation
	for _, o := range members[0] {
		s := sums[place{o.Round, o.Pair}]
		if s == nil || s.n < len(members) {
			continue
		}
		n := float64(s.n)
		means = append(means, observation{
			PairDifference: PairDifference{Round: o.Round, Pair: o.Pair, D: s.d / n},
			before:         math.Exp(s.before / n),
			after:          math.Exp(s.after / n),
		})
	}
	return means
}
