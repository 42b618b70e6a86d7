package bench

import (
	"context"
	"errors"
	"fmt"
	"time"

	"patchbench/bench/load"
	"patchbench/results"
)

// Progress is where a measurement stands.
type Progress struct {
	Done, Total   int // processes, scored or not, failed ones included
	Round, Rounds int
	Benchmark     string
	Sample        *results.Sample // the one just measured; nil in a pass
	Left          time.Duration
	Waiting       string // what for, while nothing is measured
}

// Measure fills the run folder dir: what is missing of its protocol's
// schedule, then of the unscored passes. report is called after every process,
// and while a quiet machine is waited for.
// When ctx is cancelled the process under way is lost, everything before it
// is kept, and another Measure goes on there.
func (r *Runner) Measure(ctx context.Context, dir string, report func(Progress)) (err error) {
	p, _, err := results.ReadProtocol(dir)
	if err != nil {
		return err
	}
	events, err := results.ReadEvents(dir)
	if err != nil {
		return err
	}
	writer, have, err := results.OpenWriter(dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, writer.Close()) }()
	work, done, err := r.open(ctx)
	if err != nil {
		return err
	}
	defer done()

	m := &measurement{
		Runner: r, protocol: p, dir: dir, writer: writer, work: work,
		report: report,
		broken: make(map[string]bool), decided: make(map[string]bool),
		begun: make(map[string]bool), skipped: make(map[string]bool),
	}
	for _, e := range events {
		switch e.Kind {
		case results.EventSample:
			m.spent += e.Wall + overhead
		case results.EventSkipped:
			m.skipped[e.Benchmark] = true
		case results.EventBroken:
			m.broken[e.Benchmark] = true
		case results.EventDecided:
			m.decided[e.Benchmark] = true
		}
	}
	if err := writer.Event(results.Event{Time: r.Now(), Kind: results.EventStart}); err != nil {
		return err
	}
	if err := m.samples(ctx, have); err != nil {
		return err
	}
	if err := m.passes(ctx); err != nil {
		return err
	}
	return writer.Done(results.Event{Time: r.Now()})
}

// A measurement is one session of filling a run folder.
type measurement struct {
	*Runner
	protocol *results.Protocol
	dir      string
	writer   *results.Writer
	work     *workdir
	report   func(Progress)
	broken   map[string]bool // benchmarks given up
	decided  map[string]bool // benchmarks that need no more samples
	progress Progress
	begun    map[string]bool // benchmarks in reserve that there was time for
	skipped  map[string]bool // those that there was none for
	left     float64         // seconds
	spent    float64         // seconds of samples, in all sessions
	waited   float64         // seconds between blocks for a quiet machine
}

// samples measures what have lacks of the schedule.
func (m *measurement) samples(ctx context.Context, have []results.Sample) error {
	schedule := Schedule(m.protocol)
	done := make(map[int]bool)
	for _, s := range have {
		if s.ID >= len(schedule) || schedule[s.ID].Benchmark != s.Benchmark || schedule[s.ID].Side != s.Side {
			return fmt.Errorf("%s: sample %d (%s, %s) is not of this protocol's schedule; move the folder away to start anew", m.dir, s.ID, s.Benchmark, s.Side)
		}
		done[s.ID] = true
		m.begun[s.Benchmark] = true
	}
	m.progress.Total = m.countPasses()
	for _, s := range schedule {
		b := m.protocol.Benchmark(s.Benchmark)
		if !m.planned(b) {
			continue
		}
		m.progress.Total++
		m.progress.Rounds = max(m.progress.Rounds, s.Round+1)
		if !done[s.ID] {
			m.left += b.Seconds + overhead
		}
	}
	m.left += m.passSeconds()
	fresh := len(have) > 0 // there are samples that nobody may have looked at
	begun := false
	disturbed := false // the block under way, or the last one, is left out
	for i := range schedule {
		s := &schedule[i]
		b := m.protocol.Benchmark(s.Benchmark)
		if !m.planned(b) {
			if began, err := m.begin(b); err != nil {
				return err
			} else if !began {
				continue
			}
		}
		if fresh && i > 0 && s.Round > schedule[i-1].Round && m.due(b, s.Round) {
			if err := m.look(); err != nil {
				return err
			}
			fresh = false
		}
		m.progress.Round, m.progress.Benchmark, m.progress.Sample = s.Round+1, s.Benchmark, nil
		if !done[s.ID] {
			if !m.broken[b.Name] && !m.decided[b.Name] {
				var err error
				switch {
				case !begun:
					begun = true
					err = m.awaitQuiet(ctx)
				case s.Slot == 0 && disturbed:
					disturbed = false
					err = m.awaitQuietAgain(ctx)
				}
				if err != nil {
					return err
				}
				excluded, err := m.sample(ctx, b, s)
				if err != nil {
					return err
				}
				disturbed = disturbed || excluded
				fresh = true
			}
			m.left -= b.Seconds + overhead
		}
		m.step()
	}
	return nil
}

