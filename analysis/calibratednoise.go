package analysis

import (
	"math"
	"time"

	"patchbench/analysis/stats"
	"patchbench/results"
)

// minNoisePairs is how many pairs of a calibration tell as much as a pilot.
const minNoisePairs = 8

// CalibratedNoise says how b spreads by the trials of a calibration since a time,
// for which the very same binary, in as many layouts, did as much in each process:
// nil if those lack one of b's primary metrics. The spread is the median over the trials, as a
// run may have met a bad hour. Need is for b's own margins at alpha.
func CalibratedNoise(f *results.CalibrationFile, b *results.Benchmark, since time.Time, alpha float64) []results.Noise {
	if f == nil {
		return nil
	}
	var list []results.Noise
	for _, m := range b.Primary {
		n := results.Noise{Unit: m.Unit, Calibrated: true}
		var sigmas []float64
		for _, t := range f.Trials {
			if t.Benchmark == b.Name && t.Unit == m.Unit && t.Iterations == b.Iterations && t.Planted == 0 &&
				t.InLayouts() == max(1, len(b.Layouts)) &&
				t.Binary == b.Binaries[results.Before] && !t.Date.Before(since) {
				sigmas = append(sigmas, t.Sigma)
				n.Pairs += t.Pairs
				if t.Date.After(n.Date) {
					n.Date = t.Date
				}
			}
		}
		if n.Pairs < minNoisePairs || m.Margin <= 0 {
			return nil
		}
		n.Sigma = stats.Median(sigmas)
		n.Need = noisePairs(n.Sigma, n.Pairs, m.Margin, alpha)
		list = append(list, n)
	}
	return list
}

// PilotNoise says how b spreads by what processes of before showed one after
// another, by tidied unit: nil if that lacks one of b's primary metrics.
func PilotNoise(values map[string][]float64, date time.Time, b *results.Benchmark, alpha float64) []results.Noise {
	var list []results.Noise
	for _, m := range b.Primary {
		var logs []float64
		for _, v := range values[m.Unit] {
			if v > 0 {
				logs = append(logs, math.Log(v))
			}
		}
		if len(logs) < 4 || m.Margin <= 0 {
			return nil
		}
		n := results.Noise{Unit: m.Unit, Pairs: len(logs) / 2, Sigma: stats.PairSpread(logs), Date: date}
		n.Need = noisePairs(n.Sigma, n.Pairs, m.Margin, alpha)
		list = append(list, n)
	}
	return list
}

// noisePairs is how many pairs at most decide at margin, where a spread of sigma
// was seen in so many pairs.
func noisePairs(sigma float64, seen int, margin, alpha float64) int {
	fixed := stats.PairsNeeded(sigma, math.Log1p(margin), alpha)
	return stats.Cap(int(math.Ceil(float64(fixed) * stats.PilotReserve(seen))))
}
