package bench

import (
	"fmt"
	"slices"

	"patchbench/results"
)

// due reports whether a benchmark that is open is to be judged after so many
// rounds of the part of the schedule that next belongs to. After its last round
// it is over anyway.
func (m *measurement) due(next *results.Benchmark, rounds int) bool {
	p := m.protocol
	for i := range p.Benchmarks {
		b := &p.Benchmarks[i]
		together := b == next || b.Reserve == "" && next.Reserve == ""
		if together && b.Measured() && !m.broken[b.Name] && !m.decided[b.Name] &&
			rounds < p.RoundsOf(b) && slices.Contains(p.LookRounds(b), rounds) {
			return true
		}
	}
	return false
}

// look asks which benchmarks are decided by what is measured so far, and lets
// these be.
func (m *measurement) look() error {
	if m.Judge == nil {
		return nil
	}
	decided, err := m.Judge(m.dir)
	if err != nil {
		return fmt.Errorf("look at what is measured: %w", err)
	}
	for i := range m.protocol.Benchmarks {
		name := m.protocol.Benchmarks[i].Name
		why, ok := decided[name]
		if !ok || m.decided[name] || m.broken[name] {
			continue
		}
		m.decided[name] = true
		m.Log("%s is decided: %s", name, why)
		e := results.Event{Time: m.Now().UTC(), Kind: results.EventDecided, Benchmark: name, Message: why}
		if err := m.writer.Event(e); err != nil {
			return err
		}
	}
	return nil
}
