package bench

import (
	"time"

	"golang.org/x/exp/trace"

	"patchbench/results"
)

// lanes are what each P does.
type lanes struct {
	of    map[trace.ProcID]*lane
	share utilisation
	album album
}

// A lane is what one P does: a goroutine runs on it, or none.
type lane struct {
	running bool
	g       trace.GoID
	kind    results.SpanKind
	since   time.Duration
}

// forCollector reports whether a P that runs such a goroutine is taken from
// the program.
func forCollector(kind results.SpanKind) bool {
	return kind == results.SpanDedicated || kind == results.SpanFractional || kind == results.SpanAssist
}

// run is where a goroutine starts to run on p, or goes on as something else.
func (l *lanes) run(p trace.ProcID, g trace.GoID, kind results.SpanKind, now time.Duration) {
	if p == trace.NoProc {
		return
	}
	at := l.of[p]
	if at == nil {
		at = new(lane)
		l.of[p] = at
	}
	l.close(p, at, now)
	*at = lane{running: true, g: g, kind: kind, since: now}
	if forCollector(kind) {
		l.share.work(+1, now)
	}
}

// label is where g, which has just started to run on p, turns out to be a
// worker.
func (l *lanes) label(p trace.ProcID, g trace.GoID, kind results.SpanKind, now time.Duration) {
	at := l.of[p]
	if at == nil || !at.running || at.g != g || at.kind != results.SpanMutator {
		l.run(p, g, kind, now)
		return
	}
	at.kind = kind
	if forCollector(kind) {
		l.share.work(+1, now)
	}
}

// stop is where g runs no more, on p by the event that tells.
func (l *lanes) stop(p trace.ProcID, g trace.GoID, now time.Duration) {
	if at := l.of[p]; at != nil && at.running && at.g == g {
		l.close(p, at, now)
		return
	}
	if p := l.find(g); p != trace.NoProc {
		l.close(p, l.of[p], now)
	}
}

// change is where g, if it runs on a P, goes on as something else. The event
// that tells need not be on that P.
func (l *lanes) change(g trace.GoID, kind results.SpanKind, now time.Duration) {
	l.run(l.find(g), g, kind, now)
}

// find returns the P that g runs on, or none.
func (l *lanes) find(g trace.GoID) trace.ProcID {
	for p, at := range l.of {
		if at.running && at.g == g {
			return p
		}
	}
	return trace.NoProc
}

func (l *lanes) close(p trace.ProcID, at *lane, now time.Duration) {
	if !at.running {
		return
	}
	at.running = false
	if forCollector(at.kind) {
		l.share.work(-1, now)
	}
	l.album.add(at.span(p, now))
}

func (at *lane) span(p trace.ProcID, now time.Duration) results.Span {
	s := results.Span{Kind: at.kind, P: int(p), From: at.since, To: now}
	switch at.kind {
	case results.SpanDedicated, results.SpanFractional, results.SpanIdle:
		s.Worker = int64(at.g)
	}
	return s
}

// end is the end of a cycle: what runs is in its picture up to here.
func (l *lanes) end(c *results.Cycle, index int) {
	for p, at := range l.of {
		if at.running {
			l.album.add(at.span(p, c.MarkTermEnd))
		}
	}
	l.album.end(c, index)
}
