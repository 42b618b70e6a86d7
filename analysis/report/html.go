package report

import (
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"patchbench/analysis"
)

//go:embed page.html.tmpl
var pageText string

//go:embed style.css
var style string

//go:embed page.js
var script string

// errNoProtocol is what a report of an analysis without its protocol ends in.
var errNoProtocol = errors.New("the analysis has no protocol; make it from a run folder with analysis.Analyze")

// A page is what the template shows.
type page struct {
	Style      template.CSS
	Script     template.JS
	Benchstat  string
	Mark       mark
	Sentence   string
	Tally      []tallied
	Unmeasured int
	Title      string
	Byline     string
	Facts      []fact
	Warnings   []string
	Level      string // of each bound
	Forests    []figure
	Legend     []mark
	Sections   []section
	Geomeans   []row
	Absent     []absence
	Hints      hintList
	Control    *controlPart
	Code       *codePart
	Hosts      *hostsPart
	Noise      []noiseRow
	NoiseFacts string
	Guide      []string
}

// HTML writes the report of a as one self-contained page.
func HTML(w io.Writer, a *analysis.Analysis) error {
	if a.Protocol == nil {
		return fmt.Errorf("write report.html: %w", errNoProtocol)
	}
	t, err := template.New("page").Funcs(template.FuncMap{"glyph": glyph, "rank": rank}).Parse(pageText)
	if err != nil {
		return fmt.Errorf("write report.html: %w", err)
	}
	if err := t.Execute(w, newPage(a)); err != nil {
		return fmt.Errorf("write report.html: %w", err)
	}
	return nil
}

func newPage(a *analysis.Analysis) *page {
	p := &page{
		Style:      template.CSS(style),
		Script:     template.JS(script),
		Benchstat:  a.Benchstat,
		Mark:       markOf(a.Verdict),
		Sentence:   strings.ReplaceAll(clean(a.Sentence), " %", "\u00a0%"), // no line begins with %
		Title:      clean(a.Protocol.Title),
		Byline:     fmt.Sprintf("%s, %s suite on %s", stamp(a.Started), clean(a.Protocol.Suite), clean(a.Protocol.Host.Class)),
		Facts:      facts(a),
		Warnings:   texts(a.Warnings),
		Level:      share(1 - a.Protocol.Alpha),
		Forests:    forests(a),
		Legend:     legend(),
		Sections:   sections(a, true),
		Geomeans:   geomeans(a),
		Absent:     absences(a.Protocol),
		Hints:      hints(a),
		Control:    control(a),
		Code:       machineCode(a),
		Hosts:      hosts(a),
		Noise:      noiseRows(a.Noise),
		NoiseFacts: strings.Join(lines(leftOut(a), waited(a.Noise)), "; "),
		Guide:      guide(a.Protocol.Alpha),
	}
	p.Tally, p.Unmeasured = tally(a)
	return p
}

// geomeans lists the geometric means that could be made.
func geomeans(a *analysis.Analysis) []row {
	return slices.DeleteFunc(exploratory(a.Geomeans), func(r row) bool { return r.Reason != "" })
}

// glyph draws a verdict's shape as it appears in the plots.
func glyph(m mark) template.HTML {
	return template.HTML(fmt.Sprintf(`<svg class="glyph" aria-hidden="true" width="14" height="14" viewBox="-7 -7 14 14"><path class="mark %s" d="%s"/></svg>`, m.Class, m.Shape))
}
