package report

import (
	"fmt"
	"html/template"
	"math"
	"sort"

	"patchbench/analysis"
)

// A moment is where a pair stands in the run.
type moment struct{ round, pair int }

// A pairRow is one pair with its difference in every primary metric: the
// plot of differences as numbers.
type pairRow struct {
	Round, Pair       int // from 1
	First             string
	Differences       []string // empty where the metric lacks this pair
	Load, Steal, Busy string
	Torn              bool

	at      moment
	weather analysis.PairDifference
}

// A diary is what happened to one benchmark, pair by pair, in run order.
type diary struct {
	Units []string
	Pairs []pairRow

	metrics []analysis.Comparison
	layouts bool           // there are several
	place   map[moment]int // index into Pairs
}

// newDiary collects the pairs of a benchmark's primary metrics.
func newDiary(b *analysis.Benchmark) *diary {
	d := &diary{place: map[moment]int{}}
	for _, c := range b.Comparisons {
		if !c.Primary || len(c.Differences) == 0 {
			continue
		}
		d.Units = append(d.Units, clean(c.Unit))
		d.metrics = append(d.metrics, c)
		for _, p := range c.Differences {
			d.layouts = d.layouts || p.Layout > 0
			at := moment{p.Round, p.Pair}
			if _, ok := d.place[at]; !ok {
				d.place[at] = -1
				d.Pairs = append(d.Pairs, newPairRow(p))
			}
		}
	}
	sort.SliceStable(d.Pairs, func(i, j int) bool {
		a, b := d.Pairs[i].at, d.Pairs[j].at
		return a.round < b.round || a.round == b.round && a.pair < b.pair
	})
	for i := range d.Pairs {
		d.place[d.Pairs[i].at] = i
		d.Pairs[i].Differences = make([]string, len(d.metrics))
	}
	for k, c := range d.metrics {
		for _, p := range c.Differences {
			d.Pairs[d.place[moment{p.Round, p.Pair}]].Differences[k] = percent(math.Expm1(p.D))
		}
	}
	return d
}

func newPairRow(p analysis.PairDifference) pairRow {
	first := "before"
	if p.AfterFirst {
		first = "after"
	}
	return pairRow{
		Round: p.Round + 1, Pair: p.Pair + 1, First: first, Torn: p.Torn,
		Load: number(p.Load), Steal: share(p.Steal), Busy: share(p.Busy),
		at: moment{p.Round, p.Pair}, weather: p,
	}
}

const (
	gutter      = 15.0 // per cent of the width, left of the panels
	panelHead   = 28.0 // pixels
	panelHeight = 112.0
	stripHeight = 14.0
	stripGap    = 6.0
)

// plot draws the differences of every primary metric in run order, one panel
// each, and under them what the machine was doing meanwhile.
func (d *diary) plot(id, name string) template.HTML {
	if len(d.Pairs) == 0 {
		return ""
	}
	strips := len(d.metrics) * int(panelHead+panelHeight)
	height := float64(strips) + 8 + 3*(stripHeight+stripGap) + 20
	out := newDrawing(id,
		"Paired differences of "+name+" in run order",
		fmt.Sprintf("%s. Each mark is one pair's change from before to after; up is worse. Below, the load, steal and other work of the machine during each pair. The table of pairs holds the same numbers.", count(len(d.Pairs), "pair")),
		height)
	top := 0.0
	for _, c := range d.metrics {
		d.panel(out, top, c)
		top += panelHead + panelHeight
	}
	top += 8
	for _, s := range d.weather() {
		out.text("tick", "end", gutter-1.5, top+stripHeight-3, s.name)
		out.rect("track", gutter, top, 100, top+stripHeight)
		out.bars("bars", gutter, top, 100, top+stripHeight, s.heights)
		out.WriteByte('\n')
		top += stripHeight + stripGap
	}
	out.text("tick", "start", gutter, top+11, "pair 1")
	if n := len(d.Pairs); n > 1 {
		out.text("tick", "end", 100, top+11, fmt.Sprintf("pair %d", n))
	}
	return out.finish()
}

