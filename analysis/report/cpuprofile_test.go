package report

import (
	"os/exec"
	"strings"
	"testing"

	"patchbench/analysis"
	"patchbench/analysis/prof"
	"patchbench/results"
)

func TestProfileSummary(t *testing.T) {
	moved := &prof.Change{Estimate: 0.008, Lower: 0.002, Upper: 0.014, Q: 0.04}
	still := &prof.Change{Estimate: 0.008, Lower: -0.002, Upper: 0.014, Q: 0.4}
	function := func(name string, flat, cumulative *prof.Change) prof.FunctionDiff {
		return prof.FunctionDiff{Name: name, FlatChange: flat, CumulativeChange: cumulative}
	}
	for _, tt := range []struct {
		name string
		diff prof.Diff
		want string
	}{
		{"one", prof.Diff{Pairs: 12, FlatTested: 20, CumulativeTested: 40, Functions: []prof.FunctionDiff{function("runtime.gcDrain", moved, still)}},
			"Moved: runtime.gcDrain +0.80 points [+0.20, +1.4]."},
		{"callees", prof.Diff{Pairs: 12, FlatTested: 20, CumulativeTested: 40, Functions: []prof.FunctionDiff{function("runtime.gcDrain", nil, moved)}},
			"Moved: runtime.gcDrain with what it calls +0.80 points [+0.20, +1.4]."},
		{"many", prof.Diff{Pairs: 12, FlatTested: 20, CumulativeTested: 40,
			Groups:    []prof.GroupDiff{{Group: prof.Mark, Change: moved}, {Group: prof.Sweep, Change: still}, {Group: prof.Idle}},
			Functions: []prof.FunctionDiff{function("a", moved, moved), function("b", moved, moved), function("c", moved, moved)}},
			"Moved: mark as a whole +0.80 points [+0.20, +1.4]; a +0.80 points [+0.20, +1.4]; b +0.80 points [+0.20, +1.4], and 1 more."},
		{"none", prof.Diff{Pairs: 12, FlatTested: 20, CumulativeTested: 40, Functions: []prof.FunctionDiff{function("a", still, still)}},
			"No function moved, of 40 with 0.5 % of the samples or more."},
		{"hardly enough", prof.Diff{Pairs: 6, FlatTested: 20, CumulativeTested: 40},
			"No function moved, as far as 6 pairs of profiles tell: where a single one of 20 functions moves, it takes 9."},
		{"too few", prof.Diff{Pairs: 2, FlatTested: 20, CumulativeTested: 40},
			"2 pairs of profiles cannot tell a change from chance, however large it is: 6 or more tell, and 9 where a single one of 20 functions moves."},
		{"no pair", prof.Diff{}, "No function can be compared: no process of before has one of after beside it whose profile reads."},
		{"nothing large", prof.Diff{Pairs: 12}, "No function has as much as 0.5 % of the samples."},
	} {
		if got := profileSummary(&tt.diff, "samples"); got != tt.want {
			t.Errorf("%s:\n%s\nwant\n%s", tt.name, got, tt.want)
		}
	}
}

// TestPprofCommand has a shell read what is to be typed into one.
func TestPprofCommand(t *testing.T) {
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no POSIX shell here to try the line with")
	}
	for _, name := range []string{"flame/CycleStorm-4.before.pb.gz", "flame/a b.pb.gz", "flame/it's.pb.gz", "$(id)", "-x", "`id`", "a;b", "~", "*", `"`} {
		out, err := exec.Command(shell, "-c", strings.Replace(pprofCommand(name, "after.pb.gz"), "go tool pprof ", `printf '%s\n' `, 1)).Output()
		if err != nil {
			t.Fatal(err)
		}
		words := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
		if want := []string{"-http=localhost:", "-functions", "-normalize", "-diff_base", name, "after.pb.gz"}; strings.Join(words, "\n") != strings.Join(want, "\n") {
			t.Errorf("the shell reads %q, want %q", words, want)
		}
	}
	if line := pprofCommand("a\nb", "after.pb.gz"); line != "" {
		t.Errorf("a name with a line break makes %q", line)
	}
}

func TestNoProfile(t *testing.T) {
	some := new(analysis.GCShares)
	for want, shares := range map[string]map[results.Side]*analysis.GCShares{
		"No CPU profiles of both sides": {},
		"none of after":                 {results.Before: some},
		"none of before":                {results.After: some},
		"do not compare":                {results.Before: some, results.After: some},
	} {
		c := newCPUProfile(&analysis.Benchmark{GCShares: shares})
		if !strings.Contains(c.Summary, want) || c.Note != "" || c.Command != "" || len(c.Pages) > 0 {
			t.Errorf("%+v, want %q and no more", c, want)
		}
	}
}
