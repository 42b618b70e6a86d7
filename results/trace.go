package results

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"
)

// maxTrace bounds what a file of a trace unpacks to, in bytes. A cycle takes
// some 400, so that is over a hundred thousand of them.
const maxTrace = 64 << 20

// A Trace is what an execution trace of one process tells of the collector.
//
// The trace itself is no part of a run that is committed: half a second of a
// benchmark makes one to ten megabytes of it, 99 % of them about goroutines that
// have no part in collecting. The first process of a side leaves it beside its
// Trace ([RawTrace]), for go tool trace, if it is small. What is kept are times
// of events, not measures made of them, so that another analysis can still
// choose what to measure; only of what happens a thousand times in a cycle it is
// a measure. It names no file and no function.
type Trace struct {
	Iterations int     `json:"iterations"`       // the benchmark ran, warm-up apart
	Cycles     []Cycle `json:"cycles"`           // that began and ended while traced
	Detail     int     `json:"detail,omitempty"` // what was looked for: below [TraceDetail] nobody looked for what follows, nor for what a cycle says is detail

	Latency Histogram  `json:"latency,omitzero"`  // from where a goroutine could run to where it did, of each that started to run during a cycle, mark workers included
	Assists Histogram  `json:"assists,omitzero"`  // with a P, of each goroutine in each cycle in which it assisted
	MMU     []MMUPoint `json:"mmu,omitempty"`     // by window; without those longer than what was traced, and none where the trace does not tell GOMAXPROCS
	Picture *Picture   `json:"picture,omitempty"` // nil without a cycle
}

// TraceDetail is the Detail of traces as they are recorded now.
const TraceDetail = 1

// A Cycle is one GC cycle. Times are since the start of the trace, in
// nanoseconds, and in the order of the fields, with two exceptions: a worker
// can run before the goroutine that stopped the world has noted that it
// restarted it, and LastWorker can be any time from FirstWorker on.
type Cycle struct {
	Begin          time.Duration `json:"begin"`                  // the collector was set off
	SweepTermBegin time.Duration `json:"sweep_term_begin"`       // a goroutine sets out to stop the world
	SweepTermEnd   time.Duration `json:"sweep_term_end"`         // it has restarted the world, which marks now
	FirstWorker    time.Duration `json:"first_worker,omitempty"` // the first mark worker started to run; 0 without any
	LastWorker     time.Duration `json:"last_worker,omitempty"`  // the last one stopped, MarkTermBegin if one ran until then
	MarkTermBegin  time.Duration `json:"mark_term_begin"`        // a goroutine sets out to stop the world, as it found nothing left to mark
	MarkTermEnd    time.Duration `json:"mark_term_end"`          // it has restarted the world

	Restarts int `json:"restarts,omitempty"` // stops of the world that found more to mark, before MarkTermBegin

	Dedicated  Work `json:"dedicated,omitzero"`  // workers that keep their P until the cycle ends
	Fractional Work `json:"fractional,omitzero"` // workers that keep theirs for a share of the time
	Idle       Work `json:"idle,omitzero"`       // workers on Ps with nothing else to run
	Assist     Work `json:"assist,omitzero"`     // allocating goroutines

	// Detail of what befell the workers, up to the next cycle: the worker
	// that ends a cycle is done with it only after it. A worker has its M
	// locked while it marks and can't be preempted then; it blocks nowhere
	// but in gcMarkDone.
	Preempted        int             `json:"preempted,omitempty"`         // times one went from running onto a run queue
	PreemptedParking int             `json:"preempted_parking,omitempty"` // of these, by their stacks, the times it was past gcMarkDone, on its way to the park
	Blocked          int             `json:"blocked,omitempty"`           // times one waited for a lock
	Queued           []time.Duration `json:"queued,omitempty"`            // from being preempted or unblocked to running again
}

// Work is what one kind of marker did in a cycle, up to MarkTermBegin.
type Work struct {
	Starts int           `json:"starts"`
	Parks  int           `json:"parks,omitempty"` // detail: workers that ran and went back to the pool, up to the next cycle
	Time   time.Duration `json:"time"`            // with a P: not more than the wall clock says, so an upper bound of CPU time
}

