package report

import (
	"testing"

	"patchbench/results"
)

func TestAgain(t *testing.T) {
	for _, test := range []struct{ experiment, suite, name, after, want string }{
		{"mine", "gc", "LiveHeap-4", "", "patchbench compare mine --suite gc --bench '^LiveHeap$'"},
		{"mine", "gc/^Live", "LiveHeap/counted-arm64-4", "", "patchbench compare mine --suite gc --bench '^LiveHeap$'"},
		{"a-to-b", "quick", "X-4", "release:go1.27.4", "patchbench compare --before release:go1.27.3 --after release:go1.27.4 --suite quick --bench '^X$'"},
		{"mine", "own", "X-4", "", ""},
		{"mine", "gc", "X/Y-4", "", ""},
		{"mine", "gc", "X'; rm-4", "", ""},
		{"$(rm)", "gc", "X-4", "", ""},
		{"--all", "gc", "X-4", "", ""},
	} {
		p := &results.Protocol{Experiment: test.experiment, Suite: test.suite, Trees: map[results.Side]results.Tree{
			results.Before: {Base: "release:go1.27.3"}, results.After: {Base: test.after},
		}}
		if got := again(p, &results.Benchmark{Name: test.name, Procs: 4}); got != test.want {
			t.Errorf("%+v: %q", test, got)
		}
	}
}
