package report

import (
	"fmt"
	"strconv"
	"strings"
	"time"

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
		return nil, strings.TrimSpace("No execution trace was taken of this benchmark, or none that reads." + traceLacks(b))
	}
	note = "From unscored processes under the execution tracer, which takes time of its own. Times over cycles are median, p99 and maximum. A worker's time is with a P, by the wall clock; it parks when it goes back to the pool."
	for _, side := range results.Sides() {
		if b.Trace[side] == nil {
			note += fmt.Sprintf(" No execution trace of %s.", side)
		} else if t := b.Trace[side]; t.Detailed < t.Processes {
			note += fmt.Sprintf(" Of %s of %s %d came from an older patchbench, which recorded less.", count(t.Processes, "trace"), side, t.Processes-t.Detailed)
		}
	}
	note += traceLacks(b)
	for _, g := range traceGroups() {
		table = append(table, gcRow{Name: g.name, Head: true})
		for _, m := range g.measures {
			table = append(table, gcRow{Name: m.name, Before: m.write(before), After: m.write(after)})
		}
	}
	return table, note
}

// traceLacks says why traces are missing.
func traceLacks(b *analysis.Benchmark) string {
	var text string
	for _, side := range results.Sides() {
		if why := b.TraceLack[side]; why != "" {
			text += fmt.Sprintf(" One of %s is missing: %s.", side, clip(strings.TrimSuffix(why, "."), 200))
		}
	}
	return text
}

// A traceGroup is a part of the table.
type traceGroup struct {
	name     string
	measures []traceMeasure
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

const (
	notRecorded = "not recorded"    // by an older patchbench
	noEvent     = "leaves no event" // in any format
)

func traceGroups() []traceGroup {
	return []traceGroup{
		{"a cycle", []traceMeasure{
			{"processes, cycles", func(s *traces.Stats) string { return fmt.Sprintf("%d, %d", s.Processes, s.Cycles) }},
			cycleTimes("stop at sweep termination", func(s *traces.Stats) stats.Distribution { return s.SweepTermSTW }),
			cycleTimes("trigger to first worker", func(s *traces.Stats) stats.Distribution { return s.MarkStart }),
			cycleTimes("restart to first worker", func(s *traces.Stats) stats.Distribution { return s.MarkResume }),
			cycleTimes("concurrent mark", func(s *traces.Stats) stats.Distribution { return s.Mark }),
			cycleTimes("last worker to last stop", func(s *traces.Stats) stats.Distribution { return s.MarkEnd }),
			cycleTimes("stop at mark termination", func(s *traces.Stats) stats.Distribution { return s.MarkTermSTW }),
		}},
		{"mark workers", []traceMeasure{
			workerRuns("dedicated: starts, parks, time", func(s *traces.Stats) traces.Work { return s.Dedicated }),
			workerRuns("fractional", func(s *traces.Stats) traces.Work { return s.Fractional }),
			workerRuns("idle", func(s *traces.Stats) traces.Work { return s.Idle }),
			cycleCounts("starts in a cycle", func(s *traces.Stats) stats.Distribution { return s.Starts }),
			{"cycles without a worker", func(s *traces.Stats) string { return strconv.Itoa(s.Workerless) }},
			detail("preempted into a run queue", preemptions),
			detail("blocked in gcMarkDone", func(s *traces.Stats) string { return strconv.Itoa(s.Blocked) }),
			detail("runnable on a queue (times)", func(s *traces.Stats) string { return spreadOf(s.Queued) }),
		}},
		{"the end of a mark", []traceMeasure{
			cycleCounts("attempts of gcMarkDone that stopped the world, in a cycle", func(s *traces.Stats) stats.Distribution { return s.Attempts }),
			{"stops that found more to mark", func(s *traces.Stats) string { return strconv.Itoa(s.Restarts) }},
			{"attempts given up before a stop", func(*traces.Stats) string { return noEvent }},
		}},
		{"the program", []traceMeasure{
			{"assists: starts, time", func(s *traces.Stats) string {
				if s.Assist == (traces.Work{}) {
					return "0"
				}
				return fmt.Sprintf("%d, %s", s.Assist.Starts, seconds(s.Assist.Time))
			}},
			detail("assist time of a goroutine in a cycle (times)", func(s *traces.Stats) string { return spreadOf(s.AssistTime) }),
			detail("runnable until it ran, in cycles (times)", func(s *traces.Stats) string { return spreadOf(s.Latency) }),
			utilisation("least left to the program in 1 ms", time.Millisecond),
			utilisation("least left to the program in 10 ms", 10*time.Millisecond),
			utilisation("least left to the program in 100 ms", 100*time.Millisecond),
		}},
	}
}

func cycleTimes(name string, of func(*traces.Stats) stats.Distribution) traceMeasure {
	return traceMeasure{name, func(s *traces.Stats) string {
		if s.Cycles == 0 {
			return missing
		}
		return spelled(of(s))
	}}
}

func cycleCounts(name string, of func(*traces.Stats) stats.Distribution) traceMeasure {
	return traceMeasure{name, func(s *traces.Stats) string {
		if s.Cycles == 0 {
			return missing
		}
		d := of(s)
		return fmt.Sprintf("%s, %s, %s", number(d.P50), number(d.P99), number(d.Max))
	}}
}

// detail is a measure that traces of an older patchbench don't have.
func detail(name string, of func(*traces.Stats) string) traceMeasure {
	return traceMeasure{name, func(s *traces.Stats) string {
		if s.Detailed == 0 {
			return notRecorded
		}
		return of(s)
	}}
}

func workerRuns(name string, of func(*traces.Stats) traces.Work) traceMeasure {
	return traceMeasure{name, func(s *traces.Stats) string {
		w := of(s)
		if w == (traces.Work{}) {
			return "0"
		}
		parks := strconv.Itoa(w.Parks)
		if s.Detailed == 0 {
			parks = notRecorded
		}
		return fmt.Sprintf("%d, %s, %s", w.Starts, parks, seconds(w.Time))
	}}
}

// preemptions counts the workers preempted, and those of them that had gone
// through gcMarkDone; the others were in it.
func preemptions(s *traces.Stats) string {
	if s.Preempted == 0 {
		return "0"
	}
	return fmt.Sprintf("%d, on the way to the park %d", s.Preempted, s.PreemptedParking)
}

// spreadOf writes durations and how many these are.
func spreadOf(s traces.Spread) string {
	if s.Count == 0 {
		return "none"
	}
	return fmt.Sprintf("%s (%d)", spelled(s.Distribution), s.Count)
}

func utilisation(name string, window time.Duration) traceMeasure {
	return detail(name, func(s *traces.Stats) string {
		switch u, ok := s.Utilisation(window); {
		case ok:
			return share(u)
		case len(s.MMU) == 0:
			return "GOMAXPROCS not in the trace"
		}
		return "the trace is shorter"
	})
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
		return gcRow{Name: name, Before: write(before), After: write(after)}
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
