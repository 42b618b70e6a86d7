package analysis

import (
	"math"

	"patchbench/results"
)

// A column is what the samples of one benchmark report in one unit: for runs
// of millions of samples, all that is kept of them. Block i has the rows 4i to
// 4i+3, one a slot.
type column struct {
	unit          string
	values        []float64 // absent where a sample has none, as is what lies beyond the end
	before, after bool      // reported by a sample of that side
}

// absent is a number that no file holds: not a number, but not the one that
// parsing "NaN" gives either.
var absent = math.Float64frombits(0x7ff8_0000_dead_beef)

func isAbsent(x float64) bool { return math.Float64bits(x) == math.Float64bits(absent) }

// set records the value that a sample of side has in row. A sample's first one
// counts.
func (c *column) set(row int, side results.Side, value float64) {
	for len(c.values) <= row {
		c.values = append(c.values, absent)
	}
	if isAbsent(c.values[row]) {
		c.values[row] = value
	}
	c.before = c.before || side == results.Before
	c.after = c.after || side == results.After
}

// at returns the value in row. A nil column has none.
func (c *column) at(row int) (value float64, ok bool) {
	if c == nil || row >= len(c.values) || isAbsent(c.values[row]) {
		return 0, false
	}
	return c.values[row], true
}

// reported tells whether a sample of side reports the unit.
func (c *column) reported(side results.Side) bool {
	if c == nil {
		return false
	}
	if side == results.Before {
		return c.before
	}
	return c.after
}
