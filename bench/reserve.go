package bench

import "patchbench/results"

// planned reports whether b gets samples as far as is known: one in reserve has
// to be begun.
func (m *measurement) planned(b *results.Benchmark) bool {
	return b.Reserve == "" || m.begun[b.Name]
}

// begin begins b, which is in reserve, if the others left the time that it takes
// at most, passes included: then it can't be too short for anybody. Otherwise b is
// skipped for good, and that is recorded. Time alone decides, which says nothing
// of b.
func (m *measurement) begin(b *results.Benchmark) (began bool, err error) {
	if m.skipped[b.Name] {
		return false, nil
	}
	m.begun[b.Name] = true
	seconds := roundSeconds(b) * float64(m.protocol.RoundsOf(b))
	if m.spent+seconds+m.passSeconds() > m.protocol.Budget {
		delete(m.begun, b.Name)
		m.skipped[b.Name] = true
		return false, m.writer.Event(results.Event{Time: m.Now().UTC(), Kind: results.EventSkipped, Benchmark: b.Name, Message: b.Reserve})
	}
	m.left += seconds + 2*float64(m.passProcesses(b))*(b.Seconds+overhead)
	blocks := m.protocol.RoundsOf(b) + b.ControlBlocks(m.protocol.RoundsOf(b))
	m.progress.Rounds = m.protocol.RoundsOf(b)
	m.progress.Total += samplesPerBlock*blocks + 2*m.passProcesses(b)
	m.Log("%s is begun in the time that the others left", b.Name)
	return true, nil
}

// samplesPerBlock is how many samples a block has: two pairs.
const samplesPerBlock = 4