// RawTrace is the name that the execution trace of the first process of a
// benchmark and side has in [TracesDir], where it was kept.
func RawTrace(benchmark string, side Side) string {
	return benchmark + "." + string(side) + ".1.trace"
}

// Encode writes t as a file of a run folder holds it.
func (t *Trace) Encode() ([]byte, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if err := json.NewEncoder(z).Encode(t); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// ReadTrace reads a file that [Trace.Encode] made. Errors name it.
func ReadTrace(path string) (*Trace, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	t, err := decodeTrace(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return t, nil
}

func decodeTrace(r io.Reader) (*Trace, error) {
	z, err := gzip.NewReader(r)
	if err != nil {
		return nil, fmt.Errorf("cut off or not compressed: %w", err)
	}
	data, err := io.ReadAll(io.LimitReader(z, maxTrace+1))
	if err != nil {
		return nil, fmt.Errorf("cut off or damaged: %w", err)
	}
	if len(data) > maxTrace {
		return nil, fmt.Errorf("unpacks to more than %d MB, which no trace does", maxTrace>>20)
	}
	t := new(Trace)
	if err := json.Unmarshal(data, t); err != nil {
		return nil, fmt.Errorf("not what a trace is summed up in: %w", err)
	}
	if err := t.Check(); err != nil {
		return nil, err
	}
	return t, nil
}

// Check reports what can't be true of any trace.
func (t *Trace) Check() error {
	if t.Iterations < 1 {
		return fmt.Errorf("says that the benchmark ran %d iterations, not at least 1", t.Iterations)
	}
	for i := range t.Cycles {
		if err := t.Cycles[i].check(); err != nil {
			return fmt.Errorf("cycle %d: %w", i+1, err)
		}
	}
	return t.checkDetail()
}

func (t *Trace) checkDetail() error {
	if t.Detail < 0 {
		return fmt.Errorf("a detail of %d", t.Detail)
	}
	if err := t.Latency.check(); err != nil {
		return fmt.Errorf("latency: %w", err)
	}
	if err := t.Assists.check(); err != nil {
		return fmt.Errorf("assists: %w", err)
	}
	if err := checkMMU(t.MMU); err != nil {
		return err
	}
	if t.Picture == nil {
		return nil
	}
	if err := t.Picture.check(t.Cycles); err != nil {
		return fmt.Errorf("picture: %w", err)
	}
	return nil
}

// longestTrace bounds times, so that sums of them can't overflow.
const longestTrace = 24 * time.Hour

func (c *Cycle) check() error {
	if c.Restarts < 0 || c.Restarts > 1<<40 {
		return fmt.Errorf("%d restarts", c.Restarts)
	}
	last := time.Duration(0)
	for _, x := range []time.Duration{c.Begin, c.SweepTermBegin, c.SweepTermEnd, c.MarkTermBegin, c.MarkTermEnd} {
		if x < last || x > longestTrace {
			return fmt.Errorf("%s after %s", x, last)
		}
		last = x
	}
	for _, x := range []time.Duration{c.FirstWorker, c.LastWorker} {
		if x != 0 && (x < c.Begin || x > c.MarkTermBegin) {
			return fmt.Errorf("a worker at %s, not between %s and %s", x, c.Begin, c.MarkTermBegin)
		}
	}
	for _, w := range []Work{c.Dedicated, c.Fractional, c.Idle, c.Assist} {
		if w.Starts < 0 || w.Starts > 1<<40 || w.Parks < 0 || w.Parks > 1<<40 || w.Time < 0 || w.Time > 1024*longestTrace {
			return fmt.Errorf("%d starts, %d parks and %s of work", w.Starts, w.Parks, w.Time)
		}
	}
	if c.PreemptedParking < 0 || c.Preempted < c.PreemptedParking || c.Preempted > 1<<40 || c.Blocked < 0 || c.Blocked > 1<<40 {
		return fmt.Errorf("%d preempted, %d of them on the way to the park, and %d blocked", c.Preempted, c.PreemptedParking, c.Blocked)
	}
	for _, d := range c.Queued {
		if d < 0 || d > longestTrace {
			return fmt.Errorf("%s on a run queue", d)
		}
	}
	return nil
}
