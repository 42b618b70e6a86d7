package simulate

import (
	"io"
	"slices"
)

// WritePower draws, for each host, how often a loss beyond the margin is
// excluded, by the true effect. Methods that give no bounds exclude nothing and
// are left out.
func (t *Table) WritePower(w io.Writer) error {
	c := curves{
		title:  "How often a loss of the margin or more is excluded; dashed: the most promised where there is one",
		y:      "excluded, % of trials",
		value:  func(r Row) float64 { return 100 * r.Excluded() },
		reach:  func(r Row) float64 { return 100 * barErrors * r.Error(r.Excluded()) },
		shared: 100,
		level:  100 * t.Alpha,
	}
	return c.draw(t).writeTo(w)
}

// WritePairs draws, for each host, how many pairs it takes to decide, by the
// true effect.
func (t *Table) WritePairs(w io.Writer) error {
	c := curves{
		title: "Pairs of processes until the decision; bars are ± 2 Monte-Carlo standard errors",
		y:     "pairs, mean",
		value: func(r Row) float64 { return r.Pairs },
		reach: func(r Row) float64 { return barErrors * r.PairsError },
	}
	return c.draw(t).writeTo(w)
}

// curves are one panel a host, with a line for each method over the effect.
type curves struct {
	title, y     string
	value, reach func(Row) float64
	shared       float64 // largest value of all panels; 0 for each its own
	level        float64 // where the promise lies, from an effect of the margin on; 0 for none
}

const (
	panelsAcross           = 3
	panelWidth             = 210.0
	panelHeight            = 150.0
	panelLeft, panelBottom = 62.0, 62.0 // room for the axes
	panelTop               = 30.0
	curvesTop              = 66.0
)

func (c *curves) draw(t *Table) *picture {
	var methods []string
	for _, r := range t.Rows {
		if r.givesBounds() && !slices.Contains(methods, r.Method) {
			methods = append(methods, r.Method)
		}
	}
	down := (len(t.Hosts) + panelsAcross - 1) / panelsAcross
	const wide, high = panelLeft + panelWidth + 16, panelTop + panelHeight + panelBottom
	p := newPicture(panelsAcross*wide+10, curvesTop+high*float64(down), c.title)
	p.text("start", panelLeft, 24, c.title)
	p.legend(t, panelLeft, 48, methods)
	for i, h := range t.Hosts {
		x, y := wide*float64(i%panelsAcross)+panelLeft, curvesTop+high*float64(i/panelsAcross)+panelTop
		c.panel(p, t, h.Host.Name, methods, x, y)
	}
	return p
}

// panel draws one host's curves with the upper left corner at left, top.
func (c *curves) panel(p *picture, t *Table, host string, methods []string, left, top float64) {
	var rows []Row
	most, farthest := c.shared, 0.0
	for _, r := range t.Rows {
		if r.Host == host && slices.Contains(methods, r.Method) {
			rows = append(rows, r)
			most, farthest = max(most, c.value(r)), max(farthest, r.Effect)
		}
	}
	across, up := ticks(farthest), ticks(most)
	x := func(effect float64) float64 { return left + panelWidth*effect/across[len(across)-1] }
	y := func(value float64) float64 { return top + panelHeight*(1-value/up[len(up)-1]) }
	p.text("start", left, top-9, host)
	for _, v := range up {
		p.line(grid, "", 1, left, y(v), left+panelWidth, y(v))
		p.text("end", left-6, y(v)+4, number(v))
	}
	for _, v := range across {
		p.line(grid, "", 1, x(v), top, x(v), top+panelHeight)
		p.text("middle", x(v), top+panelHeight+17, number(v))
	}
	p.text("middle", left+panelWidth/2, top+panelHeight+36, "true loss θ, in margins m")
	p.textUp(left-42, top+panelHeight/2, c.y)
	if c.level > 0 && across[len(across)-1] > 1 {
		p.line(ink, "5 4", 1.5, x(1), y(c.level), left+panelWidth, y(c.level))
	}
	for _, m := range methods {
		s := t.style(m)
		var points [][2]float64
		for _, r := range rows {
			if r.Method != m {
				continue
			}
			at, value, reach := x(r.Effect), c.value(r), c.reach(r)
			points = append(points, [2]float64{at, y(value)})
			p.line(s.colour, "", 1.5, at, y(min(up[len(up)-1], value+reach)), at, y(max(0, value-reach)))
			p.mark(s, at, y(value))
		}
		if len(points) > 0 {
			p.path(s, points)
		}
	}
}
