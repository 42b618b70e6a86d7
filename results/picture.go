package results

import (
	"fmt"
	"time"
)

// MaxSpans is how many spans a picture has at most.
const MaxSpans = 400

// A Picture is one GC cycle in full: what ran when, and where. It is of the
// cycle whose mark phase and whole length are nearest the medians of its
// process, among up to 64 cycles spread evenly over it.
type Picture struct {
	Cycle int    `json:"cycle"` // index into [Trace.Cycles]
	Spans []Span `json:"spans"`
	Cut   int    `json:"cut,omitempty"` // spans left out, the shortest
}

// A Span is a time during which a P or a mark worker did one thing. Times are
// since the cycle began.
type Span struct {
	Kind   SpanKind      `json:"kind"`
	P      int           `json:"p"`                // -1 for none
	Worker int64         `json:"worker,omitempty"` // a number of its goroutine; 0 for what is no worker's
	From   time.Duration `json:"from"`
	To     time.Duration `json:"to"`
}

// A SpanKind is what is done in a span.
type SpanKind string

// The kinds. All but the last two are on a P.
const (
	SpanDedicated  SpanKind = "dedicated"
	SpanFractional SpanKind = "fractional"
	SpanIdle       SpanKind = "idle"
	SpanAssist     SpanKind = "assist"  // an allocating goroutine marks
	SpanMutator    SpanKind = "mutator" // any other goroutine runs; short gaps between two are closed
	SpanQueued     SpanKind = "queued"  // a worker waits on a run queue
	SpanStop       SpanKind = "stop"    // a goroutine stops the world and restarts it
)

func (p *Picture) check(cycles []Cycle) error {
	if p.Cycle < 0 || p.Cycle >= len(cycles) || len(p.Spans) > MaxSpans || p.Cut < 0 {
		return fmt.Errorf("%d spans of cycle %d and %d left out", len(p.Spans), p.Cycle+1, p.Cut)
	}
	c := &cycles[p.Cycle]
	for _, s := range p.Spans {
		if s.From < 0 || s.To < s.From || s.To > c.MarkTermEnd-c.Begin || s.P < -1 || s.P > 1<<20 {
			return fmt.Errorf("a span on P %d from %s to %s", s.P, s.From, s.To)
		}
		switch s.Kind {
		case SpanDedicated, SpanFractional, SpanIdle, SpanAssist, SpanMutator, SpanQueued, SpanStop:
		default:
			return fmt.Errorf("a span of kind %q", s.Kind)
		}
	}
	return nil
}
