package report

import (
	"fmt"
	"html/template"
	"math"
	"slices"

	"patchbench/analysis"
	"patchbench/results"
)

// A figure is a plot with its caption.
type figure struct {
	Title string
	Plot  template.HTML
}

// A forestRow is one benchmark in a forest plot.
type forestRow struct {
	name   string
	mark   mark
	result *analysis.Comparison // nil if it was not measured
	reason string               // why not
}

// forests draws one forest plot for each primary metric of the run.
func forests(a *analysis.Analysis) []figure {
	var figures []figure
	for i, metric := range primaries(a) {
		rows := forestRows(a, metric.Unit)
		figures = append(figures, figure{
			Title: fmt.Sprintf("%s (%s)", clean(metric.Unit), clean(string(metric.Kind))),
			Plot:  forest(fmt.Sprintf("forest-%d", i+1), metric, rows),
		})
	}
	return figures
}

// primaries lists the primary metrics that at least one benchmark was
// measured in, in the order the benchmarks name them.
func primaries(a *analysis.Analysis) []results.Metric {
	var metrics []results.Metric
	seen := map[string]bool{}
	for _, b := range a.Benchmarks {
		for _, c := range b.Comparisons {
			if c.Primary && c.Pairs > 0 && !seen[c.Unit] {
				seen[c.Unit] = true
				metrics = append(metrics, c.Metric)
			}
		}
	}
	return metrics
}

func forestRows(a *analysis.Analysis, unit string) []forestRow {
	var rows []forestRow
	for i := range a.Benchmarks {
		b := &a.Benchmarks[i]
		row := forestRow{name: b.Name}
		for j := range b.Comparisons {
			c := &b.Comparisons[j]
			switch {
			case !c.Primary || c.Unit != unit:
			case c.Pairs == 0:
				row.mark, row.reason = markOf(c.Verdict), nothing(c)
			default:
				row.result, row.mark = c, markOf(c.Verdict)
			}
		}
		if row.result == nil && row.reason == "" {
			if len(b.Comparisons) > 0 {
				continue // measured, but not in this metric
			}
			row.mark, row.reason = markOf(b.Verdict), b.Basis
		}
		rows = append(rows, row)
	}
	rows = withoutUnmeasured(rows)
	for i := range a.Geomeans {
		if c := &a.Geomeans[i]; c.Unit == unit && c.Pairs > 0 {
			rows = append(rows, forestRow{name: "geomean of the suite", mark: pooled, result: c})
		}
	}
	return rows
}

// withoutUnmeasured puts one row in the place of those that are undecided because
// they were not measured, where a plot would hold little else.
func withoutUnmeasured(rows []forestRow) []forestRow {
	const few = 3
	unmeasured := func(r forestRow) bool { return r.result == nil && r.mark == markOf(analysis.Inconclusive) }
	kept := slices.DeleteFunc(slices.Clone(rows), unmeasured)
	n := len(rows) - len(kept)
	if n <= few {
		return rows
	}
	return append(kept, forestRow{name: fmt.Sprintf("%d more benchmarks", n), mark: markOf(analysis.Inconclusive), reason: "not measured; the table says why"})
}

const (
	forestHead   = 36.0 // pixels above the first row
	forestHeight = 40.0 // of a row
	forestFoot   = 26.0
)

