package analysis

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"patchbench/results"
)

// BenchmarkLook looks once at a run that is over but for its last round: 30
// benchmarks of 200 pairs, all of them with three primary metrics.
func BenchmarkLook(b *testing.B) {
	const rounds = 100
	var benchmarks []results.Benchmark
	for i := range 30 {
		bench := testBenchmark(fmt.Sprintf("B%d-4", i), 4)
		bench.Primary = append(bench.Primary,
			results.Metric{Unit: results.CPUMetric.Unit, Kind: results.Time, Better: "lower", Margin: 0.02},
			results.Metric{Unit: results.RSSMetric.Unit, Kind: results.Space, Better: "lower", Margin: 0.02})
		benchmarks = append(benchmarks, bench)
	}
	p := testProtocol(benchmarks...)
	p.Rounds, p.Looks = rounds, results.DefaultLooks()
	rng := rand.New(rand.NewPCG(1, 2))
	dir := (&fakeRun{protocol: p, values: func(s *results.Sample, host float64) []results.Value {
		value := func(scale float64, unit string) results.Value {
			const digits = 1e6 // as benchmarks print
			x := math.Round(digits * math.Exp(host+0.05*rng.NormFloat64()))
			return results.Value{Value: x * (scale / digits), Unit: unit}
		}
		return []results.Value{
			value(1e6, "ns/op"), value(4e9, "B/op"), value(3e6, "allocs/op"),
			value(1, results.CPUMetric.Unit), value(1, results.WallMetric.Unit), value(3e7, results.RSSMetric.Unit),
		}
	}}).write(b)
	for b.Loop() {
		if _, err := Decided(dir); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/look")
}
