package report

import (
	"fmt"
	"strconv"

	"patchbench/analysis"
	"patchbench/analysis/prof"
	"patchbench/analysis/stats"
	"patchbench/analysis/traces"
	"patchbench/results"
)

// traceRows lists what execution traces tell of the collector side by side,
// and says in words where it comes from or what is missing.
func traceRows(b *analysis.Benchmark) (table []gcRow, note string) {
	before, after := b.Trace[results.Before], b.Trace[results.After]
	if before == nil && after == nil {
		return nil, "No execution trace was taken of this benchmark."
	}
	note = "From unscored processes under the execution tracer, which takes time of its own. Times over cycles are median, p99 and maximum. A worker's time is with a P, by the wall clock."
	for _, side := range results.Sides() {
		if b.Trace[side] == nil {
			note += fmt.Sprintf(" No execution trace of %s.", side)
		}
	}
	for _, m := range traceMeasures() {
		table = append(table, gcRow{m.name, m.write(before), m.write(after)})
	}
	return table, note
}

// A traceMeasure is one row of the table and how it is taken from traces.
type traceMeasure struct {
	name string
	of   func(*traces.Stats) string
}

func (m *traceMeasure) write(s *traces.Stats) string {
	if s == nil {
		return missing
	}
	return m.of(s)
}

func traceMeasures() []traceMeasure {
	times := func(name string, of func(*traces.Stats) stats.Distribution) traceMeasure {
		return traceMeasure{name, func(s *traces.Stats) string {
			if s.Cycles == 0 {
				return missing
			}
			return spelled(of(s))
		}}
	}
	work := func(name string, of func(*traces.Stats) traces.Work) traceMeasure {
		return traceMeasure{name, func(s *traces.Stats) string {
			w := of(s)
			if w.Starts == 0 && w.Time == 0 {
				return "0"
			}
			return fmt.Sprintf("%d, %s", w.Starts, seconds(w.Time))
		}}
	}
	return []traceMeasure{
		{"processes, cycles", func(s *traces.Stats) string { return fmt.Sprintf("%d, %d", s.Processes, s.Cycles) }},
		work("dedicated workers: starts, time", func(s *traces.Stats) traces.Work { return s.Dedicated }),
		work("fractional workers", func(s *traces.Stats) traces.Work { return s.Fractional }),
		work("idle workers", func(s *traces.Stats) traces.Work { return s.Idle }),
		work("assists", func(s *traces.Stats) traces.Work { return s.Assist }),
		{"cycles without a worker", func(s *traces.Stats) string { return strconv.Itoa(s.Workerless) }},
		{"stops that found more to mark", func(s *traces.Stats) string { return strconv.Itoa(s.Restarts) }},
		times("trigger to first worker", func(s *traces.Stats) stats.Distribution { return s.MarkStart }),
		times("restart to first worker", func(s *traces.Stats) stats.Distribution { return s.MarkResume }),
		times("last worker to last stop", func(s *traces.Stats) stats.Distribution { return s.MarkEnd }),
		times("stop at sweep termination", func(s *traces.Stats) stats.Distribution { return s.SweepTermSTW }),
		times("concurrent mark", func(s *traces.Stats) stats.Distribution { return s.Mark }),
		times("stop at mark termination", func(s *traces.Stats) stats.Distribution { return s.MarkTermSTW }),
	}
}

// samplePeriod is the CPU time a sample of a CPU profile stands for, in seconds:
// the runtime takes 100 a second.
const samplePeriod = 0.01

// shareRows lists the collector's parts of the CPU samples side by side, and
// what they come to per op. That is how the collector's CPU time is known on
// releases whose runtime does not tell it.
func shareRows(b *analysis.Benchmark) []gcRow {
	before, after := b.GCShares[results.Before], b.GCShares[results.After]
	if before == nil && after == nil {
		return nil
	}
	row := func(name string, of func(*analysis.GCShares) prof.Part) gcRow {
		write := func(s *analysis.GCShares) string {
			if s == nil {
				return missing
			}
			text := samplePart(of(s).Within, of(s).Samples)
			if ops := s.Processes * b.Iterations; ops > 0 && of(s).Samples > 0 {
				text += ", " + seconds(float64(of(s).Within)*samplePeriod/float64(ops)) + " per op"
			}
			return text
		}
		return gcRow{name, write(before), write(after)}
	}
	return []gcRow{
		row("mark workers", func(s *analysis.GCShares) prof.Part { return s.Workers }),
		row("assists", func(s *analysis.GCShares) prof.Part { return s.Assists }),
		row("sweeping", func(s *analysis.GCShares) prof.Part { return s.Sweep }),
	}
}

// samplePart writes n of all CPU samples as a share and as a count.
func samplePart(n, all int64) string {
	if all == 0 {
		return missing
	}
	return fmt.Sprintf("%s (%d)", share(float64(n)/float64(all)), n)
}
