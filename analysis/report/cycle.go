package report

import (
	"cmp"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"

	"golang.org/x/perf/benchunit"

	"patchbench/analysis"
	"patchbench/analysis/traces"
	"patchbench/results"
)

const (
	laneHeight = 13.0 // pixels
	laneGap    = 4.0
	sideHead   = 24.0
	mostLanes  = 16 // of Ps, and of workers
	laneUnits  = 2000
)

// A cycleChart is one cycle of each side on a common time axis.
type cycleChart struct {
	length time.Duration // of the longer one
	sides  []cycleSide
}

// A cycleSide is the cycle of one side in lanes.
type cycleSide struct {
	side    results.Side
	picture *traces.Picture
	lanes   []cycleLane
	left    int // lanes too many to draw
}

// A cycleLane is a P, or a mark worker.
type cycleLane struct {
	name  string
	spans []results.Span
}

// newCycleChart lays out the cycles of b; nil if it has no picture.
func newCycleChart(b *analysis.Benchmark) *cycleChart {
	c := new(cycleChart)
	for _, side := range results.Sides() {
		t := b.Trace[side]
		if t == nil || t.Picture == nil || t.Picture.Cycle.MarkTermEnd <= t.Picture.Cycle.Begin {
			continue
		}
		s := cycleSide{side: side, picture: t.Picture}
		s.lanes, s.left = cycleLanes(t.Picture.Spans)
		c.sides = append(c.sides, s)
		c.length = max(c.length, t.Picture.Cycle.MarkTermEnd-t.Picture.Cycle.Begin)
	}
	if len(c.sides) == 0 {
		return nil
	}
	return c
}

// cycleLanes sorts spans into lanes: Ps by their number, then workers in the
// order in which they first ran or waited.
func cycleLanes(spans []results.Span) (lanes []cycleLane, left int) {
	ps := make(map[int][]results.Span)
	byWorker := make(map[int64][]results.Span)
	var workers []int64
	for _, s := range slices.SortedStableFunc(slices.Values(spans), func(a, b results.Span) int { return cmp.Compare(a.From, b.From) }) {
		if s.P >= 0 {
			ps[s.P] = append(ps[s.P], s)
		}
		if s.Worker != 0 {
			if byWorker[s.Worker] == nil {
				workers = append(workers, s.Worker)
			}
			byWorker[s.Worker] = append(byWorker[s.Worker], s)
		}
	}
	var numbers []int
	for p := range ps {
		numbers = append(numbers, p)
	}
	slices.Sort(numbers)
	for _, p := range numbers[:min(mostLanes, len(numbers))] {
		lanes = append(lanes, cycleLane{fmt.Sprintf("P %d", p), ps[p]})
	}
	for i, w := range workers[:min(mostLanes, len(workers))] {
		lanes = append(lanes, cycleLane{fmt.Sprintf("worker %d", i+1), byWorker[w]})
	}
	return lanes, max(0, len(numbers)-mostLanes) + max(0, len(workers)-mostLanes)
}

// plot draws the cycles, one above the other.
func (c *cycleChart) plot(id, name string) template.HTML {
	var bottom float64
	for _, s := range c.sides {
		bottom += s.height()
	}
	out := newDrawing(id, "One median GC cycle of "+name+" on each side",
		"What each P and each mark worker did from the cycle's begin to its end, on a common time axis. Shaded: the world is stopped, or being so. The table below tells how long each did what.", bottom+20)
	across := axis{low: 0, high: c.length.Seconds(), from: gutter, to: 100}
	scale := benchunit.CommonScale([]float64{across.high}, benchunit.Decimal)
	for _, t := range across.ticks(4) {
		x, _ := across.at(t)
		anchor := "middle"
		if t == 0 {
			anchor = "start"
		} else if x > 95 {
			anchor = "end"
		}
		out.line("grid", x, 24, x, bottom)
		out.text("tick", anchor, x, bottom+14, number(t/scale.Factor)+" "+scale.Prefix+"s")
	}
	top := 0.0
	for _, s := range c.sides {
		c.draw(out, &s, top)
		top += s.height()
	}
	return out.finish()
}

// height is what a side takes of the drawing, in pixels.
func (s *cycleSide) height() float64 {
	return sideHead + float64(len(s.lanes))*(laneHeight+laneGap) + 10
}

func (c *cycleChart) draw(out *drawing, s *cycleSide, top float64) {
	cycle := &s.picture.Cycle
	at := func(d time.Duration) float64 {
		return gutter + (100-gutter)*float64(d)/float64(c.length)
	}
	out.text("name", "start", 0, top+14, string(s.side))
	out.text("hint", "end", 100, top+14, "marks for "+seconds((cycle.MarkTermBegin-cycle.SweepTermEnd).Seconds()))
	top += sideHead
	bottom := top + float64(len(s.lanes))*(laneHeight+laneGap)
	for _, x := range s.picture.Spans {
		if x.Kind == results.SpanStop {
			out.rect("margin", at(x.From), top-2, max(at(x.To), at(x.From)+0.1), bottom)
		}
	}
	for _, x := range []time.Duration{cycle.SweepTermEnd, cycle.MarkTermBegin} {
		out.line("limit", at(x-cycle.Begin), top-2, at(x-cycle.Begin), bottom)
	}
	for _, l := range s.lanes {
		out.text("tick", "end", gutter-1.5, top+laneHeight-2, l.name)
		out.line("grid", gutter, top+laneHeight, 100, top+laneHeight)
		out.strip(&l, c.length, top)
		top += laneHeight + laneGap
	}
	out.WriteByte('\n')
}

