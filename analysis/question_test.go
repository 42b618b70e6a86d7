package analysis

import (
	"slices"
	"strings"
	"testing"

	"patchbench/results"
)

// TestQuestion asks a run what its protocol does not ask: after is 3 % slower,
// at a margin of 2 %.
func TestQuestion(t *testing.T) {
	values := secPerOp(0.03, 0.001)
	dir := (&fakeRun{
		protocol: testProtocol(testBenchmark("A-4", 4)),
		values: func(s *results.Sample, host float64) []results.Value {
			return append(values(s, host), results.Value{Value: 100, Unit: "ctx-switches"})
		},
	}).write(t)
	for _, test := range []struct {
		name    string
		q       Question
		want    Verdict
		postHoc string // none if empty
	}{
		{"the protocol's", Question{}, Regression, ""},
		{"the protocol's, spelt out", Question{Margin: 0.02, Metrics: []string{"sec/op"}}, Regression, ""},
		{"a wider margin", Question{Margin: 0.05}, NoLoss, "a margin of 5 % instead of the protocol's"},
		{"another metric", Question{Margin: 0.01, Metrics: []string{"ctx-switches"}}, NoLoss, "ctx-switches instead of the protocol's primary metrics"},
	} {
		a, err := Analyze(dir, test.q)
		if err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		if a.Verdict != test.want || !strings.Contains(a.PostHoc, test.postHoc) || (a.PostHoc == "") != (test.postHoc == "") {
			t.Errorf("%s: %s, post hoc %q, want %s, %q", test.name, a.Verdict, a.PostHoc, test.want, test.postHoc)
		}
		told := slices.ContainsFunc(a.Warnings, func(w string) bool { return strings.Contains(w, "the protocol does not ask this") })
		if labelled := strings.Contains(a.Sentence, "post hoc"); told != (test.postHoc != "") || labelled != told {
			t.Errorf("%s: sentence %q, warnings %q", test.name, a.Sentence, a.Warnings)
		}
	}
	if _, err := Analyze(dir, Question{Metrics: []string{"B/op"}}); err == nil || !strings.Contains(err.Error(), "reports B/op on both sides; they report") {
		t.Errorf("a metric nothing reports: %v", err)
	}
}
