package analysis

import (
	"cmp"
	"time"

	"patchbench/results"
)

// An eventLog is what the analysis needs of events.jsonl.
type eventLog struct {
	started, ended time.Time // of the first event, and of the last one
	sessions       int
	failures       int
	waited         float64 // seconds
	unquiet        int     // times that no quiet machine came
	done           []results.Event
	gaveUp         map[string]string                  // why, by benchmark
	decided        map[string]bool                    // benchmarks that needed no more samples
	skipped        map[string]string                  // benchmarks in reserve that got none, and why
	noTrace        map[string]map[results.Side]string // why, by benchmark
	machines       map[int]*machinePage
}

// A machine is its state around one sample.
type machine struct {
	load, steal, busy, pressure, wall float64
	session                           int32
	known, excluded                   bool
}

// A machinePage holds the states around samples whose IDs come in a row, as
// those of a run do: pages cost less than each an entry of a map.
type machinePage [16]machine

func readEventLog(dir string) (*eventLog, error) {
	l := &eventLog{gaveUp: make(map[string]string), decided: make(map[string]bool), skipped: make(map[string]string), noTrace: make(map[string]map[results.Side]string), machines: make(map[int]*machinePage)}
	err := results.ScanEvents(dir, func(e *results.Event) error {
		l.add(e)
		return nil
	})
	return l, err
}

func (l *eventLog) add(e *results.Event) {
	end := e.Time.Add(time.Duration(e.Wall * float64(time.Second)))
	if l.started.IsZero() || e.Time.Before(l.started) {
		l.started = e.Time
	}
	if end.After(l.ended) {
		l.ended = end
	}
	switch e.Kind {
	case results.EventStart:
		l.sessions++
	case results.EventWait:
		l.waited += e.Wall
		if e.Message != results.WaitedQuiet {
			l.unquiet++
		}
	case results.EventFailure:
		l.failures++
		l.missTrace(e)
	case results.EventPass:
		l.haveTrace(e)
	case results.EventBroken:
		l.gaveUp[e.Benchmark] = cmp.Or(e.Message, "given up")
	case results.EventDecided:
		l.decided[e.Benchmark] = true
	case results.EventSkipped:
		l.skipped[e.Benchmark] = cmp.Or(e.Message, "not measured, as the others left too little time")
	case results.EventDone:
		l.done = append(l.done, *e)
	case results.EventSample:
		if e.Sample < 0 {
			return // no sample's
		}
		page := l.machines[e.Sample/len(machinePage{})]
		if page == nil {
			page = new(machinePage)
			l.machines[e.Sample/len(page)] = page
		}
		// A sample measured again after an interruption has several events, of
		// which the last belongs to the values that were kept.
		page[e.Sample%len(page)] = machine{
			load: e.Load, steal: e.Steal, busy: e.Busy, pressure: e.Pressure, wall: e.Wall,
			session: int32(e.Session), known: true, excluded: e.Excluded != "",
		}
	}
}

// A logReader looks samples up in the log. Those asked for one after the other
// are mostly neighbours, which share a page.
type logReader struct {
	log    *eventLog
	number int
	page   *machinePage
}

// around returns the state around a sample, nil if the log has none.
func (r *logReader) around(sample int) *machine {
	if number := sample / len(machinePage{}); r.page == nil || number != r.number {
		r.number, r.page = number, r.log.machines[number]
	}
	if r.page == nil || !r.page[sample%len(r.page)].known {
		return nil
	}
	return &r.page[sample%len(r.page)]
}
