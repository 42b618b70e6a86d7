package analysis

import (
	"math"

	"patchbench/results"
)

// explore compares an exploratory metric, or returns nil if no pair has it.
//
// Whole counts that are often 0, such as major page faults, have no ratio
// where only one side of a pair counts any. To leave those pairs out would
// leave out what there is to see, so one is added to every count then.
func (r *record) explore(m results.Metric, alpha float64) *Comparison {
	obs, lost, _ := r.observe(m)
	plusOne := false
	if lost > 0 {
		if counts, ok := r.observePlusOne(m); ok {
			obs, lost, plusOne = counts, len(r.pairs)-len(counts), true
		}
	}
	if len(obs) == 0 {
		return nil
	}
	c := compare(m, obs, alpha, nil)
	c.Differences, c.Lost, c.PlusOne = nil, lost, plusOne
	return &c
}

// observePlusOne takes the values of metric m from the pairs that have it on
// both sides, with differences as if each were larger by one. ok is false
// unless m counts things and all values are whole.
func (r *record) observePlusOne(m results.Metric) (obs []observation, ok bool) {
	if m.Kind != results.Count {
		return nil, false
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
		o := observation{PairDifference: r.difference(p), before: before, after: after}
		if before != math.Trunc(before) || after != math.Trunc(after) {
			return nil, false
		}
		if o.D, ok = worsening(before+1, after+1, m.Better); !ok {
			return nil, false
		}
		obs = append(obs, o)
	}
	return obs, len(obs) > 0
}
