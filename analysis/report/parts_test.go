package report

import (
	"strings"
	"testing"

	"patchbench/analysis"
)

// TestParts checks that other pages draw verdicts as the report does.
func TestParts(t *testing.T) {
	page := string(render(t, HTML, regressed()))
	for _, v := range []analysis.Verdict{analysis.Regression, analysis.NoLoss} {
		for _, part := range []string{string(Badge(v)), string(Verdict(v))} {
			if !strings.Contains(page, part) {
				t.Errorf("the report has no %s", part)
			}
		}
	}
	if got := string(Badge("<script>")); strings.Contains(got, "<script") {
		t.Error(got)
	}
	a := regressed()
	for i := range a.Benchmarks {
		for j := range a.Benchmarks[i].Comparisons {
			effect, bounds, margin := Effect(&a.Benchmarks[i].Comparisons[j])
			for _, text := range []string{effect, bounds, margin} {
				if !strings.Contains(strings.ReplaceAll(page, "&#43;", "+"), text) {
					t.Errorf("the report does not say %s", text)
				}
			}
		}
	}
}