// strip draws the spans of a lane, one path a kind: a page has thousands.
func (d *drawing) strip(l *cycleLane, length time.Duration, top float64) {
	fmt.Fprintf(d, `<svg x="%s%%" y="%s" width="%s%%" height="%s" viewBox="0 0 %d 10" preserveAspectRatio="none" class="at">`,
		num(gutter), num(top), num(100-gutter), num(laneHeight), laneUnits)
	for _, k := range spanKinds() {
		var path strings.Builder
		for _, s := range l.spans {
			if s.Kind != k.kind {
				continue
			}
			x := laneUnits * float64(s.From) / float64(length)
			w := max(3, laneUnits*float64(s.To-s.From)/float64(length))
			path.WriteString(k.outline(x, w))
		}
		if path.Len() > 0 {
			fmt.Fprintf(d, `<path class="%s" d="%s"/>`, k.class(), path.String())
		}
	}
	d.WriteString("</svg>")
}

// A spanKind is how a kind of span is drawn in a lane 10 units high: kinds
// differ in shape, for those who see no colours.
type spanKind struct {
	kind  results.SpanKind
	Means string
	bands [][2]float64 // from and to, downwards
	frame bool         // an outline only
}

// spanKinds lists the kinds in the order in which one covers another.
func spanKinds() []spanKind {
	return []spanKind{
		{results.SpanMutator, "the program", [][2]float64{{8, 10}}, false},
		{results.SpanAssist, "an assist", [][2]float64{{5, 10}}, false},
		{results.SpanIdle, "an idle worker", [][2]float64{{0.5, 9.5}}, true},
		{results.SpanFractional, "a fractional worker", [][2]float64{{0, 3.5}, {6.5, 10}}, false},
		{results.SpanDedicated, "a dedicated worker", [][2]float64{{0, 10}}, false},
		{results.SpanQueued, "a worker on a run queue", [][2]float64{{4, 6}}, false},
	}
}

func (k *spanKind) class() string { return "lane-" + string(k.kind) }

func (k *spanKind) outline(x, w float64) string {
	var b strings.Builder
	for _, y := range k.bands {
		fmt.Fprintf(&b, "M%.0f %sh%.0fv%sh-%.0fz", x, num(y[0]), w, num(y[1]-y[0]), w)
	}
	return b.String()
}

// Glyph is the kind in a legend.
func (k spanKind) Glyph() template.HTML {
	return template.HTML(fmt.Sprintf(`<svg class="glyph" aria-hidden="true" width="18" height="12" viewBox="-1 -1 18 12"><path class="%s" d="%s"/></svg>`, k.class(), k.outline(0, 16)))
}

// rows is the chart as numbers: the phases, then how long each lane did what.
func (c *cycleChart) rows() []gcRow {
	cells := make(map[string]*gcRow)
	var names []string
	put := func(name string, side results.Side, text string) {
		if cells[name] == nil {
			cells[name] = &gcRow{Name: name, Before: missing, After: missing}
			names = append(names, name)
		}
		if side == results.Before {
			cells[name].Before = text
		} else {
			cells[name].After = text
		}
	}
	for _, s := range c.sides {
		x := &s.picture.Cycle
		put("stop at sweep termination", s.side, seconds((x.SweepTermEnd - x.SweepTermBegin).Seconds()))
		put("concurrent mark", s.side, seconds((x.MarkTermBegin - x.SweepTermEnd).Seconds()))
		put("stop at mark termination", s.side, seconds((x.MarkTermEnd - x.MarkTermBegin).Seconds()))
	}
	for _, prefix := range []string{"P ", "worker "} {
		for _, s := range c.sides {
			for _, l := range s.lanes {
				if strings.HasPrefix(l.name, prefix) {
					put(l.name, s.side, l.sums())
				}
			}
		}
	}
	rows := make([]gcRow, len(names))
	for i, name := range names {
		rows[i] = *cells[name]
	}
	return rows
}

// sums writes how long a lane did what.
func (l *cycleLane) sums() string {
	var parts []string
	for _, k := range spanKinds() {
		var sum time.Duration
		n := 0
		for _, s := range l.spans {
			if s.Kind == k.kind {
				sum += s.To - s.From
				n++
			}
		}
		if n > 0 {
			parts = append(parts, strings.TrimPrefix(strings.TrimPrefix(k.Means, "an "), "a ")+" "+seconds(sum.Seconds()))
		}
	}
	return strings.Join(parts, ", ")
}

// note says which cycle is shown, and what is not of it.
func (c *cycleChart) note() string {
	text := "The cycle whose mark phase and length are nearest the medians, of the first process of each side; one of 64 spread over it where there are more. Dashed lines: where the mark begins and ends."
	for _, s := range c.sides {
		if s.picture.Cut > 0 {
			text += fmt.Sprintf(" %s of %s, the shortest, are left out.", count(s.picture.Cut, "span"), s.side)
		}
		if s.left > 0 {
			text += fmt.Sprintf(" %s more of %s not drawn.", count(s.left, "lane"), s.side)
		}
	}
	for _, side := range results.Sides() {
		if !slices.ContainsFunc(c.sides, func(s cycleSide) bool { return s.side == side }) {
			text += fmt.Sprintf(" No cycle of %s was recorded in full.", side)
		}
	}
	return text
}