// step reports that one more process is over.
func (m *measurement) step() {
	m.progress.Done++
	m.progress.Left = time.Duration(max(0, m.left) * float64(time.Second))
	m.report(m.progress)
}

// sample measures s, or gives its benchmark up. It reports whether its block is
// left out for it.
func (m *measurement) sample(ctx context.Context, b *results.Benchmark, s *results.Sample) (excluded bool, err error) {
	before := m.readLoad()
	start := m.Now()
	o, n, values, err := m.Runner.sample(ctx, m.work, b, s.Side, s.Layout, fixed(b.Iterations))
	if err == nil {
		if uerr := sameUnits(b.Units, units(values)); uerr != nil {
			err = &failure{fmt.Errorf("reports other metrics than it did when tried: %w", uerr)}
		} else if n != b.Iterations && !b.Chooses() {
			err = &failure{fmt.Errorf("ran %d iterations, not the %d asked for", n, b.Iterations)}
		}
	}
	var fail *failure
	if errors.As(err, &fail) {
		return false, m.giveUp(b, s.Side, s.ID, o, fail)
	}
	if err != nil {
		return false, fmt.Errorf("measure %s: %w", b.Name, err)
	}
	s.Iterations = n
	event := m.event(o, start)
	m.spent += event.Wall + overhead
	event.Load = before.Average
	event.Steal, event.Busy, event.Pressure = load.Shares(before, m.readLoad(), o.User+o.System)
	// One sample that exceeds the rule is enough for its whole block. Each event
	// has its own reason, so that a block that is interrupted needs no memory
	// of its earlier samples.
	event.Excluded = m.protocol.Exclude.Reason(b, &event)
	s.Values = scored(b, values)
	if err := m.writer.Sample(s, event); err != nil {
		return false, err
	}
	m.progress.Sample = s
	return event.Excluded != "", nil
}

func (m *measurement) event(o *Outcome, start time.Time) results.Event {
	return results.Event{
		Time: start.UTC(),
		Wall: o.Wall.Seconds(), User: o.User.Seconds(), System: o.System.Seconds(),
		PeakRSS: o.PeakRSS, Exit: o.Exit,
	}
}

// giveUp records that b failed on a side and measures it no more: a process
// that fails once is a finding, not noise.
func (m *measurement) giveUp(b *results.Benchmark, side results.Side, id int, o *Outcome, why *failure) error {
	log, err := writeLog(m.dir, b.Name+"."+string(side), o)
	if err != nil {
		return err
	}
	e := m.event(o, o.Start)
	e.Kind, e.Benchmark, e.Side, e.Sample = results.EventFailure, b.Name, side, id
	e.Message = why.Error()
	if err := m.writer.Event(e); err != nil {
		return err
	}
	message := fmt.Sprintf("on %s: %v; see %s", side, why, log)
	m.Log("%s is broken %s", b.Name, message)
	m.broken[b.Name] = true
	return m.writer.Event(results.Event{Time: m.Now().UTC(), Kind: results.EventBroken, Benchmark: b.Name, Side: side, Sample: id, Message: message})
}
