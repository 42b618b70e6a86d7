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
// some 300, so that is over a hundred thousand of them.
const maxTrace = 64 << 20

// A Trace is what an execution trace of one process tells of the collector.
//
// The trace itself is not kept. Half a second of a benchmark makes one to ten
// megabytes of it, 99 % of them about goroutines that have no part in
// collecting, and runs are committed. What is kept are times of events, not
// measures made of them, so that another analysis can still choose what to
// measure. It names no file and no function.
type Trace struct {
	Iterations int     `json:"iterations"` // the benchmark ran, warm-up apart
	Cycles     []Cycle `json:"cycles"`     // that began and ended while traced
}

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
}

// Work is what one kind of marker did in a cycle, up to MarkTermBegin.
type Work struct {
	Starts int           `json:"starts"`
	Time   time.Duration `json:"time"` // with a P: not more than the wall clock says, so an upper bound of CPU time
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
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(z, maxTrace+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxTrace {
		return nil, fmt.Errorf("unpacks to more than %d MB, which no trace does", maxTrace>>20)
	}
	t := new(Trace)
	if err := json.Unmarshal(data, t); err != nil {
		return nil, err
	}
	if t.Iterations < 1 {
		return nil, fmt.Errorf("says that the benchmark ran %d iterations, not at least 1", t.Iterations)
	}
	for i := range t.Cycles {
		if err := t.Cycles[i].check(); err != nil {
			return nil, fmt.Errorf("cycle %d: %w", i+1, err)
		}
	}
	return t, nil
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
		if w.Starts < 0 || w.Starts > 1<<40 || w.Time < 0 || w.Time > 1024*longestTrace {
			return fmt.Errorf("%d starts and %s of work", w.Starts, w.Time)
		}
	}
	return nil
}
