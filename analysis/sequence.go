package analysis

import "patchbench/results"

// A Sequence judges the pairs of one metric of one benchmark the way a run does,
// look by look. It is what simulations play with; they share it between
// goroutines.
type Sequence struct {
	protocol  *results.Protocol
	benchmark *results.Benchmark
	metric    results.Metric
	looks     *looks
}

// NewSequence is for the only primary metric of the only benchmark of p, whose
// Looks and Rounds say when it is judged.
func NewSequence(p *results.Protocol) *Sequence {
	b := &p.Benchmarks[0]
	r := &record{benchmark: b, rounds: p.RoundsOf(b)}
	return &Sequence{protocol: p, benchmark: b, metric: b.Primary[0], looks: r.looks(p)}
}

// Judge goes through the looks at pairs, which are in run order, until they
// decide, and returns what is known then. Its Pairs are those it took.
func (s *Sequence) Judge(pairs []PairDifference) Comparison {
	var c Comparison
	for k := range s.looks.rounds {
		l := *s.looks
		l.rounds, l.alphas = l.rounds[:k+1], l.alphas[:k+1]
		c = Comparison{Metric: s.metric}
		var d []float64
		for _, x := range pairs {
			if x.Round < l.rounds[k] {
				c.Differences, d = append(c.Differences, x), append(d, x.D)
			}
		}
		c.Pairs = len(d)
		c.estimate(d, s.protocol.Alpha)
		c.monitor(&l)
		c.decide(s.protocol, 1, 0)
		b := Benchmark{Verdict: c.Verdict, Comparisons: []Comparison{c}}
		if c.Verdict != Inconclusive || b.futile(&record{benchmark: s.benchmark, rounds: l.rounds[k]}, s.protocol) {
			break
		}
	}
	c.Stopped = c.stopped(s.protocol.Alpha)
	return c
}
