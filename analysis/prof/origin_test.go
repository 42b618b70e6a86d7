package prof

import (
	"strings"
	"testing"
)

// A profile of another benchmark is one that was put in the wrong place, though
// its binary may have the same name.
func TestOtherBenchmark(t *testing.T) {
	file := func(stacks ...stack) File { return File{1, write(t, cpuProfile(stacks...))} }
	a := file(stack{"work example.com/x.BenchmarkA.func1 example.com/x.BenchmarkA testing.(*B).runN", 9}, stack{"runtime.gcDrain", 5})
	// It calls another, as one that runs a part of it alone may.
	inner := file(stack{"work example.com/x.BenchmarkB example.com/x.BenchmarkA testing.(*B).runN", 9})
	b := file(stack{"work example.com/x.BenchmarkB testing.(*B).runN", 9})
	elsewhere := file(stack{"work example.com/y.BenchmarkA testing.(*B).runN", 9})
	idle := file(stack{"runtime.gcDrain", 5})

	for _, tt := range []struct {
		name          string
		before, after []File
		want          [2]int // processes
		bad           File
		fault         string
	}{
		{"all alike", []File{a, inner}, []File{a, idle}, [2]int{2, 2}, File{}, ""},
		{"one of another", []File{a, a}, []File{a, b}, [2]int{2, 1}, b, `a profile of another benchmark, "example.com/x.BenchmarkB" and not "example.com/x.BenchmarkA"; record it again`},
		{"a side of another", []File{a, a, a}, []File{b}, [2]int{3, 0}, b, "a profile of another benchmark, "},
		{"of another package", []File{elsewhere}, []File{a, a}, [2]int{0, 2}, elsewhere, `"example.com/y.BenchmarkA"`},
	} {
		sides, faults := ReadBoth(CPU, tt.before, tt.after)
		var got [2]int
		var said []string
		for i, s := range sides {
			if s != nil {
				got[i] = s.Processes()
			}
			for _, err := range faults[i] {
				said = append(said, err.Error())
			}
		}
		if got != tt.want {
			t.Errorf("%s: %v processes, want %v; %q", tt.name, got, tt.want, said)
		}
		if tt.fault == "" && len(said) > 0 || tt.fault != "" && (len(said) != 1 || !strings.Contains(said[0], tt.bad.Path) || !strings.Contains(said[0], tt.fault)) {
			t.Errorf("%s: said %q, want %q", tt.name, said, tt.fault)
		}
	}
}
