package report

import (
	"fmt"
	"html"
	"html/template"
	"time"

	"patchbench/analysis"
)

// Style is the style sheet of the report, for pages that show parts of one.
func Style() string { return style }

// Badge draws a run's verdict as the head of its report does.
func Badge(v analysis.Verdict) template.HTML {
	m := markOf(v)
	return template.HTML(fmt.Sprintf(`<span class="badge %s">%s%s</span>`, m.Class, glyph(m), html.EscapeString(m.Word)))
}

// Verdict draws a verdict as the tables of a report do.
func Verdict(v analysis.Verdict) template.HTML {
	m := markOf(v)
	return template.HTML(fmt.Sprintf(`<span class="verdict %s">%s %s</span>`, m.Class, glyph(m), html.EscapeString(m.Word)))
}

// Word is the verdict in a word.
func Word(v analysis.Verdict) string { return markOf(v).Word }

// Effect writes the effect of c, its bounds and its margin as the tables of a
// report do.
func Effect(c *analysis.Comparison) (effect, bounds, margin string) {
	r := newRow(c)
	return r.Effect, r.Interval, r.Margin
}

// Lack says why c has no effect.
func Lack(c *analysis.Comparison) string { return nothing(c) }

// Time writes t to the minute.
func Time(t time.Time) string { return stamp(t) }

// Duration writes a stretch of time people plan with.
func Duration(seconds float64) string { return duration(seconds) }

// Clean makes text of a measured program fit for one line, and no longer than
// a line may be.
func Clean(s string) string { return clip(s, 300) }

// Digest shortens a hash to what tells two apart at sight.
func Digest(s string) string { return digest(s) }
