package report

import (
	"fmt"
	"html/template"
	"math"
	"slices"
	"strings"

	"patchbench/analysis"
)

const (
	ecdfHead   = 28.0 // pixels above a panel
	ecdfHeight = 96.0
	ecdfFoot   = 30.0
)

// distribution draws how the paired differences of every primary metric are
// distributed: the share of pairs up to each change, and the same with the
// signs turned, which without an effect would be as likely.
func (d *diary) distribution(id, name string) template.HTML {
	if len(d.metrics) == 0 {
		return ""
	}
	out := newDrawing(id, "Distribution of the paired differences of "+name,
		"For each primary metric a stepped line: the share of pairs, from none to all, whose change is no larger than where it stands. The dashed line is the same with before and after exchanged. The table of pairs holds the numbers.",
		float64(len(d.metrics))*(ecdfHead+ecdfHeight+ecdfFoot))
	top := 0.0
	for i := range d.metrics {
		d.shares(out, top, &d.metrics[i])
		top += ecdfHead + ecdfHeight + ecdfFoot
	}
	return out.finish()
}

// shares draws one metric below top.
func (d *diary) shares(out *drawing, top float64, c *analysis.Comparison) {
	var changes, turned []float64
	for _, p := range c.Differences {
		if !math.IsNaN(p.D) && !math.IsInf(p.D, 0) {
			changes, turned = append(changes, math.Expm1(p.D)), append(turned, math.Expm1(-p.D))
		}
	}
	low, high := limits(nil, slices.Concat(changes, turned), c.Margin)
	x := axis{low: low, high: high, from: gutter, to: 100}
	head, bottom := top+ecdfHead, top+ecdfHead+ecdfHeight
	better, worse := directions(c.Metric)
	out.text("name", "start", 0, top+18, clip(c.Unit, 24))
	out.text("hint", "end", 100, top+18, "← "+better+" · "+worse+" →")
	zero, _ := x.at(0)
	if c.Margin > 0 {
		limit, _ := x.at(c.Margin)
		out.rect("margin", zero, head, limit, bottom)
		out.line("limit", limit, head, limit, bottom)
	}
	for _, share := range []float64{0, 0.5, 1} {
		y := bottom - share*ecdfHeight
		out.line("grid", gutter, y, 100, y)
		out.text("tick", "end", gutter-1.5, y+4, fmt.Sprintf("%g %%", 100*share))
	}
	for _, t := range x.ticks(5) {
		at, _ := x.at(t)
		class := "grid"
		if t == 0 {
			class = "zero"
		}
		out.line(class, at, head, at, bottom)
		out.text("tick", "middle", at, bottom+16, tick(t))
	}
	out.WriteByte('\n')
	out.steps("step turned", x, head, bottom, turned)
	out.steps("step "+markOf(c.Verdict).Class, x, head, bottom, changes)
	out.WriteByte('\n')
}

// steps draws the share of values up to each point of x, between bottom, none,
// and top, all.
func (d *drawing) steps(class string, x axis, top, bottom float64, values []float64) {
	values = slices.Sorted(slices.Values(values))
	var path strings.Builder
	path.WriteString("M0 1000")
	for i, v := range values {
		at, _ := x.at(v)
		// A thousandth is finer than a pixel, and there are many points.
		fmt.Fprintf(&path, "H%.0fV%.0f", 1000*(at-x.from)/(x.to-x.from), 1000-1000*float64(i+1)/float64(len(values)))
	}
	path.WriteString("H1000")
	fmt.Fprintf(d, `<svg x="%s%%" y="%s" width="%s%%" height="%s" viewBox="0 0 1000 1000" preserveAspectRatio="none" class="at"><path class="%s" vector-effect="non-scaling-stroke" d="%s"/></svg>`,
		num(x.from), num(top), num(x.to-x.from), num(bottom-top), class, path.String())
}
