package analysis

import (
	"math"

	"patchbench/results"
)

// explore compares an exploratory metric, or returns nil if no pair has it. What
// it needs room for can have that of the metric before.
//
// Whole counts that are often 0, such as major page faults, have no ratio
// where only one side of a pair counts any. To leave those pairs out would
// leave out what there is to see, so one is added to every count then.
func (r *record) explore(m results.Metric, alpha float64, room *observations) *Comparison {
	obs, lost, _ := r.observe(m, *room)
	plusOne := false
	if lost > 0 {
		if counts, ok := r.observePlusOne(m); ok {
			obs, lost, plusOne = counts, len(r.pairs)-len(counts.pairs), true
		}
	}
	*room = obs
	if len(obs.pairs) == 0 {
		return nil
	}
	c := compare(m, obs, alpha, nil)
	c.Differences, c.Lost, c.PlusOne = nil, lost, plusOne
	return &c
}

// observePlusOne takes the values of metric m from the pairs that have it on
// both sides, with differences as if each were larger by one. ok is false
// unless m counts things and all values are whole.
func (r *record) observePlusOne(m results.Metric) (obs observations, ok bool) {
	if m.Kind != results.Count {
		return observations{}, false
	}
	column := r.column(m.Unit)
	for i := range r.pairs {
		p := &r.pairs[i]
		beforeRow, afterRow, _, _ := r.sides(p)
		before, ok1 := column.at(beforeRow)
		after, ok2 := column.at(afterRow)
		if !ok1 || !ok2 {
			continue
		}
		if before != math.Trunc(before) || after != math.Trunc(after) {
			return observations{}, false
		}
		d, ok := worsening(before+1, after+1, m.Better)
		if !ok {
			return observations{}, false
		}
		obs.add(r.difference(p), d, before, after)
	}
	return obs, len(obs.pairs) > 0
}
