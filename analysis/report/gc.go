package report

import (
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/perf/benchunit"

	"patchbench/analysis"
	"patchbench/analysis/gctrace"
	"patchbench/analysis/stats"
	"patchbench/results"
)

// A gcRow is one measure of the collector on both sides, or the heading of
// those below.
type gcRow struct {
	Name, Before, After string
	Head                bool
}

// gcRows lists the collector's measures side by side, or says in words what
// is missing.
func gcRows(b *analysis.Benchmark) (table []gcRow, lack string) {
	before, after := b.GC[results.Before], b.GC[results.After]
	switch {
	case before == nil && after == nil:
		return nil, "No collector trace was taken of this benchmark, or none that reads."
	case before == nil:
		lack = "No collector trace of before."
	case after == nil:
		lack = "No collector trace of after."
	case before.Cycles == 0 && after.Cycles == 0:
		return nil, "The traces of both sides show no collection."
	}
	if n := unparsed(before) + unparsed(after); n > 0 {
		lack = strings.TrimSpace(lack + " " + count(n, "line") + " of the traces could not be read.")
	}
	for _, m := range gcMeasures(b.Iterations) {
		table = append(table, gcRow{Name: m.name, Before: m.of(before), After: m.of(after)})
	}
	return table, lack
}

func unparsed(s *gctrace.Stats) int {
	if s == nil {
		return 0
	}
	return s.Unparsed
}

// A gcMeasure is one row of the table and how it is taken from a trace.
type gcMeasure struct {
	name string
	of   func(*gctrace.Stats) string
}

// gcMeasures lists them for processes of so many iterations, or of unknown ones
// if that is 0.
func gcMeasures(iterations int) []gcMeasure {
	list := []gcMeasure{
		{"processes", func(s *gctrace.Stats) string { return strconv.Itoa(s.Processes) }},
		{"cycles (forced)", func(s *gctrace.Stats) string { return fmt.Sprintf("%d (%d)", s.Cycles, s.Forced) }},
		{"cycles per op", func(s *gctrace.Stats) string {
			ops := s.Processes * iterations
			if ops == 0 {
				return missing
			}
			return number(float64(s.Cycles) / float64(ops))
		}},
		{"cycles per second", func(s *gctrace.Stats) string { return number(s.CyclesPerSec) }},
		{"share of CPU in the collector", func(s *gctrace.Stats) string { return share(s.GCCPUPercent / 100) }},
		{"mark CPU: assists, background, idle", markSplit},
		{"stop at sweep termination", spell(func(s *gctrace.Stats) stats.Distribution { return s.SweepTermSTW })},
		{"concurrent mark", spell(func(s *gctrace.Stats) stats.Distribution { return s.Mark })},
		{"stop at mark termination", spell(func(s *gctrace.Stats) stats.Distribution { return s.MarkTermSTW })},
		{"heap at start, end, live, goal (MB)", func(s *gctrace.Stats) string {
			return fmt.Sprintf("%s, %s, %s, %s", number(s.HeapStart), number(s.HeapEnd), number(s.HeapLive), number(s.HeapGoal))
		}},
		{"GOMAXPROCS seen", func(s *gctrace.Stats) string { return strconv.Itoa(s.Procs) }},
	}
	for i, m := range list {
		list[i].of = func(s *gctrace.Stats) string {
			if s == nil {
				return missing
			}
			return m.of(s)
		}
	}
	return list
}

// markSplit writes who marked, in shares of the mark phase's CPU time: the
// trace's amounts are inflated under load, the split is not.
func markSplit(s *gctrace.Stats) string {
	all := s.AssistCPU + s.BackgroundCPU + s.IdleCPU
	if all <= 0 {
		return missing
	}
	return fmt.Sprintf("%s, %s, %s", share(s.AssistCPU/all), share(s.BackgroundCPU/all), share(s.IdleCPU/all))
}

// spell writes a distribution over cycles.
func spell(of func(*gctrace.Stats) stats.Distribution) func(*gctrace.Stats) string {
	return func(s *gctrace.Stats) string { return spelled(of(s)) }
}

// spelled writes the median, percentile 99 and maximum of d in one unit, which
// is the median's unless that is 0.
func spelled(d stats.Distribution) string {
	unit := d.P50
	if unit == 0 {
		unit = d.Max
	}
	scale := benchunit.CommonScale([]float64{unit}, benchunit.Decimal)
	write := func(x float64) string { return number(x / scale.Factor) }
	return fmt.Sprintf("%s, %s, %s %ss", write(d.P50), write(d.P99), write(d.Max), scale.Prefix)
}
