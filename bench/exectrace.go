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

// Other names in them.
const (
	reasonLock  = "sync" // a goroutine waits for a lock
	metricProcs = "/sched/gomaxprocs:threads"
)

// readExecTrace reads what an execution trace tells of the collector, but not
// how often the benchmark ran. Cycles that began before the trace, or did not
// end in it, are left out.
func readExecTrace(r io.Reader) (*results.Trace, error) {
	events, err := trace.NewReader(r)
	if err != nil {
		return nil, fmt.Errorf("read the execution trace: %w", err)
	}
	t := newCycleTracker()
	for {
		e, err := events.ReadEvent()
		if errors.Is(err, io.EOF) {
			return t.trace(), nil
		}
		if err != nil {
			return nil, fmt.Errorf("read the execution trace: %w", err)
		}
		t.event(&e)
	}
}

// A cycleTracker follows the collector through the events of a trace.
type cycleTracker struct {
	cycles   []results.Cycle
	started  bool
	start    trace.Time
	now      time.Duration
	phase    phase
	ended    bool // the mark phase is over, so the stop under way is its last
	cycle    results.Cycle
	kept     bool // outside: the last of cycles is the one before
	markers  map[trace.GoID]*marker
	assisted map[trace.GoID]time.Duration // with a P, in the cycle under way
	assists  results.Histogram
	runnable map[trace.GoID]time.Duration // since when a goroutine can run and does not
	latency  results.Histogram
	lanes    lanes
	parking  parking
}

func newCycleTracker() *cycleTracker {
	return &cycleTracker{
		markers:  make(map[trace.GoID]*marker),
		assisted: make(map[trace.GoID]time.Duration),
		runnable: make(map[trace.GoID]time.Duration),
		lanes:    lanes{of: make(map[trace.ProcID]*lane)},
		parking:  parking{alone: make(map[int][]uint64)},
	}
}

// trace is what was seen.
func (t *cycleTracker) trace() *results.Trace {
	for i := range t.cycles {
		t.cycles[i].PreemptedParking += t.parking.late(i)
	}
	return &results.Trace{
		Cycles: t.cycles, Detail: results.TraceDetail, Latency: t.latency, Assists: t.assists,
		MMU: t.lanes.share.mmu(t.now), Picture: t.lanes.album.median(t.cycles),
	}
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
	g       trace.GoID
	label   string // a worker's mode; empty while it has none
	counted bool   // its start was
	late    bool   // what it works for a cycle is over
	assists bool
	running bool
	since   time.Duration // of the work not yet counted

	blocked bool // a worker waits for a lock, and is not parked
	queued  bool // a worker is on a run queue
	joined  time.Duration
}

// kind is what a P does that runs m; m may be nil.
func (m *marker) kind() results.SpanKind {
	switch {
	case m == nil:
	case m.label == labelDedicated:
		return results.SpanDedicated
	case m.label == labelFractional:
		return results.SpanFractional
	case m.label == labelIdle:
		return results.SpanIdle
	case m.assists:
		return results.SpanAssist
	}
	return results.SpanMutator
}

func (t *cycleTracker) event(e *trace.Event) {
	if !t.started {
		t.started, t.start = true, e.Time()
	}
	now := e.Time().Sub(t.start)
	t.now = now
	switch e.Kind() {
	case trace.EventRangeBegin:
		t.begin(e.Range().Name, e.Goroutine(), e.Proc(), now)
	case trace.EventRangeActive: // at the start of a part of the trace
		if r := e.Range(); r.Name == rangeAssist && r.Scope.Kind == trace.ResourceGoroutine {
			if m := t.marker(r.Scope.Goroutine()); !m.assists {
				m.assists, m.since = true, now
				t.lanes.change(m.g, m.kind(), now)
			}
		}
	case trace.EventRangeEnd:
		t.end(e.Range().Name, e.Goroutine(), e.Proc(), now)
	case trace.EventLabel:
		if l := e.Label(); l.Resource.Kind == trace.ResourceGoroutine {
			t.worker(l.Label, l.Resource.Goroutine(), e.Proc(), now)
		}
	case trace.EventMetric:
		if m := e.Metric(); m.Name == metricProcs && m.Value.Kind() == trace.ValueUint64 {
			t.lanes.share.gomaxprocs(int(m.Value.Uint64()), now)
		}
	case trace.EventStateTransition:
		if s := e.StateTransition(); s.Resource.Kind == trace.ResourceGoroutine {
			if m := t.markers[e.Goroutine()]; m != nil && m.label != "" && s.Resource.Goroutine() != e.Goroutine() {
				t.parking.learn(e.Stack()) // it makes another goroutine runnable
			}
			t.transition(&s, e.Proc(), now)
		}
	}
}

