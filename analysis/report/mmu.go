package report

import (
	"fmt"
	"html/template"
	"math"
	"strings"
	"time"

	"patchbench/analysis"
	"patchbench/analysis/traces"
	"patchbench/results"
)

const (
	mmuHeight = 150.0 // pixels, of the curves' box
	mmuHead   = 24.0
)

// mmuPlot draws the minimum mutator utilisation of both sides by window. It is
// empty where no side has one.
func mmuPlot(b *analysis.Benchmark, id string) template.HTML {
	if !hasMMU(b) {
		return ""
	}
	windows := results.MMUWindows()
	first, last := windows[0], windows[len(windows)-1]
	decades := math.Log10(float64(last) / float64(first))
	across := func(w time.Duration) float64 { return math.Log10(float64(w)/float64(first)) / decades }
	out := newDrawing(id, "Minimum mutator utilisation of "+b.Name,
		"The least share of the CPUs that the program itself had in any window of a length, by that length, before (solid) and after (dashed). The table below holds the same numbers.",
		mmuHead+mmuHeight+40)
	out.text("hint", "start", 0, 13, "least share of the CPUs left to the program")
	bottom := mmuHead + mmuHeight
	for _, u := range []float64{0, 0.25, 0.5, 0.75, 1} {
		y := bottom - u*mmuHeight
		class := "grid"
		if u == 0 {
			class = "zero"
		}
		out.line(class, gutter, y, 100, y)
		out.text("tick", "end", gutter-1.5, y+4, fmt.Sprintf("%.0f %%", 100*u))
	}
	for w := first; w <= last; w *= 10 {
		x := gutter + across(w)*(100-gutter)
		anchor := "middle"
		switch w {
		case first:
			anchor = "start"
		case last:
			anchor = "end"
		}
		out.line("grid", x, mmuHead, x, bottom)
		out.text("tick", anchor, x, bottom+16, spokenWindow(w))
	}
	out.text("hint", "end", 100, bottom+34, "in any window of")
	for _, side := range results.Sides() {
		out.mmuCurve("curve "+string(side), b.Trace[side], across)
	}
	return out.finish()
}

func hasMMU(b *analysis.Benchmark) bool {
	for _, t := range b.Trace {
		if t != nil && len(t.MMU) > 0 {
			return true
		}
	}
	return false
}

// mmuCurve draws one side, which may have none.
func (d *drawing) mmuCurve(class string, t *traces.Stats, across func(time.Duration) float64) {
	if t == nil || len(t.MMU) == 0 {
		return
	}
	var path strings.Builder
	for i, p := range t.MMU {
		command := "L"
		if i == 0 {
			command = "M"
		}
		fmt.Fprintf(&path, "%s%s %s", command, num(1000*across(p.Window)), num(100*(1-p.Utilisation)))
	}
	fmt.Fprintf(d, `<svg x="%s%%" y="%s" width="%s%%" height="%s" viewBox="0 0 1000 100" preserveAspectRatio="none" class="at"><path class="%s" d="%s"/></svg>`,
		num(gutter), num(mmuHead), num(100-gutter), num(mmuHeight), class, path.String())
	d.WriteByte('\n')
}

// mmuRows is the plot as numbers.
func mmuRows(b *analysis.Benchmark) []gcRow {
	if !hasMMU(b) {
		return nil
	}
	var rows []gcRow
	for _, w := range results.MMUWindows() {
		write := func(side results.Side) string {
			if t := b.Trace[side]; t != nil {
				if u, ok := t.Utilisation(w); ok {
					return share(u)
				}
			}
			return missing
		}
		row := gcRow{Name: spokenWindow(w), Before: write(results.Before), After: write(results.After)}
		if row.Before != missing || row.After != missing {
			rows = append(rows, row)
		}
	}
	return rows
}

// spokenWindow writes a window: 0.1 ms, 150 ms, 1 s.
func spokenWindow(w time.Duration) string {
	if w >= time.Second {
		return fmt.Sprintf("%g s", w.Seconds())
	}
	return fmt.Sprintf("%g ms", float64(w)/float64(time.Millisecond))
}
