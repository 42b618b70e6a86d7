package simulate

import (
	"math"

	"patchbench/analysis"
	"patchbench/analysis/stats"
	"patchbench/results"
)

// Sequential is how a run decides: by the very code that gives its verdicts,
// with the default looks and a cap that follows from the host's spread.
func Sequential() Method {
	return Method{
		Name: "sequential",
		Doc:  "a run's own: signed ranks of the pairs, looked at every twentieth of the cap from 15 % on",
		New: func(s Setting) (Judge, int) {
			p := s.protocol()
			sequence := analysis.NewSequence(p)
			return func(d Data) Outcome {
				c := sequence.Judge(pairDifferences(d))
				o := Outcome{Verdict: verdicts()[c.Verdict], Pairs: c.Pairs, Lower: math.Log1p(c.Lower), Upper: math.Log1p(c.Upper)}
				if c.Stopped != nil {
					o.Lower, o.Upper = math.Log1p(c.Stopped.Lower), math.Log1p(c.Stopped.Upper)
				}
				return o
			}, pairsPerRound * p.Rounds
		},
	}
}

const (
	minPairs      = 10
	pairsPerRound = 2
)

func verdicts() map[analysis.Verdict]Verdict {
	return map[analysis.Verdict]Verdict{
		analysis.NoLoss: NoLoss, analysis.Improvement: Improvement, analysis.Regression: Regression, analysis.Inconclusive: Inconclusive,
	}
}

// protocol is that of a run of one benchmark whose pilot told its spread.
func (s Setting) protocol() *results.Protocol {
	metric := results.Metric{Unit: "sec/op", Kind: results.Time, Better: "lower", Margin: math.Expm1(s.Margin)}
	need := wholeBlocks(max(minPairs, stats.Cap(stats.PairsNeeded(s.Sigma, s.Margin, s.Alpha))))
	return &results.Protocol{
		Alpha: s.Alpha, MinPairs: minPairs, Rounds: need / pairsPerRound, Looks: results.DefaultLooks(),
		Benchmarks: []results.Benchmark{{
			Difference: results.Code, Primary: []results.Metric{metric},
			Pilot: []results.Noise{{Unit: metric.Unit, Sigma: s.Sigma, Need: need}},
		}},
	}
}

func pairDifferences(d Data) []analysis.PairDifference {
	var pairs []analysis.PairDifference
	for i, x := range d.Differences() {
		pairs = append(pairs, analysis.PairDifference{Round: i / pairsPerRound, Pair: i % pairsPerRound, D: x})
	}
	return pairs
}
