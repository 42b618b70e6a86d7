package simulate

import (
	"math"

	"golang.org/x/perf/benchmath"

	"patchbench/analysis/stats"
)

// A Verdict is what a comparison ends with. An improvement excludes a loss
// beyond the margin too, and is counted as an improvement alone.
type Verdict int

const (
	Inconclusive Verdict = iota
	NoLoss
	Improvement
	Regression
)

// An Outcome is one comparison's.
type Outcome struct {
	Verdict Verdict
	Pairs   int // measured
	// One-sided bounds of the effect at 1 − alpha each, NaN where the method
	// gives none.
	Lower, Upper float64
}

// A Setting is what is known before the first sample.
type Setting struct {
	Sigma  float64 // standard deviation of a paired difference, above 0
	Margin float64 // above 0
	Alpha  float64 // one-sided, in (0, 0.5)
}

// Pairs is how many pairs a comparison of fixed size takes: what
// [stats.PairsNeeded] says, in whole blocks, and never fewer than 10.
func (s Setting) Pairs() int {
	return wholeBlocks(max(10, stats.PairsNeeded(s.Sigma, s.Margin, s.Alpha)))
}

func wholeBlocks(pairs int) int { return pairs + pairs%2 }

// A Judge decides on data of as many pairs as its method asks for. It is called
// by several goroutines.
type Judge func(Data) Outcome

// A Method is a way to decide.
type Method struct {
	Name    string
	Doc     string
	Batches bool // measures all of before and then all of after
	// New returns how to judge in a setting, and of how many pairs at most.
	New func(Setting) (judge Judge, pairs int)
}

// Methods are those compared.
func Methods() []Method {
	return []Method{
		Sequential(),
		PairedFixed(),
		MannWhitney("interleaved Mann-Whitney", false),
		MannWhitney("two-batch Mann-Whitney", true),
	}
}

// PairedFixed tests the pairs once, when all are in.
func PairedFixed() Method {
	return Method{
		Name: "paired, fixed",
		Doc:  "signed ranks of the pairs, looked at once",
		New: func(s Setting) (Judge, int) {
			return func(d Data) Outcome {
				test := stats.NewSignedRank(d.Differences())
				o := Outcome{Pairs: len(d.Before), Lower: test.Lower(s.Alpha), Upper: test.Upper(s.Alpha)}
				o.Verdict = decide(test, s.Margin, s.Alpha, s.Alpha)
				return o
			}, s.Pairs()
		},
	}
}

// decide is the verdict on pairs at one-sided levels towards no loss and
// towards a regression.
func decide(test *stats.SignedRank, margin, noLoss, regression float64) Verdict {
	switch {
	case test.Upper(noLoss) < min(0, margin):
		return Improvement
	case test.Upper(noLoss) < margin:
		return NoLoss
	case test.Lower(regression) > 0:
		return Regression
	}
	return Inconclusive
}

// MannWhitney is what benchstat does: it calls a difference where the
// two-sided p-value is below 0.05, and says nothing of how much was excluded.
func MannWhitney(name string, batches bool) Method {
	return Method{
		Name: name, Batches: batches,
		Doc: "as benchstat tests, two-sided at 5 %; it never says no loss",
		New: func(s Setting) (Judge, int) {
			return func(d Data) Outcome {
				before, after := sample(d.Before), sample(d.After)
				o := Outcome{Pairs: len(d.Before), Lower: math.NaN(), Upper: math.NaN()}
				if c := benchmath.AssumeNothing.Compare(before, after); c.P < c.Alpha {
					o.Verdict = Improvement
					if stats.Median(d.After) > stats.Median(d.Before) {
						o.Verdict = Regression
					}
				}
				return o
			}, s.Pairs()
		},
	}
}

func sample(logs []float64) *benchmath.Sample {
	x := make([]float64, len(logs))
	for i, l := range logs {
		x[i] = math.Exp(l)
	}
	thresholds := benchmath.DefaultThresholds
	return benchmath.NewSample(x, &thresholds)
}
