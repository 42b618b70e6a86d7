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
	metrics := primaryMetrics(p)
	found := make([]*Comparison, len(metrics))
	each(len(metrics), func(i int) {
		m := metrics[i]
		mean := newMean()
		var obs observations
		for i := range p.Benchmarks {
			r := records[p.Benchmarks[i].Name]
			if !r.benchmark.Measured() || r.gaveUp != "" || !hasUnit(r.benchmark.Primary, m.Unit) {
				continue
			}
			if obs, _, _ = r.observe(m, obs); len(obs.pairs) > 0 {
				mean.add(obs)
			}
		}
		if mean.members < 2 {
			return
		}
		m.Margin = p.Geomean
		c := compare(m, mean.observations(), p.Alpha, nil)
		c.decide(p, 1, 0)
		c.Differences = nil
		found[i] = &c
	})
	comparisons := []Comparison{}
	for _, c := range found {
		if c != nil {
			comparisons = append(comparisons, *c)
		}
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

// A mean is the geometric mean over members of each pair that all of them have
// with values above zero.
type mean struct {
	members int
	places  []place // of the first member's pairs
	sums    map[place]*logSum
}

type place struct{ round, pair int }

type logSum struct {
	before, after, d float64
	n                int
}

func newMean() *mean { return &mean{sums: make(map[place]*logSum)} }

// add takes in another member.
func (m *mean) add(obs observations) {
	m.members++
	for i := range obs.pairs {
		p, before, after := &obs.pairs[i], obs.before[i], obs.after[i]
		k := place{p.Round, p.Pair}
		if m.members == 1 {
			m.places = append(m.places, k)
		}
		if before == 0 {
			continue // its partner is 0 too: no mean can be made of them
		}
		if m.sums[k] == nil {
			m.sums[k] = new(logSum)
		}
		s := m.sums[k]
		s.before, s.after, s.d, s.n = s.before+math.Log(before), s.after+math.Log(after), s.d+p.D, s.n+1
	}
}

func (m *mean) observations() observations {
	var means observations
	for _, k := range m.places {
		s := m.sums[k]
		if s == nil || s.n < m.members {
			continue
		}
		n := float64(s.n)
		means.add(PairDifference{Round: k.round, Pair: k.pair}, s.d/n, math.Exp(s.before/n), math.Exp(s.after/n))
	}
	return means
}
