package analysis

import (
	"maps"
	"math"
	"slices"

	"patchbench/results"
)

// RuntimeMeasures are what one side's processes said of themselves through
// package runtime/metrics. A measure is nil where the release does not have
// it: the CPU classes came with Go 1.20, scheduler latencies with 1.17.
//
// The runtime takes CPU classes from the wall clock of its Ps, once a cycle,
// so under load they exceed the CPU time used.
type RuntimeMeasures struct {
	Processes int `json:"processes"`

	// CPU seconds per iteration of the benchmark.
	Assist    *float64 `json:"assist"`    // marking by goroutines that allocate
	Dedicated *float64 `json:"dedicated"` // marking by dedicated and fractional workers
	Idle      *float64 `json:"idle"`      // marking by idle workers
	Pause     *float64 `json:"pause"`     // all Ps while the world is stopped
	GC        *float64 `json:"gc"`        // all of these and the rest of the collector

	Pauses    *Quantiles `json:"pauses"`    // each stop of the world for the collector
	Latencies *Quantiles `json:"latencies"` // each wait of a goroutine that could run
}

// Quantiles are of a histogram, in seconds: upper bounds of the buckets they
// lie in, or the lower one of a bucket without end.
type Quantiles struct {
	Count uint64  `json:"count"`
	P50   float64 `json:"p50"`
	P99   float64 `json:"p99"`
	Max   float64 `json:"max"`
}

// readRuntimeMetrics sums up the processes of one side. Files that do not read
// are left out and told of, one error each. It is nil if that leaves none.
func readRuntimeMetrics(paths []string) (*RuntimeMeasures, []error) {
	processes, iterations := 0, 0
	var faults []error
	values := make(map[string]float64)
	histograms := make(map[string][][]results.Bucket)
	for _, path := range paths {
		m, err := results.ReadRuntimeMetrics(path)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		processes++
		iterations += m.Iterations
		for name, x := range m.Values {
			values[name] += x
		}
		for name, h := range m.Histograms {
			histograms[name] = append(histograms[name], h)
		}
	}
	if processes == 0 {
		return nil, faults
	}
	perOp := func(name string) *float64 {
		x, ok := values[name]
		if !ok {
			return nil
		}
		x /= float64(iterations)
		return &x
	}
	return &RuntimeMeasures{
		Processes: processes,
		Assist:    perOp("/cpu/classes/gc/mark/assist:cpu-seconds"),
		Dedicated: perOp("/cpu/classes/gc/mark/dedicated:cpu-seconds"),
		Idle:      perOp("/cpu/classes/gc/mark/idle:cpu-seconds"),
		Pause:     perOp("/cpu/classes/gc/pause:cpu-seconds"),
		GC:        perOp("/cpu/classes/gc/total:cpu-seconds"),
		Pauses:    quantiles(histograms["/gc/pauses:seconds"]),
		Latencies: quantiles(histograms["/sched/latencies:seconds"]),
	}, faults
}

// quantiles merges histograms with the same buckets, as processes of one side
// have them. It is nil if nothing was counted.
func quantiles(histograms [][]results.Bucket) *Quantiles {
	counts := make(map[float64]uint64) // by what the bucket stands for
	q := new(Quantiles)
	for _, h := range histograms {
		for _, b := range h {
			at := b.High
			if at == math.MaxFloat64 {
				at = b.Low
			}
			counts[at] += b.Count
			q.Count += b.Count
		}
	}
	if q.Count == 0 {
		return nil
	}
	at := func(p float64) float64 {
		// The smallest value that a share p of all does not exceed.
		need, seen := uint64(math.Ceil(p*float64(q.Count))), uint64(0)
		for _, x := range slices.Sorted(maps.Keys(counts)) {
			if seen += counts[x]; seen >= need {
				return x
			}
		}
		return 0
	}
	q.P50, q.P99, q.Max = at(0.5), at(0.99), at(1)
	return q
}
