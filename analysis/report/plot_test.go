package report

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"patchbench/analysis"
	"patchbench/results"
)

// TestGoldenPlots keeps the plots apart from the page they stand in.
func TestGoldenPlots(t *testing.T) {
	for name, a := range map[string]*analysis.Analysis{"regression": regressed(), "inconclusive": undecided()} {
		golden(t, name+".forest.svg", []byte(forests(a)[0].Plot+"\n"))
		golden(t, name+".pairs.svg", []byte(sections(a, true)[0].Plot+"\n"))
		golden(t, name+".shares.svg", []byte(sections(a, true)[0].Shares+"\n"))
		golden(t, name+".cycle.svg", []byte(sections(a, true)[1].Cycle+"\n"))
		golden(t, name+".mmu.svg", []byte(sections(a, true)[1].MMU+"\n"))
	}
}

func TestForestArrows(t *testing.T) {
	plot := string(forests(undecided())[0].Plot)
	for _, arrow := range []string{arrowLeft, arrowRight} {
		if !strings.Contains(plot, arrow) {
			t.Errorf("an unbounded interval lacks its arrow %q", arrow)
		}
	}
	plot = string(forests(single())[0].Plot)
	for _, arrow := range []string{arrowLeft, arrowRight} {
		if strings.Contains(plot, arrow) {
			t.Errorf("a bounded interval has an arrow %q", arrow)
		}
	}
}

func TestForestRows(t *testing.T) {
	a := regressed()
	plots := forests(a)
	if len(plots) != 2 {
		t.Fatalf("%d forest plots, want one for each of 2 metrics", len(plots))
	}
	for _, f := range plots {
		for _, b := range a.Benchmarks {
			if !strings.Contains(string(f.Plot), ">"+shorten(b.Name, 40)+"<") {
				t.Errorf("%s is not in the plot of %s", b.Name, f.Title)
			}
		}
	}
	if plots := forests(identical()); len(plots) != 0 {
		t.Errorf("%d forest plots of a run without measurements", len(plots))
	}
}

// TestDifferencesMarks counts the marks of each kind against the pairs.
func TestDifferencesMarks(t *testing.T) {
	b := &regressed().Benchmarks[0]
	b.Comparisons = b.Comparisons[:1]
	var before, after, torn int
	for _, p := range b.Comparisons[0].Differences {
		switch {
		case p.Torn:
			torn++
		case p.AfterFirst:
			after++
		default:
			before++
		}
	}
	plot := string(newDiary(b).plot("p", b.Name))
	for class, want := range map[string]int{"point": before, "hollow": after, "torn": torn} {
		if got := strings.Count(plot, fmt.Sprintf(`class="%s"`, class)); got != want || want == 0 {
			t.Errorf("%d marks of class %s, want %d", got, class, want)
		}
	}
}

// TestDiaryJoins checks that metrics with different pairs share one run order.
func TestDiaryJoins(t *testing.T) {
	b := &analysis.Benchmark{Comparisons: []analysis.Comparison{
		{Metric: results.Metric{Unit: "a"}, Primary: true, Differences: []analysis.PairDifference{{Round: 0, Pair: 1, D: 0.1}, {Round: 2}}},
		{Metric: results.Metric{Unit: "b"}, Primary: true, Differences: []analysis.PairDifference{{Round: 0, Pair: 0}, {Round: 2, D: -0.1}}},
		{Metric: results.Metric{Unit: "c"}, Differences: []analysis.PairDifference{{Round: 7}}},
	}}
	var got []string
	for _, p := range newDiary(b).Pairs {
		got = append(got, fmt.Sprintf("%d.%d %s", p.Round, p.Pair, strings.Join(p.Differences, "/")))
	}
	if want := "1.1 /0 %, 1.2 +11 %/, 3.1 0 %/−9.5 %"; strings.Join(got, ", ") != want {
		t.Errorf("pairs are %s, want %s", strings.Join(got, ", "), want)
	}
}

func TestDirections(t *testing.T) {
	for _, c := range []struct {
		metric        results.Metric
		better, worse string
	}{
		{results.Metric{Kind: results.Time, Better: "lower"}, "faster", "slower"},
		{results.Metric{Kind: results.Time, Better: "higher"}, "faster", "slower"},
		{results.Metric{Kind: results.Space, Better: "lower"}, "smaller", "larger"},
		{results.Metric{Kind: results.Latency, Better: "lower"}, "shorter", "longer"},
		{results.Metric{Kind: results.Count, Better: "higher"}, "more", "fewer"},
		{results.Metric{Kind: results.Count, Better: "lower"}, "fewer", "more"},
	} {
		if b, w := directions(c.metric); b != c.better || w != c.worse {
			t.Errorf("directions(%v) = %s, %s, want %s, %s", c.metric, b, w, c.better, c.worse)
		}
	}
}

func TestRunningMedian(t *testing.T) {
	var all []analysis.PairDifference
	for i := range 12 {
		d := float64(i / 6) // a step up
		if i == 1 {
			d = 100
		}
		all = append(all, analysis.PairDifference{Round: i / 2, Pair: i % 2, D: d})
	}
	want := []float64{0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1}
	got := runningMedian(all)
	// At the middle of the step, of seven values four are on one side.
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// The plot of differences that are not of one kind is open, and says so.
func TestUnsteady(t *testing.T) {
	for _, tt := range []struct {
		trend, effective float64
		want             string
	}{
		{0, 0, ""},
		{0.7, 0, "drifts"},
		{0, 9.2, "clusters: 24 pairs are worth 9"},
		{-0.7, 9.2, "drifts; 24 pairs are worth 9"},
	} {
		a := single()
		c := &a.Benchmarks[0].Comparisons[0]
		c.Pairs, c.Trend, c.EffectivePairs = 24, tt.trend, tt.effective
		if got := unsteady(c); got != tt.want {
			t.Errorf("trend %g, %g effective: %q, want %q", tt.trend, tt.effective, got, tt.want)
		}
		page := string(render(t, HTML, a))
		open := strings.Contains(page, `<details class="order" open="">`)
		if open != (tt.want != "") || strings.Contains(page, `class="course unsteady"`) != open || !strings.Contains(page, tt.want) {
			t.Errorf("trend %g, %g effective: open %v", tt.trend, tt.effective, open)
		}
	}
}

// A budget that measures a few of many benchmarks makes no plot of the others.
func TestForestWithoutUnmeasured(t *testing.T) {
	a := undecided()
	for i := range 30 {
		a.Benchmarks = append(a.Benchmarks, analysis.Benchmark{Name: fmt.Sprintf("Long%d-4", i), Verdict: analysis.Inconclusive, Basis: "not measured, as deciding it takes 3 h"})
	}
	rows := forestRows(a, "sec/op")
	last := rows[len(rows)-1]
	for _, r := range rows {
		if r.name == "31 more benchmarks" {
			last = r
		}
		if strings.HasPrefix(r.name, "Long") {
			t.Fatalf("a row of %s", r.name)
		}
	}
	if last.name != "31 more benchmarks" || last.mark.Word != "inconclusive" || last.reason == "" {
		t.Errorf("got %+v", last)
	}
	a.Benchmarks = a.Benchmarks[:len(a.Benchmarks)-28]
	if rows := forestRows(a, "sec/op"); !slices.ContainsFunc(rows, func(r forestRow) bool { return r.name == "Long1-4" }) {
		t.Error("two that were not measured have no row")
	}
}