// panel draws one metric below top.
func (d *diary) panel(out *drawing, top float64, c analysis.Comparison) {
	var changes []float64
	for _, p := range c.Differences {
		changes = append(changes, math.Expm1(p.D))
	}
	low, high := limits(nil, changes, c.Margin)
	bottom := top + panelHead + panelHeight
	y := axis{low: low, high: high, from: bottom - 4, to: top + panelHead + 4}
	_, worse := directions(c.Metric)
	out.text("name", "start", 0, top+18, clip(c.Unit, 24))
	out.text("hint", "end", 100, top+18, "↑ "+worse)
	if text := unsteady(&c); text != "" {
		out.text("warn", "middle", 55, top+18, text)
	}
	zero, _ := y.at(0)
	if c.Margin > 0 {
		limit, _ := y.at(c.Margin)
		out.rect("margin", gutter, limit, 100, zero)
		out.line("limit", gutter, limit, 100, limit)
	}
	for _, t := range y.ticks(4) {
		at, _ := y.at(t)
		class := "grid"
		if t == 0 {
			class = "zero"
		}
		out.line(class, gutter, at, 100, at)
		out.text("tick", "end", gutter-1.5, at+4, tick(t))
	}
	if at, beyond := y.at(c.Effect); beyond == 0 && !math.IsNaN(c.Effect) {
		out.line("estimate "+markOf(c.Verdict).Class, gutter, at, 100, at)
	}
	out.WriteByte('\n')
	for i, p := range c.Differences {
		d.point(out, y, p, changes[i])
	}
	out.WriteByte('\n')
	d.course(out, y, c)
}

// point draws one pair: filled where before ran first, hollow where after
// did, a cross where an interruption tore it, an arrow beyond the axis.
func (d *diary) point(out *drawing, y axis, p analysis.PairDifference, change float64) {
	if math.IsNaN(change) {
		return
	}
	x, row := d.across(p)
	hint := fmt.Sprintf("round %d pair %d: %s, %s first", row.Round, row.Pair, percent(change), row.First)
	if d.layouts {
		hint += fmt.Sprintf(", layout %d", p.Layout+1)
	}
	at, beyond := y.at(change)
	switch {
	case p.Torn:
		out.shape("torn", "M-4-4 4 4M-4 4 4-4", x, at, hint+", torn by an interruption")
	case beyond > 0:
		out.shape(pointClass(p), arrowUp, x, at, hint)
	case beyond < 0:
		out.shape(pointClass(p), arrowDown, x, at, hint)
	default:
		out.dot(pointClass(p), x, at, 3.5, hint)
	}
}

// across is where a pair stands in the plots, and its row.
func (d *diary) across(p analysis.PairDifference) (x float64, r *pairRow) {
	index := d.place[moment{p.Round, p.Pair}]
	return gutter + (100-gutter)*(float64(index)+0.5)/float64(len(d.Pairs)), &d.Pairs[index]
}

func pointClass(p analysis.PairDifference) string {
	if p.AfterFirst {
		return "hollow"
	}
	return "point"
}

// A strip is one quantity of the machine over the pairs, with its heights as
// parts of full.
type strip struct {
	name    string
	heights []float64
	full    string
}

// weather scales load, steal and other work each to its own largest value;
// shares are never stretched beyond tenfold.
func (d *diary) weather() []strip {
	quantities := []struct {
		name  string
		least float64 // smallest value that fills the strip
		of    func(analysis.PairDifference) float64
		write func(float64) string
	}{
		{"load", 1, func(p analysis.PairDifference) float64 { return p.Load }, number},
		{"steal", 0.1, func(p analysis.PairDifference) float64 { return p.Steal }, share},
		{"busy", 0.1, func(p analysis.PairDifference) float64 { return p.Busy }, share},
	}
	var strips []strip
	for _, q := range quantities {
		full := q.least
		for _, p := range d.Pairs {
			if v := q.of(p.weather); !math.IsInf(v, 0) && !math.IsNaN(v) {
				full = math.Max(full, v)
			}
		}
		s := strip{name: q.name, full: q.write(full)}
		for _, p := range d.Pairs {
			s.heights = append(s.heights, q.of(p.weather)/full)
		}
		strips = append(strips, s)
	}
	return strips
}

// scales says in words what a full strip stands for.
func (d *diary) scales() string {
	text := "A full bar is"
	for i, s := range d.weather() {
		if i > 0 {
			text += ","
		}
		text += " " + s.name + " " + s.full
	}
	return text + "."
}