// forest draws the interval of every row on one axis.
func forest(id string, metric results.Metric, rows []forestRow) template.HTML {
	var estimates, ends []float64
	var widest float64
	for _, r := range rows {
		if r.result != nil {
			estimates = append(estimates, r.result.Effect)
			ends = append(ends, r.result.Lower, r.result.Upper)
			widest = math.Max(widest, r.result.Margin)
		}
	}
	low, high := limits(estimates, ends, widest)
	x := axis{low: low, high: high, from: 2.5, to: 97.5}
	bottom := forestHead + forestHeight*float64(len(rows))
	d := newDrawing(id,
		fmt.Sprintf("Change in %s, after against before, of every benchmark", metric.Unit),
		fmt.Sprintf("%s, worst first. Each has a mark at its estimate and a line from its lower to its upper bound; to the right is worse. The table of benchmarks holds the same numbers.", count(len(rows), "row")),
		bottom+forestFoot)

	better, worse := directions(metric)
	d.text("hint", "start", 0, 12, "← "+better)
	d.text("hint", "end", 100, 12, worse+" →")
	for _, t := range x.ticks(6) {
		at, _ := x.at(t)
		d.text("tick", "middle", at, forestHead-8, tick(t))
		d.text("tick", "middle", at, bottom+16, tick(t))
	}
	d.WriteByte('\n')
	for i, r := range rows {
		d.row(x, forestHead+forestHeight*float64(i), r)
		d.WriteByte('\n')
	}
	return d.finish()
}

// row draws one benchmark below top: a line with its name and numbers, and
// under it a lane with its interval. Grid and margin keep to the lanes, so
// that no line crosses a name.
func (d *drawing) row(x axis, top float64, r forestRow) {
	const baseline, middle = 14, 29
	c := r.result
	if c == nil {
		d.text("name", "start", 0, top+baseline, shorten(r.name, 40))
		d.shape("mark "+r.mark.Class, r.mark.Shape, 2.5, top+middle, r.mark.Word)
		d.text("hint", "start", 6, top+middle+4, clip(r.reason, 52))
		return
	}
	d.lane(x, top+19, top+forestHeight-1, c.Margin)
	d.text("name", "start", 0, top+baseline, shorten(r.name, 24))
	lower, upper, effect := c.Lower, c.Upper, c.Effect
	d.text("numbers", "end", 100, top+baseline, percent(effect)+" "+interval(lower, upper, c.Margin))
	if math.IsNaN(lower) || math.IsNaN(upper) || math.IsNaN(effect) {
		return
	}
	from, cutLow := x.at(lower)
	to, cutHigh := x.at(upper)
	d.line("span "+r.mark.Class, from, top+middle, to, top+middle)
	d.end("head "+r.mark.Class, from, top+middle, cutLow)
	d.end("head "+r.mark.Class, to, top+middle, cutHigh)
	at, _ := x.at(effect)
	d.shape("mark "+r.mark.Class, r.mark.Shape, at, top+middle, fmt.Sprintf("%s: %s %s, %s, %s", r.name, percent(effect), interval(lower, upper, c.Margin), r.mark.Word, count(c.Pairs, "pair")))
}

// lane draws what the interval between y1 and y2 is read against: the margin
// from zero on, and the ticks.
func (d *drawing) lane(x axis, y1, y2, margin float64) {
	d.rect("track", 0, y1, 100, y2)
	if margin > 0 {
		zero, _ := x.at(0)
		end, _ := x.at(margin)
		d.rect("margin", zero, y1, end, y2)
		d.line("limit", end, y1, end, y2)
	}
	for _, t := range x.ticks(6) {
		at, _ := x.at(t)
		class := "grid"
		if t == 0 {
			class = "zero"
		}
		d.line(class, at, y1, at, y2)
	}
}

// end finishes an interval: with a bar, or an arrow where it goes on beyond
// the axis.
func (d *drawing) end(class string, x, y float64, beyond int) {
	path := "M-.75-4h1.5v8h-1.5z"
	switch beyond {
	case -1:
		path = arrowLeft
	case +1:
		path = arrowRight
	}
	d.shape(class, path, x, y, "")
}

// tick writes a tick of an axis, which are round.
func tick(x float64) string {
	switch {
	case x == 0:
		return "0 %"
	case x < 0:
		return minus + margin(-x)
	}
	return "+" + margin(x)
}

// directions names the two ends of an axis on which more is worse.
func directions(m results.Metric) (better, worse string) {
	switch {
	case m.Kind == results.Time:
		return "faster", "slower"
	case m.Better == "higher":
		return "more", "fewer"
	case m.Kind == results.Space:
		return "smaller", "larger"
	case m.Kind == results.Latency:
		return "shorter", "longer"
	}
	return "fewer", "more"
}