func (t *cycleTracker) begin(name string, g trace.GoID, p trace.ProcID, now time.Duration) {
	switch name {
	case rangeCycle:
		t.phase, t.ended = marking, false
		t.cycle = results.Cycle{Begin: now}
		clear(t.assisted)
		t.parking.forget(len(t.cycles))
		for _, m := range t.markers {
			m.since = now
		}
		t.lanes.album.start(now)
	case rangeSweepTerm:
		t.cycle.SweepTermBegin = now
		t.lanes.share.stop(true, now)
	case rangeMarkTerm:
		t.lanes.share.stop(true, now)
		if t.phase == marking {
			t.countAll(now)
			t.phase, t.cycle.MarkTermBegin = stopping, now
		}
	case rangeAssist:
		m := t.marker(g)
		m.assists, m.running, m.since = true, true, now
		t.lanes.run(p, g, m.kind(), now)
		if t.phase == marking {
			t.cycle.Assist.Starts++
			t.assisted[g] += 0
		}
	}
}

func (t *cycleTracker) end(name string, g trace.GoID, p trace.ProcID, now time.Duration) {
	switch name {
	case rangeCycle:
		t.ended = true
	case rangeSweepTerm:
		t.cycle.SweepTermEnd = now
		t.lanes.share.stop(false, now)
	case rangeMarkTerm:
		t.lanes.share.stop(false, now)
		t.restart(now)
	case rangeAssist:
		if m := t.markers[g]; m != nil {
			t.count(m, now)
			m.assists = false
			t.lanes.run(p, g, m.kind(), now)
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
	t.lanes.album.add(stopSpan(t.cycle.MarkTermBegin, now))
	if !t.ended {
		t.phase = marking
		t.cycle.Restarts++
		for _, m := range t.markers {
			m.since = now
		}
		return
	}
	t.phase, t.cycle.MarkTermEnd = outside, now
	for _, m := range t.markers {
		m.late = m.label != ""
	}
	c := &t.cycle
	t.kept = c.SweepTermBegin >= c.Begin && c.SweepTermEnd >= c.SweepTermBegin && c.MarkTermBegin >= c.SweepTermEnd
	if !t.kept {
		t.lanes.album.drop()
		t.parking.forget(len(t.cycles))
		return
	}
	for _, d := range t.assisted {
		t.assists.Add(d)
	}
	t.lanes.album.add(stopSpan(c.SweepTermBegin, c.SweepTermEnd))
	t.lanes.end(c, len(t.cycles))
	t.cycles = append(t.cycles, *c)
}

func stopSpan(from, to time.Duration) results.Span {
	return results.Span{Kind: results.SpanStop, P: -1, From: from, To: to}
}

// around is the cycle that a worker's doings belong to: the one under way, or
// else the one before. It is nil if that was not seen whole.
func (t *cycleTracker) around() *results.Cycle {
	switch {
	case t.phase != outside:
		return &t.cycle
	case t.kept:
		return &t.cycles[len(t.cycles)-1]
	}
	return nil
}

// aroundIndex is where that cycle is among cycles, or will be.
func (t *cycleTracker) aroundIndex() int {
	if t.phase == outside {
		return len(t.cycles) - 1
	}
	return len(t.cycles)
}

// worker is where a worker starts to run: the runtime labels it each time.
func (t *cycleTracker) worker(label string, g trace.GoID, p trace.ProcID, now time.Duration) {
	w := workOf(&t.cycle, label)
	if w == nil {
		return
	}
	m := t.marker(g)
	m.label, m.running, m.since, m.late = label, true, now, false
	m.counted = t.phase == marking
	t.lanes.label(p, g, m.kind(), now)
	if m.counted {
		w.Starts++
		if t.cycle.FirstWorker == 0 {
			t.cycle.FirstWorker = now
		}
	}
}

func (t *cycleTracker) transition(s *trace.StateTransition, p trace.ProcID, now time.Duration) {
	g := s.Resource.Goroutine()
	from, to := s.Goroutine()
	t.wait(g, from, to, now)
	m := t.markers[g]
	if from == trace.GoRunning && to != trace.GoRunning {
		t.lanes.stop(p, g, now)
	}
	if to == trace.GoRunning && from != trace.GoRunning {
		t.lanes.run(p, g, m.kind(), now)
	}
	if m == nil {
		return
	}
	if from == trace.GoRunning {
		t.count(m, now)
		m.running = false
	}
	if m.label != "" {
		t.queue(m, s, now)
	}
	switch to {
	case trace.GoRunning:
		m.running, m.since = true, now
	case trace.GoWaiting:
		if m.blocked {
			return
		}
		t.park(m)
		t.forget(g, m)
	case trace.GoNotExist:
		delete(t.markers, g)
	}
}

// wait measures how long goroutines can run and do not.
func (t *cycleTracker) wait(g trace.GoID, from, to trace.GoState, now time.Duration) {
	switch {
	case from == to || from == trace.GoUndetermined: // told anew at the start of a part of the trace
	case to == trace.GoRunnable:
		t.runnable[g] = now
	case from == trace.GoRunnable:
		if since, ok := t.runnable[g]; ok && to == trace.GoRunning && t.phase != outside {
			t.latency.Add(now - since)
		}
		delete(t.runnable, g)
	}
}

// queue follows a worker onto a run queue and off it. A worker gets there by
// being preempted, and by waiting for a lock that it is then given; from the
// pool it is run at once, without a queue.
func (t *cycleTracker) queue(m *marker, s *trace.StateTransition, now time.Duration) {
	from, to := s.Goroutine()
	c := t.around()
	if c == nil {
		c = new(results.Cycle) // nobody asks
	}
	switch {
	case from == trace.GoRunning && to == trace.GoWaiting:
		if m.blocked = s.Reason == reasonLock; m.blocked {
			c.Blocked++
			t.parking.learn(s.Stack)
		}
	case from == trace.GoRunning && to == trace.GoRunnable:
		m.queued, m.joined = true, now
		c.Preempted++
		if t.parking.preempted(s.Stack, t.aroundIndex()) {
			c.PreemptedParking++
		}
	case from == trace.GoWaiting && to == trace.GoRunnable:
		m.queued, m.joined = m.blocked, now
		m.blocked = false
	case from == trace.GoRunnable && to == trace.GoRunning && m.queued:
		m.queued = false
		c.Queued = append(c.Queued, now-m.joined)
		t.lanes.album.add(results.Span{Kind: results.SpanQueued, P: -1, Worker: int64(m.g), From: m.joined, To: now})
	}
}

// park is where a goroutine comes to wait. A worker goes back to the pool, and
// is given its mode anew.
func (t *cycleTracker) park(m *marker) {
	if c := t.around(); m.counted && c != nil {
		workOf(c, m.label).Parks++
	}
	m.label, m.counted, m.late, m.queued = "", false, false, false
}

// count adds what m did since it was last counted to the cycle.
func (t *cycleTracker) count(m *marker, now time.Duration) {
	if t.phase == marking && m.running && !m.late {
		if m.label != "" {
			workOf(&t.cycle, m.label).Time += now - m.since
			t.cycle.LastWorker = now
		} else if m.assists {
			t.cycle.Assist.Time += now - m.since
			t.assisted[m.g] += now - m.since
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
		m = &marker{g: g}
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
