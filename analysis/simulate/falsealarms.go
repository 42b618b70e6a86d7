package simulate

import (
	"io"
	"math"
)

// barErrors is how many standard errors an error bar reaches to either side.
const barErrors = 2

// FalseAlarms is the rate of answers that are wrong where there is no effect:
// losses of a method that gives one-sided bounds, differences of either sign of
// one that gives none.
func (r Row) FalseAlarms() float64 {
	if r.givesBounds() {
		return r.Regression
	}
	return r.Regression + r.Improvement
}

func (r Row) givesBounds() bool { return !math.IsNaN(r.LowerHolds) }

// WriteFalseAlarms draws, for each host, how often each method finds something
// where there is nothing.
func (t *Table) WriteFalseAlarms(w io.Writer) error {
	const (
		width, left, right, top, bottom = 860.0, 110.0, 30.0, 70.0, 50.0
		gap, pad                        = 14.0, 12.0 // between the marks of a host, and around them
	)
	rows := make(map[string][]Row)
	most := t.Alpha
	for _, r := range t.Rows {
		if r.Effect == 0 {
			rows[r.Host] = append(rows[r.Host], r)
			most = max(most, r.FalseAlarms()+barErrors*r.Error(r.FalseAlarms()))
		}
	}
	band := gap*float64(len(t.Methods)-1) + 2*pad
	height := top + band*float64(len(t.Hosts)) + bottom
	p := newPicture(width, height, "Findings where there is no effect, by host and method")
	p.text("start", left, 24, "Findings where there is no effect: one-sided losses of the paired tests, differences of Mann-Whitney")
	var methods []string
	for _, m := range t.Methods {
		methods = append(methods, m.Name)
	}
	p.legend(t, left, 48, methods)

	scale := ticks(100 * most)
	end := scale[len(scale)-1]
	at := func(rate float64) float64 { return left + (width-left-right)*100*rate/end }
	for _, x := range scale {
		p.line(grid, "", 1, at(x/100), top, at(x/100), height-bottom)
		p.text("middle", at(x/100), height-bottom+18, number(x))
	}
	p.text("middle", (left+width-right)/2, height-12, "share of trials, %; bars are ± 2 Monte-Carlo standard errors")
	p.line(ink, "5 4", 1.5, at(t.Alpha), top-4, at(t.Alpha), height-bottom)
	p.text("start", at(t.Alpha)+4, top-2, number(100*t.Alpha)+" %, as promised")
	for i, h := range t.Hosts {
		y := top + band*float64(i)
		p.line(grid, "", 1, left, y+band, width-right, y+band)
		p.text("end", left-10, y+band/2+4, h.Host.Name)
		for j, r := range rows[h.Host.Name] {
			s, rate := t.style(r.Method), r.FalseAlarms()
			reach := barErrors * r.Error(rate)
			at, y := at, y+pad+gap*float64(j)
			p.line(s.colour, "", 2, at(max(0, rate-reach)), y, at(rate+reach), y)
			p.mark(s, at(rate), y)
		}
	}
	return p.writeTo(w)
}
