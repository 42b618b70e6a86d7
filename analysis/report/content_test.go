package report

import (
	"strings"
	"testing"

	"patchbench/analysis"
	"patchbench/results"
)

// TestAnswerFirst checks that both reports begin with the verdict and the
// sentence.
func TestAnswerFirst(t *testing.T) {
	sentence := strings.NewReplacer("'", "&#39;", "+", "&#43;", " %", "\u00a0%")
	for name, a := range fabricated() {
		if name == "hostile" {
			continue // escaped, which TestMarkdownInert is about
		}
		m := markOf(a.Verdict)
		first, _, _ := strings.Cut(string(render(t, Markdown, a)), "\n")
		if !strings.HasPrefix(first, "# "+m.Symbol+" ") || !strings.HasSuffix(first, a.Sentence) || !strings.Contains(strings.ToLower(first), m.Word) {
			t.Errorf("%s: report.md begins with %q", name, first)
		}
		_, body, _ := strings.Cut(string(render(t, HTML, a)), "<h1>")
		head, _, _ := strings.Cut(body, "</h1>")
		if !strings.Contains(head, `class="badge `+m.Class+`"`) || !strings.Contains(head, ">"+m.Word+"<") || !strings.Contains(head, sentence.Replace(a.Sentence)) {
			t.Errorf("%s: report.html begins with %q", name, head)
		}
	}
}

// TestSaid checks that what a reader must be told is told in both reports.
func TestSaid(t *testing.T) {
	for _, c := range []struct {
		name string
		a    *analysis.Analysis
		want []string
	}{
		{"inconclusive", undecided(), []string{
			"NOT COMPLETE", "in 2 sessions", "2 blocks, 1 pair torn", "[−∞, +∞]", "3 to 20 pairs",
			"No CPU profiles of both sides were taken", "No collector trace was taken", "No collector trace of after.",
			"no dedicated mark worker", "no verdict below 10 pairs",
		}},
		{"identical", identical(), []string{"identical binaries, not measured", "both sides compile to the same file", "no pairs: nothing was measured"}},
		{"broken", broken(), []string{"after does not compile: undefined: releasem", "after hung: killed after 11 s", "cpu-sec is reported by before only"}},
		{"exposure", unlikely(), []string{
			"1 of 3 benchmarks measured ran the changed code, 1 never did, of 1 it is not known",
			"layout or noise suspected: the changed functions and what they call have 1.6 % of after", "Exposure: not exposed", "Exposure: unknown",
			"which bounds their share at 0.33 % and 0.33 %; what it shows does not count as no loss", "9 of 912 before and 8 of 934 after",
			"fractional worker starts", "by dedicated, fractional workers", "14, 200, 800 µs (1394)", "6.8 % (62)", "6.6 % (62)", "412, 411, 100", "210, 1900, 7100 µs", "At GOMAXPROCS 2 the pacer wants no dedicated worker; worker starts seen: 0 dedicated, 412 fractional and 95 idle on before",
			"trigger to first worker", "major-faults, plus one", "No execution trace of after.", "No execution trace was taken",
		}},
		{"regression", regressed(), []string{
			"release:go1.16.15", "tree b0b0b0b0b0b0", "runtime: let mark workers be preempted", "1 hunk at another line than named",
			"class linux-amd64-xeon-2", "2026-03-04 05:07 UTC", "time 2 %, space 2 %, latency 10 %", "SHA-256 c0ffee00c0ffee00",
			"seed 42", "uncalibrated: nothing was compared with itself", "start and end of mark", "1263 functions with the same code at another address",
			"same machine code, other line tables", "runtime.gcDrain", "benchstat.txt", "flame/CycleStorm-4.html", "differences drift", "pressure",
		}},
	} {
		for ending, write := range writers {
			page := strings.NewReplacer("&#43;", "+", "&#39;", "'").Replace(string(render(t, write, c.a)))
			for _, want := range c.want {
				if !strings.Contains(page, want) {
					t.Errorf("%s.%s does not say %q", c.name, ending, want)
				}
			}
		}
	}
}

// TestOwnVerdict checks that a benchmark whose metrics disagree shows its own
// verdict beside theirs.
func TestOwnVerdict(t *testing.T) {
	b := &analysis.Benchmark{Name: "X", Verdict: analysis.Regression, Comparisons: []analysis.Comparison{
		{Metric: wallTime, Primary: true, Pairs: 12, Verdict: analysis.Regression},
		{Metric: results.CPUMetric, Primary: true, Pairs: 12, Verdict: analysis.NoLoss},
	}}
	list := rows(b, "x")
	if list[0].Own == nil || list[0].Own.Word != "regression" || list[0].Span != 2 || list[1].Span != 0 {
		t.Errorf("rows are %+v", list)
	}
	b.Comparisons[1].Verdict = analysis.Regression
	if list := rows(b, "x"); list[0].Own != nil {
		t.Errorf("the verdict that both metrics have is repeated: %+v", list[0].Own)
	}
}

func TestMarks(t *testing.T) {
	shapes, words := map[string]bool{}, map[string]bool{}
	for _, m := range legend() {
		shapes[m.Shape], words[m.Word+m.Symbol] = true, true
	}
	if len(shapes) != len(marks) || len(words) != len(marks) {
		t.Errorf("verdicts share a shape or a word: %d shapes, %d words, %d verdicts", len(shapes), len(words), len(marks))
	}
	if m := markOf("no such"); m.Class != "broken" || m.Word != "no such" {
		t.Errorf("an unknown verdict looks like %+v", m)
	}
}
