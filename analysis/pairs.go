package analysis

import (
	"fmt"
	"math"
	"slices"

	"patchbench/results"
)

// A pair is a before and an after sample run back to back.
type pair struct {
	row               int // of its first sample; the other one has the next
	load, steal, busy float64
	torn              bool
}

// addPairs adds the pairs of r's block i, unless it was left out.
func (r *record) addPairs(i int, log *logReader) {
	b := &r.blocks[i]
	var machines [4]*machine
	for slot := range machines {
		if !b.there[slot] {
			continue
		}
		machines[slot] = log.around(b.ids[slot])
		if m := machines[slot]; m != nil && m.excluded {
			r.excluded++
			return
		}
	}
	for first := 0; first < len(machines); first += 2 {
		if !b.there[first] || !b.there[first+1] {
			if b.there[first] != b.there[first+1] {
				r.single++
			}
			continue
		}
		p := pair{row: len(machines)*i + first}
		m, n := machines[first], machines[first+1]
		for _, m := range []*machine{m, n} {
			if m != nil {
				p.load, p.steal, p.busy = max(p.load, m.load), max(p.steal, m.steal), max(p.busy, m.busy)
			}
		}
		if m != nil && n != nil && m.session != n.session {
			p.torn = true
			r.torn++
		}
		r.pairs = append(r.pairs, p)
	}
}

// difference describes p, but for D, which depends on the metric.
func (r *record) difference(p *pair) PairDifference {
	b, index := &r.blocks[p.row/len(block{}.ids)], p.row%len(block{}.ids)/2
	return PairDifference{
		Round: b.round, Pair: index, Layout: b.layouts[index], AfterFirst: b.after[2*index],
		Load: p.load, Steal: p.steal, Busy: p.busy, Torn: p.torn,
	}
}

// sides returns the rows and the IDs of p's samples.
func (r *record) sides(p *pair) (before, after, beforeID, afterID int) {
	b, slot := &r.blocks[p.row/len(block{}.ids)], p.row%len(block{}.ids)
	if b.after[slot] {
		return p.row + 1, p.row, b.ids[slot+1], b.ids[slot]
	}
	return p.row, p.row + 1, b.ids[slot], b.ids[slot+1]
}

// observations are the values of one metric, pair by pair.
type observations struct {
	pairs         []PairDifference
	before, after []float64
}

// add adds a pair with its difference d.
func (o *observations) add(p PairDifference, d, before, after float64) {
	p.D = d
	o.pairs, o.before, o.after = append(o.pairs, p), append(o.before, before), append(o.after, after)
}

// empty returns o without its pairs, but with their room.
func (o observations) empty() observations {
	return observations{o.pairs[:0], o.before[:0], o.after[:0]}
}

// roomFor returns o, which is empty, with room for n pairs.
func (o observations) roomFor(n int) observations {
	return observations{slices.Grow(o.pairs, n), slices.Grow(o.before, n), slices.Grow(o.after, n)}
}

// observe takes the values of metric m from the pairs, into the room of those
// that are no longer needed. Pairs that lack it on either side, or with a value
// no ratio can be made of, are left out: lost of them, and problem says what was
// wrong with the first.
func (r *record) observe(m results.Metric, room observations) (obs observations, lost int, problem string) {
	column := r.column(m.Unit)
	obs = room.empty().roomFor(len(r.pairs))
	for i := range r.pairs {
		p := &r.pairs[i]
		beforeRow, afterRow, beforeID, afterID := r.sides(p)
		before, ok1 := column.at(beforeRow)
		after, ok2 := column.at(afterRow)
		d, ok := worsening(before, after, m.Better)
		if ok1 && ok2 && ok {
			obs.add(r.difference(p), d, before, after)
			continue
		}
		if lost++; lost > 1 {
			continue
		}
		switch {
		case !ok1:
			problem = fmt.Sprintf("sample %d (before) has none", beforeID)
		case !ok2:
			problem = fmt.Sprintf("sample %d (after) has none", afterID)
		default:
			problem = fmt.Sprintf("samples %d and %d have %g before and %g after", beforeID, afterID, before, after)
		}
	}
	return obs, lost, problem
}

// worsening is the logarithm of after's ratio to before, oriented so that more
// is worse. Two zeros are no change. There is no such ratio if only one value
// is zero, or if one is negative, infinite or not a number.
func worsening(before, after float64, better string) (d float64, ok bool) {
	if before == 0 && after == 0 {
		return 0, true
	}
	if !(before > 0) || !(after > 0) || math.IsInf(before, 1) || math.IsInf(after, 1) {
		return 0, false
	}
	// Logarithms apart: the quotient could overflow.
	d = math.Log(after) - math.Log(before)
	if before == after {
		d = 0
	}
	if better == "higher" {
		d = 0 - d // not -d, which turns 0 into −0
	}
	return d, true
}
