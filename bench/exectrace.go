package bench

import (
	"errors"
	"fmt"
	"io"
	"time"

	"golang.org/x/exp/trace"

	"patchbench/results"
)

// Names in execution traces. They are the same from Go 1.16 to 1.27, once the
// reader has brought old formats into the new one.
const (
	rangeCycle     = "GC concurrent mark phase" // from before the first pause until within the second
	rangeSweepTerm = "stop-the-world (GC sweep termination)"
	rangeMarkTerm  = "stop-the-world (GC mark termination)"
	rangeAssist    = "GC mark assist"

	labelDedicated  = "GC (dedicated)"
	labelFractional = "GC (fractional)"
	labelIdle       = "GC (idle)"
)

// readCycles reads what an execution trace tells of the collector. Cycles
// that began before the trace, or did not end in it, are left out.
func readCycles(r io.Reader) ([]results.Cycle, error) {
	events, err := trace.NewReader(r)
	if err != nil {
		return nil, fmt.Errorf("read the execution trace: %w", err)
	}
	t := &cycleTracker{markers: make(map[trace.GoID]*marker)}
	for {
		e, err := events.ReadEvent()
		if errors.Is(err, io.EOF) {
			return t.cycles, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read the execution trace: %w", err)
		}
		t.event(&e)
	}
}

// A cycleTracker follows the collector through the events of a trace.
type cycleTracker struct {
	cycles  []results.Cycle
	started bool
	start   trace.Time
	phase   phase
	ended   bool // the mark phase is over, so the stop under way is its last
	cycle   results.Cycle
	markers map[trace.GoID]*marker
}

type phase int

const (
	outside  phase = iota // no cycle is under way, or one whose start was not seen
	marking               // from the start of a cycle
	stopping              // from where a goroutine sets out to stop the world at the end
)

// A marker is a goroutine that marks: a worker by its label, or any other in
// an assist.
type marker struct {
	label   string // a worker's mode; empty while it has none
	assists bool
	running bool
	since   time.Duration // of the work not yet counted
}

func (t *cycleTracker) event(e *trace.Event) {
	if !t.started {
		t.started, t.start = true, e.Time()
	}
	now := e.Time().Sub(t.start)
	switch e.Kind() {
	case trace.EventRangeBegin:
		t.begin(e.Range().Name, e.Goroutine(), now)
	case trace.EventRangeActive: // at the start of a part of the trace
		if r := e.Range(); r.Name == rangeAssist && r.Scope.Kind == trace.ResourceGoroutine {
			if m := t.marker(r.Scope.Goroutine()); !m.assists {
				m.assists, m.since = true, now
			}
		}
	case trace.EventRangeEnd:
		t.end(e.Range().Name, e.Goroutine(), now)
	case trace.EventLabel:
		if l := e.Label(); l.Resource.Kind == trace.ResourceGoroutine {
			t.worker(l.Label, l.Resource.Goroutine(), now)
		}
	case trace.EventStateTransition:
		if s := e.StateTransition(); s.Resource.Kind == trace.ResourceGoroutine {
			from, to := s.Goroutine()
			t.transition(s.Resource.Goroutine(), from, to, now)
		}
	}
}

func (t *cycleTracker) begin(name string, g trace.GoID, now time.Duration) {
	switch name {
	case rangeCycle:
		t.phase, t.ended = marking, false
		t.cycle = results.Cycle{Begin: now}
		for _, m := range t.markers {
			m.since = now
		}
	case rangeSweepTerm:
		t.cycle.SweepTermBegin = now
	case rangeMarkTerm:
		if t.phase == marking {
			t.countAll(now)
			t.phase, t.cycle.MarkTermBegin = stopping, now
		}
	case rangeAssist:
		m := t.marker(g)
		m.assists, m.running, m.since = true, true, now
		if t.phase == marking {
			t.cycle.Assist.Starts++
		}
	}
}

func (t *cycleTracker) end(name string, g trace.GoID, now time.Duration) {
	switch name {
	case rangeCycle:
		t.ended = true
	case rangeSweepTerm:
		t.cycle.SweepTermEnd = now
	case rangeMarkTerm:
		t.restart(now)
	case rangeAssist:
		if m := t.markers[g]; m != nil {
			t.count(m, now)
			m.assists = false
			t.forget(g, m)
		}
	}
}

// restart is where the world goes on after a stop at the end of marking: the
// cycle is over, or more to mark has turned up.
func (t *cycleTracker) restart(now time.Duration) {
	if t.phase != stopping {
		return
	}
	if !t.ended {
		t.phase = marking
		t.cycle.Restarts++
		for _, m := range t.markers {
			m.since = now
		}
		return
	}
	t.phase, t.cycle.MarkTermEnd = outside, now
	if c := &t.cycle; c.SweepTermBegin >= c.Begin && c.SweepTermEnd >= c.SweepTermBegin && c.MarkTermBegin >= c.SweepTermEnd {
		t.cycles = append(t.cycles, *c)
	}
}

// worker is where a worker starts to run: the runtime labels it each time.
func (t *cycleTracker) worker(label string, g trace.GoID, now time.Duration) {
	w := workOf(&t.cycle, label)
	if w == nil {
		return
	}
	m := t.marker(g)
	m.label, m.running, m.since = label, true, now
	if t.phase == marking {
		w.Starts++
		if t.cycle.FirstWorker == 0 {
			t.cycle.FirstWorker = now
		}
	}
}

func (t *cycleTracker) transition(g trace.GoID, from, to trace.GoState, now time.Duration) {
	m := t.markers[g]
	if m == nil {
		return
	}
	if from == trace.GoRunning {
		t.count(m, now)
		m.running = false
	}
	switch to {
	case trace.GoRunning:
		m.running, m.since = true, now
	case trace.GoWaiting: // a worker is given its mode anew
		m.label = ""
		t.forget(g, m)
	case trace.GoNotExist:
		delete(t.markers, g)
	}
}

// count adds what m did since it was last counted to the cycle.
func (t *cycleTracker) count(m *marker, now time.Duration) {
	if t.phase == marking && m.running {
		if m.label != "" {
			workOf(&t.cycle, m.label).Time += now - m.since
			t.cycle.LastWorker = now
		} else if m.assists {
			t.cycle.Assist.Time += now - m.since
		}
	}
	m.since = now
}

func (t *cycleTracker) countAll(now time.Duration) {
	for _, m := range t.markers {
		t.count(m, now)
	}
}

func (t *cycleTracker) marker(g trace.GoID) *marker {
	m := t.markers[g]
	if m == nil {
		m = new(marker)
		t.markers[g] = m
	}
	return m
}

// forget drops a goroutine that marks no more: there may be very many.
func (t *cycleTracker) forget(g trace.GoID, m *marker) {
	if m.label == "" && !m.assists {
		delete(t.markers, g)
	}
}

// workOf is where a cycle counts the workers of a mode; nil for any other
// label.
func workOf(c *results.Cycle, label string) *results.Work {
	switch label {
	case labelDedicated:
		return &c.Dedicated
	case labelFractional:
		return &c.Fractional
	case labelIdle:
		return &c.Idle
	}
	return nil
}
