package report

import (
	"fmt"
	"strings"
	"testing"

	"patchbench/analysis"
	"patchbench/results"
)

func TestHints(t *testing.T) {
	metric := func(unit string, q float64, pairs int) analysis.Comparison {
		return analysis.Comparison{Metric: results.Metric{Unit: unit}, Pairs: pairs, Q: q}
	}
	tests := []struct {
		name   string
		a, b   []analysis.Comparison
		listed string
		note   string
	}{
		{"none", nil, nil, "", "No exploratory metric was compared."},
		{"one side only", []analysis.Comparison{metric("x", 0, 0)}, nil, "", "No exploratory metric was compared."},
		{"nothing passed", []analysis.Comparison{metric("x", 0.1, 20)}, []analysis.Comparison{metric("x", 0.5, 20), metric("y", 0, 0)}, "", "Nothing passed: none of 2 exploratory metrics has q below 0.1."},
		{"the likeliest first", []analysis.Comparison{metric("x", 0.09, 20), metric("y", 0.5, 20)}, []analysis.Comparison{metric("x", 0.001, 20)}, "B-4 x, A-4 x", "2 of 3 exploratory metrics with q below 0.1"},
	}
	for _, tt := range tests {
		a := single()
		a.Benchmarks = []analysis.Benchmark{{Name: "A-4", Exploratory: tt.a}, {Name: "B-4", Exploratory: tt.b}}
		h := hints(a)
		var listed []string
		for _, r := range h.Rows {
			listed = append(listed, r.Name+" "+r.Metric)
		}
		if got := strings.Join(listed, ", "); got != tt.listed || !strings.Contains(h.Note, tt.note) {
			t.Errorf("%s: %q, %q, want %q, %q", tt.name, got, h.Note, tt.listed, tt.note)
		}
		for ending, write := range writers {
			if page := string(render(t, write, a)); !strings.Contains(page, tt.note) || strings.Count(page, "Exploratory</h2>")+strings.Count(page, "## Exploratory") != 1 {
				t.Errorf("%s: report.%s lacks %q", tt.name, ending, tt.note)
			}
		}
	}
}

// What the run does not have is a row of both tables, with its reason.
func TestAbsences(t *testing.T) {
	for ending, rows := range map[string][]string{
		"md": {
			"| Sweet-4 | not in this run | it needs go1.26 |",
			"| ″ | ◇ inconclusive | cpu-sec is reported by before only |",
			"| stalls is reported by after only |",
			"| ✕ broken | after does not compile: undefined: releasem",
		},
		"html": {
			`<th scope="row">Sweet-4</th><td>not in this run</td><td colspan="10" class="reason">it needs go1.26</td>`,
			`class="reason">cpu-sec is reported by before only<`,
			`class="reason">stalls is reported by after only<`,
			`class="reason">after does not compile: undefined: releasem`,
		},
	} {
		page := string(render(t, writers[ending], broken()))
		for _, want := range rows {
			if !strings.Contains(page, want) {
				t.Errorf("report.%s lacks %s", ending, want)
			}
		}
	}
	a := many(200, 12) // too many for one page
	for i := range 200 {
		a.Protocol.Missing = append(a.Protocol.Missing, fmt.Sprintf("Gone%d: %s", i, strings.Repeat("because ", 30)))
	}
	if page := render(t, Markdown, a); len(page) > markdownLimit {
		t.Errorf("report.md has %d bytes", len(page))
	}
}
