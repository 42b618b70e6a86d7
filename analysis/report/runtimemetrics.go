package report

import (
	"fmt"
	"strconv"

	"patchbench/analysis"
	"patchbench/analysis/stats"
	"patchbench/results"
)

// runtimeRows lists what processes said of themselves side by side, without
// measures that neither release has.
func runtimeRows(b *analysis.Benchmark) []gcRow {
	before, after := b.Runtime[results.Before], b.Runtime[results.After]
	var rows []gcRow
	add := func(name string, of func(*analysis.RuntimeMeasures) string) {
		row := gcRow{Name: name, Before: missing, After: missing}
		if before != nil {
			row.Before = of(before)
		}
		if after != nil {
			row.After = of(after)
		}
		if row.Before != missing || row.After != missing {
			rows = append(rows, row)
		}
	}
	perOp := func(of func(*analysis.RuntimeMeasures) *float64) func(*analysis.RuntimeMeasures) string {
		return func(m *analysis.RuntimeMeasures) string {
			if x := of(m); x != nil {
				return seconds(*x)
			}
			return missing
		}
	}
	times := func(of func(*analysis.RuntimeMeasures) *analysis.Quantiles) func(*analysis.RuntimeMeasures) string {
		return func(m *analysis.RuntimeMeasures) string {
			if q := of(m); q != nil {
				return fmt.Sprintf("%s (%d)", spelled(stats.Distribution{P50: q.P50, P99: q.P99, Max: q.Max}), q.Count)
			}
			return missing
		}
	}
	add("processes", func(m *analysis.RuntimeMeasures) string { return strconv.Itoa(m.Processes) })
	add("CPU per op, all of it", perOp(func(m *analysis.RuntimeMeasures) *float64 { return m.GC }))
	add("by assists", perOp(func(m *analysis.RuntimeMeasures) *float64 { return m.Assist }))
	add("by dedicated, fractional workers", perOp(func(m *analysis.RuntimeMeasures) *float64 { return m.Dedicated }))
	add("by idle workers", perOp(func(m *analysis.RuntimeMeasures) *float64 { return m.Idle }))
	add("in pauses", perOp(func(m *analysis.RuntimeMeasures) *float64 { return m.Pause }))
	add("pauses", times(func(m *analysis.RuntimeMeasures) *analysis.Quantiles { return m.Pauses }))
	add("scheduler latency", times(func(m *analysis.RuntimeMeasures) *analysis.Quantiles { return m.Latencies }))
	return rows
}
