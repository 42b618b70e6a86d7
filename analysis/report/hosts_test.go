package report

import (
	"strings"
	"testing"

	"patchbench/analysis"
)

func TestRelation(t *testing.T) {
	const no, loss, better, open = analysis.NoLoss, analysis.Regression, analysis.Improvement, analysis.Inconclusive
	for _, test := range []struct {
		verdicts [][]analysis.Verdict
		want     string
		differ   bool
	}{
		{[][]analysis.Verdict{{no}, nil}, "one host only", false},
		{[][]analysis.Verdict{{no}, {better}}, "agree", false},
		{[][]analysis.Verdict{{loss, no}, {loss}}, "agree", false},
		{[][]analysis.Verdict{{no, no}, {no, loss}}, "contradict", true},
		{[][]analysis.Verdict{{no}, {loss}, {open}}, "contradict", true},
		{[][]analysis.Verdict{{no}, {open, no}, nil}, "undecided on 1 of 2", false},
		{[][]analysis.Verdict{{open}, {open}}, "undecided on all", false},
	} {
		if got, differ := relation(test.verdicts); got != test.want || differ != test.differ {
			t.Errorf("%v: %q, %v", test.verdicts, got, differ)
		}
	}
}

func TestHosts(t *testing.T) {
	if hosts(regressed()) != nil {
		t.Error("one host makes a table of hosts")
	}
	a := onTwoHosts()
	part := hosts(a)
	if len(part.Runs) != 2 || part.Runs[1].Class != "linux-arm64-neoverse-n1-4" {
		t.Fatalf("%+v", part)
	}
	for _, r := range part.Rows {
		if len(r.Cells) != 2 {
			t.Errorf("%+v", r)
		}
	}
	for name, render := range map[string]string{"HTML": string(render(t, HTML, a)), "Markdown": string(render(t, Markdown, a))} {
		if !strings.Contains(render, "neoverse") || !strings.Contains(render, part.Sum) {
			t.Errorf("%s does not show the other host", name)
		}
	}
}
