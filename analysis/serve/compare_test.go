package serve

import (
	"testing"

	"patchbench/analysis"
	"patchbench/results"
)

func TestRelate(t *testing.T) {
	of := func(v analysis.Verdict, lower, upper float64) *analysis.Comparison {
		return &analysis.Comparison{Metric: results.Metric{Margin: 0.02}, Verdict: v, Pairs: 12, Lower: lower, Upper: upper}
	}
	loss, gain := of(analysis.Regression, 0.01, 0.03), of(analysis.Improvement, -0.03, -0.01)
	none, open := of(analysis.NoLoss, -0.01, 0.015), of(analysis.Inconclusive, -0.05, 0.05)
	other := of(analysis.NoLoss, -0.01, 0.009)
	other.Margin = 0.01
	for _, c := range []struct {
		a, b        *analysis.Comparison
		word, class string
		doubt       bool
	}{
		{none, none, "agree", agree, false},
		{loss, loss, "agree", agree, false},
		{none, gain, "agree", agree, false},
		{none, loss, "disagree", differ, false},
		{gain, loss, "disagree", differ, true},
		{open, open, "neither decides", undecide, false},
		{open, loss, "only B decides", undecide, false},
		{gain, open, "only A decides", undecide, false},
		{none, other, "agree", agree, true},
		{none, nil, "only in A", alone, false},
		{nil, none, "only in B", alone, false},
	} {
		verdict := func(c *analysis.Comparison) analysis.Verdict {
			if c == nil {
				return ""
			}
			return c.Verdict
		}
		r := relate(verdict(c.a), verdict(c.b), c.a, c.b)
		if r.Word != c.word || r.Class != c.class || (r.Doubt != "") != c.doubt {
			t.Errorf("%s and %s: %+v", verdict(c.a), verdict(c.b), r)
		}
	}
}

// TestPairUp puts benchmarks side by side that only one run has, or measured.
func TestPairUp(t *testing.T) {
	comparison := func(unit string) analysis.Comparison {
		return analysis.Comparison{Metric: results.Metric{Unit: unit, Margin: 0.02}, Primary: true, Verdict: analysis.NoLoss, Pairs: 12, Upper: 0.01}
	}
	a := &analysis.Analysis{Benchmarks: []analysis.Benchmark{
		{Name: "Both", Verdict: analysis.NoLoss, Comparisons: []analysis.Comparison{comparison("sec/op"), comparison("cpu-sec")}},
		{Name: "OnlyA", Verdict: analysis.NoLoss, Comparisons: []analysis.Comparison{comparison("sec/op")}},
		{Name: "Same", Verdict: analysis.NoLoss, Basis: "identical binaries"},
	}}
	b := &analysis.Analysis{Benchmarks: []analysis.Benchmark{
		{Name: "Same", Verdict: analysis.Broken, Basis: "it crashed"},
		{Name: "Both", Verdict: analysis.NoLoss, Comparisons: []analysis.Comparison{comparison("sec/op"), comparison("peak-RSS-bytes")}},
		{Name: "OnlyB", Verdict: analysis.NoLoss},
	}}
	want := []struct{ benchmark, metric, word string }{
		{"Both", "sec/op", "agree"}, {"Same", "", "disagree"},
		{"Both", "cpu-sec", "only in A"}, {"Both", "peak-RSS-bytes", "only in B"}, {"OnlyA", "sec/op", "only in A"}, {"OnlyB", "", "only in B"},
	}
	rows := pairings(a, b)
	if len(rows) != len(want) {
		t.Fatalf("%d rows, want %d: %+v", len(rows), len(want), rows)
	}
	for i, w := range want {
		if r := rows[i]; r.Benchmark != w.benchmark || r.Metric != w.metric || r.Relation.Word != w.word {
			t.Errorf("row %d is %s %s %s, want %+v", i, r.Benchmark, r.Metric, r.Relation.Word, w)
		}
	}
	if rows[2].Sides[1].Lack != "not judged by this metric" || rows[4].Sides[1].Lack != "not in this run" || rows[1].Sides[1].Lack != "it crashed" {
		t.Errorf("lacks are %q, %q, %q", rows[2].Sides[1].Lack, rows[4].Sides[1].Lack, rows[1].Sides[1].Lack)
	}
	if got := summary(rows); got != "2 metrics in both runs. Agree: 1. Disagree: 1. Not decided by both: 0. In one run only: 4." {
		t.Error(got)
	}
}
