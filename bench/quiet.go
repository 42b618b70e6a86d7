package bench

import (
	"context"
	"fmt"
	"time"

	"patchbench/bench/load"
	"patchbench/results"
)

// quietPeriod is the time over which the machine has to be quiet. A shorter one
// would find a gap in any load, and the kernel's ticks of 10 ms are coarse.
const quietPeriod = time.Second

// quiet is what a run waits for. A daemon that wakes up now and then stays below
// these shares, a compilation or another benchmark does not. Waiting takes time
// that is not in the budget, so a short one bounds it, and a long one no more
// than a command that seems to hang; between blocks it may take a quarter of the
// budget, as blocks that are left out would take more.
func quiet(budget time.Duration) *results.Quiet {
	limit := min(2*time.Minute, budget/4)
	return &results.Quiet{Busy: 0.10, Pressure: 0.10, Limit: limit.Seconds(), Between: (budget / 4).Seconds()}
}

// awaitQuiet waits before the first sample as long as the protocol allows.
func (m *measurement) awaitQuiet(ctx context.Context) error {
	_, err := m.awaitQuietFor(ctx, m.protocol.Quiet)
	return err
}

// awaitQuietAgain waits between two blocks, of which the first is left out, as
// long as the session has time for that: a block measured while others go on
// would be left out as well.
func (m *measurement) awaitQuietAgain(ctx context.Context) error {
	if m.protocol.Quiet == nil {
		return nil
	}
	q := *m.protocol.Quiet
	q.Limit = min(q.Limit, q.Between-m.waited)
	seconds, err := m.awaitQuietFor(ctx, &q)
	m.waited += seconds
	return err
}

// awaitQuietFor waits until the machine is as quiet as q asks for, or its limit is
// over, records which, and returns how many seconds that took. It fails only when
// ctx ends or the event can't be written.
func (m *measurement) awaitQuietFor(ctx context.Context, q *results.Quiet) (seconds float64, err error) {
	e, err := m.Runner.awaitQuiet(ctx, q, func(text string) {
		p := m.progress
		p.Waiting = text
		m.report(p)
	})
	if err != nil || e == nil {
		return 0, err
	}
	return e.Wall, m.writer.Event(*e)
}

// awaitQuiet waits until the machine is as quiet as q asks for, or its limit is
// over, saying so by waiting, and returns the event that tells which. It is nil
// where there is nothing to wait for.
func (r *Runner) awaitQuiet(ctx context.Context, q *results.Quiet, waiting func(text string)) (*results.Event, error) {
	if q == nil || q.Limit <= 0 {
		return nil, nil
	}
	start := r.Now()
	first := r.readLoad()
	for before := first; ; {
		if err := r.sleep(ctx, quietPeriod); err != nil {
			return nil, err
		}
		now := r.readLoad()
		steal, busy, pressure := load.Shares(before, now, 0)
		before = now
		waited := now.At.Sub(first.At)
		e := &results.Event{
			Time: start.UTC(), Kind: results.EventWait, Wall: waited.Seconds(),
			Load: now.Average, Steal: steal, Busy: busy, Pressure: pressure,
		}
		switch {
		case busy <= q.Busy && pressure <= q.Pressure:
			e.Message = results.WaitedQuiet
		case waited.Seconds() >= q.Limit:
			e.Message = results.WaitedLimit
			r.Log("after %s this machine is not quiet: others use %.0f %% of it, and some task waits for a CPU %.0f %% of the time; measuring all the same",
				results.Exactly(waited.Round(time.Second)), 100*busy, 100*pressure)
		default:
			waiting(fmt.Sprintf("waiting for a quiet machine, %s at most: others use %.0f %% of it",
				results.Exactly(time.Duration((q.Limit-waited.Seconds())*float64(time.Second)).Round(time.Second)), 100*busy))
			continue
		}
		return e, nil
	}
}

// sleep waits for d, or less if ctx ends, whose error it then returns.
func (r *Runner) sleep(ctx context.Context, d time.Duration) error {
	if r.Sleep != nil {
		return r.Sleep(ctx, d)
	}
	return Sleep(ctx, d)
}

// Sleep waits for d, or less if ctx ends, whose error it then returns.
func Sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
