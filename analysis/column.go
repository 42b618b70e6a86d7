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
	pages         []*columnPage
	before, after bool // reported by a sample of that side
}

// A columnPage is part of a column, which grows by them without being copied.
// What a sample lacks, and what lies beyond the last one, is absent.
type columnPage [1024]float64

// absent is a number that no file holds: not a number, but not the one that
// parsing "NaN" gives either.
var absent = math.Float64frombits(0x7ff8_0000_dead_beef)

func isAbsent(x float64) bool { return math.Float64bits(x) == math.Float64bits(absent) }

// set records the value that a sample of side has in row. A sample's first one
// counts.
func (c *column) set(row int, side results.Side, value float64) {
	for len(c.pages)*len(columnPage{}) <= row {
		page := new(columnPage)
		for i := range page {
			page[i] = absent
		}
		c.pages = append(c.pages, page)
	}
	if x := c.place(row); isAbsent(*x) {
		*x = value
	}
	c.before = c.before || side == results.Before
	c.after = c.after || side == results.After
}

// at returns the value in row. A nil column has none.
func (c *column) at(row int) (value float64, ok bool) {
	if c == nil || row >= len(c.pages)*len(columnPage{}) || isAbsent(*c.place(row)) {
		return 0, false
	}
	return *c.place(row), true
}

func (c *column) place(row int) *float64 {
	return &c.pages[row/len(columnPage{})][row%len(columnPage{})]
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
