package analysis

import (
	"math/rand/v2"
	"testing"

	"patchbench/results"
)

// TestCountsOfZero plants page faults that are mostly 0: a side that has more
// of them must show, and one that has not must not.
func TestCountsOfZero(t *testing.T) {
	for _, c := range []struct {
		name    string
		after   float64 // more on after
		whole   bool
		plusOne bool
		pairs   int
		notable bool
	}{
		{"no difference", 0, true, true, 20, false},
		{"three more", 3, true, true, 20, true},
		{"not whole", 0.5, false, false, 0, false},
	} {
		rng := rand.New(rand.NewPCG(7, 8))
		plain := secPerOp(0, 0.005)
		a := analyze(t, (&fakeRun{protocol: testProtocol(testBenchmark("A-4", 4)), values: func(s *results.Sample, host float64) []results.Value {
			faults := float64(rng.IntN(4) / 3) // 0 three times out of four
			if !c.whole {
				faults = 0
			}
			if s.Side == results.After {
				faults += c.after
			}
			return append(plain(s, host),
				results.Value{Value: faults, Unit: results.MajorFaultsMetric.Unit},
				results.Value{Value: 0, Unit: results.SwitchesMetric.Unit},
				results.Value{Value: 800 + faults, Unit: results.MinorFaultsMetric.Unit})
		}}).write(t))
		found := make(map[string]Comparison)
		for _, x := range a.Benchmarks[0].Exploratory {
			found[x.Unit] = x
			if x.Kind != results.Count || x.Better != "lower" || x.Verdict != "" {
				t.Errorf("%s: %s is %+v, not an exploratory count that is better lower", c.name, x.Unit, x.Metric)
			}
		}
		major, switches, minor := found["major-faults"], found["ctx-switches"], found["minor-faults"]
		if major.Pairs != c.pairs || major.PlusOne != c.plusOne || (major.Q < 0.1 && major.Effect > 0) != c.notable && c.pairs > 0 {
			t.Errorf("%s: %+v", c.name, major)
		}
		if switches.Pairs != 20 || switches.PlusOne || switches.Effect != 0 || switches.Lower != 0 || switches.Upper != 0 || switches.Q < 1 {
			t.Errorf("%s: none on either side are %+v", c.name, switches)
		}
		if minor.Pairs != 20 || minor.PlusOne {
			t.Errorf("%s: counts without a zero are %+v", c.name, minor)
		}
	}
}
