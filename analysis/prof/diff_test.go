package prof

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestCompare(t *testing.T) {
	tests := []struct {
		name          string
		before, after [][]stack // of each process
		want          map[string]FunctionDiff
		samples       [2]int64
	}{
		{
			name:    "one moves to another",
			before:  [][]stack{{{"a main", 30}, {"b main", 70}}},
			after:   [][]stack{{{"a main", 40}, {"b main", 60}}},
			samples: [2]int64{100, 100},
			want: map[string]FunctionDiff{
				"a": {Flat: [2]float64{0.3, 0.4}, Cumulative: [2]float64{0.3, 0.4}},
				"b": {Flat: [2]float64{0.7, 0.6}, Cumulative: [2]float64{0.7, 0.6}},
			},
		},
		{
			name:    "shares, not amounts",
			before:  [][]stack{{{"a main", 10}, {"b main", 30}}},
			after:   [][]stack{{{"a main", 100}, {"b main", 300}}},
			samples: [2]int64{40, 400},
			want: map[string]FunctionDiff{
				"a": {Flat: [2]float64{0.25, 0.25}, Cumulative: [2]float64{0.25, 0.25}},
				"b": {Flat: [2]float64{0.75, 0.75}, Cumulative: [2]float64{0.75, 0.75}},
			},
		},
		{
			name:    "processes of a side are merged",
			before:  [][]stack{{{"a", 1}}, {{"b", 3}}},
			after:   [][]stack{{{"a", 1}}, {{"a", 1}}, {{"b", 2}}},
			samples: [2]int64{4, 4},
			want: map[string]FunctionDiff{
				"a": {Flat: [2]float64{0.25, 0.5}, Cumulative: [2]float64{0.25, 0.5}},
				"b": {Flat: [2]float64{0.75, 0.5}, Cumulative: [2]float64{0.75, 0.5}},
			},
		},
		{
			name:    "recursion counts once",
			before:  [][]stack{{{"r r r main", 1}, {"main", 1}}},
			after:   [][]stack{{{"r main r main", 2}}},
			samples: [2]int64{2, 2},
			want: map[string]FunctionDiff{
				"r":    {Flat: [2]float64{0.5, 1}, Cumulative: [2]float64{0.5, 1}},
				"main": {Flat: [2]float64{0.5, 0}, Cumulative: [2]float64{1, 1}},
			},
		},
		{
			name:    "inlined functions are their own",
			before:  [][]stack{{{"in<mid<out main", 1}, {"out main", 3}}},
			after:   [][]stack{{{"out main", 4}}},
			samples: [2]int64{4, 4},
			want: map[string]FunctionDiff{
				"in":  {Flat: [2]float64{0.25, 0}, Cumulative: [2]float64{0.25, 0}},
				"mid": {Cumulative: [2]float64{0.25, 0}},
				"out": {Flat: [2]float64{0.75, 1}, Cumulative: [2]float64{1, 1}},
			},
		},
		{
			name:    "code without a name",
			before:  [][]stack{{{"? main", 1}, {"a ? main", 1}}},
			after:   [][]stack{{{"a main", 1}}},
			samples: [2]int64{2, 1},
			want: map[string]FunctionDiff{
				unknown: {Flat: [2]float64{0.5, 0}, Cumulative: [2]float64{1, 0}},
				"a":     {Flat: [2]float64{0.5, 1}, Cumulative: [2]float64{0.5, 1}},
			},
		},
		{
			name:    "no stack at all",
			before:  [][]stack{{{"", 1}, {"a", 1}}},
			after:   [][]stack{{{"a", 1}}},
			samples: [2]int64{2, 1},
			want: map[string]FunctionDiff{
				unknown: {Flat: [2]float64{0.5, 0}, Cumulative: [2]float64{0.5, 0}},
				"a":     {Flat: [2]float64{0.5, 1}, Cumulative: [2]float64{0.5, 1}},
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files := func(processes [][]stack) (paths []string) {
				for _, stacks := range processes {
					paths = append(paths, write(t, cpuProfile(stacks...)))
				}
				return paths
			}
			d := compareFiles(t, files(tt.before), files(tt.after))
			if want := [2]int{len(tt.before), len(tt.after)}; d.Processes != want || d.Samples != tt.samples {
				t.Errorf("processes %d, samples %d; want %d, %d", d.Processes, d.Samples, want, tt.samples)
			}
			for name := range tt.want {
				if !slices.ContainsFunc(d.Functions, func(f FunctionDiff) bool { return f.Name == name }) {
					t.Errorf("%s is not listed", name)
				}
			}
			for _, f := range d.Functions {
				want, ok := tt.want[f.Name]
				if f.Name == "main" && !ok {
					continue // it is below all
				}
				if !ok || f.Flat != want.Flat || f.Cumulative != want.Cumulative {
					t.Errorf("%s: flat %v, cumulative %v; want %v, %v", f.Name, f.Flat, f.Cumulative, want.Flat, want.Cumulative)
				}
			}
		})
	}
}

// The counts wanted are those of go tool pprof -top -sample_index=samples.
func TestCompareReal(t *testing.T) {
	d := compareFiles(t, realPair(t, "before"), realPair(t, "after"))
	if d.Pairs != 2 || d.Moved() {
		t.Errorf("%d pairs, moved %v; want 2, which can call nothing", d.Pairs, d.Moved())
	}
	if want := [2]int64{244, 523}; d.Samples != want {
		t.Fatalf("samples %d, want %d", d.Samples, want)
	}
	want := map[string][4]float64{ // flat before, after; cumulative before, after
		"runtime.epollwait": {65, 0, 65, 0},
		"runtime.futex":     {22, 9, 22, 9},
		"runtime.mallocgc":  {13, 2, 72, 105},
		"runtime.lock2":     {2, 107, 2, 108},
	}
	for _, f := range d.Functions {
		w, ok := want[f.Name]
		if !ok {
			continue
		}
		delete(want, f.Name)
		got := [4]float64{f.Flat[0] * 244, f.Flat[1] * 523, f.Cumulative[0] * 244, f.Cumulative[1] * 523}
		for i := range got {
			if math.Abs(got[i]-w[i]) > 1e-9 {
				t.Errorf("%s: %v samples, want %v", f.Name, got, w)
				break
			}
		}
	}
	for name := range want {
		t.Errorf("%s is not listed", name)
	}
}

// compareFiles compares two sides whose files are paired by their places.
func compareFiles(t testing.TB, before, after []string) *Diff {
	t.Helper()
	d, err := Compare(readSide(t, before), readSide(t, after), 0.05)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestCompareMoved has twelve pairs of noisy processes, in which one function
// gains what another one loses.
func TestCompareMoved(t *testing.T) {
	var before, after []string
	rng := rand.New(rand.NewPCG(1, 2))
	noise := func(n int64) int64 { return n + rng.Int64N(n/5) - n/10 }
	for range 12 {
		host := 1 + rng.Int64N(5) // how much work there is
		process := func(gained int64) string {
			stacks := []stack{
				{"runtime.scanobject runtime.gcDrain runtime.gcBgMarkWorker", host * (noise(200) + gained)},
				{"main.loser main.main", host * (noise(300) - gained)},
				{"main.rare main.main", 1},
			}
			for i := range 20 {
				stacks = append(stacks, stack{fmt.Sprintf("main.f%02d main.main", i), host * noise(100)})
			}
			return write(t, cpuProfile(stacks...))
		}
		before, after = append(before, process(0)), append(after, process(120))
	}
	d := compareFiles(t, before, after)
	if d.Pairs != 12 || d.FlatTested != 22 || d.CumulativeTested != 25 {
		t.Errorf("%d pairs, %d and %d functions tested; want 12, 22 and 25", d.Pairs, d.FlatTested, d.CumulativeTested)
	}
	if len(d.Functions) != maxFunctions {
		t.Errorf("%d functions listed, want %d", len(d.Functions), maxFunctions)
	}
	moved := map[string]float64{}
	for i, f := range d.Functions {
		if f.Moved() {
			moved[f.Name] = f.CumulativeChange.Estimate
		}
		if f.Name == "main.rare" {
			t.Error("a function of a few samples is listed")
		}
		if i > 0 {
			if prev := d.Functions[i-1]; f.Moved() && !prev.Moved() || f.Moved() == prev.Moved() && f.FlatChange.size() > prev.FlatChange.size() {
				t.Errorf("%s with %+v comes after %s with %+v", f.Name, f.FlatChange, prev.Name, prev.FlatChange)
			}
		}
	}
	for name, want := range map[string]float64{
		"runtime.scanobject": 0.048, "runtime.gcDrain": 0.048, "runtime.gcBgMarkWorker": 0.048, "main.loser": -0.048, "main.main": -0.048,
	} {
		if got, ok := moved[name]; !ok || math.Abs(got-want) > 0.01 {
			t.Errorf("%s moved by %g (%v), want about %g", name, got, ok, want)
		}
	}
	if len(d.Groups) != 2 || d.Groups[0].Group != Mark || !d.Groups[0].Change.Moved() || !d.Groups[1].Change.Moved() {
		t.Errorf("groups %+v, want that mark and program moved", d.Groups)
	}
}

// TestFalseCalls checks that of comparisons in which nothing moved at most one
// in ten names something, as promised: processes differ by more than sampling
// explains, as they do.
func TestFalseCalls(t *testing.T) {
	const trials, pairs, functions = 300, 12, 25
	rng := rand.New(rand.NewPCG(3, 4))
	calls := map[string]int{}
	for range trials {
		side := func() *Side {
			s := &Side{counts: newCounts(CPU)}
			for pair := range pairs {
				var stacks []stack
				for i := range functions {
					stacks = append(stacks, stack{fmt.Sprintf("f%d", i), 1 + int64(100*math.Exp(0.3*rng.NormFloat64()))})
				}
				s.pairs = append(s.pairs, pair)
				s.counts.add(cpuProfile(stacks...))
			}
			return s
		}
		d, err := Compare(side(), side(), 0.05)
		if err != nil {
			t.Fatal(err)
		}
		if slices.ContainsFunc(d.Functions, func(f FunctionDiff) bool { return f.FlatChange.Moved() }) {
			calls["flat"]++
		}
		if d.Moved() {
			calls["any"]++
		}
	}
	t.Logf("of %d comparisons %v named something", trials, calls)
	if rate := float64(calls["flat"]) / trials; rate > 0.14 { // 0.1 and two standard errors
		t.Errorf("%.0f %% of comparisons without a change name one, want at most 10 %%", 100*rate)
	}
}

// TestCompareSwapped checks that swapping the sides turns every sign and
// changes nothing else.
func TestCompareSwapped(t *testing.T) {
	before, after := realPair(t, "before"), realPair(t, "after")
	d, back := compareFiles(t, before, after), compareFiles(t, after, before)
	if d.FlatTested != back.FlatTested || d.CumulativeTested != back.CumulativeTested || len(d.Functions) != len(back.Functions) {
		t.Fatalf("%+v\n%+v", d, back)
	}
	for i, f := range d.Functions {
		g := back.Functions[i]
		if f.Name != g.Name || math.Abs(f.CumulativeChange.Estimate+g.CumulativeChange.Estimate) > 1e-15 || f.CumulativeChange.P != g.CumulativeChange.P {
			t.Errorf("%+v and back %+v", f, g)
		}
	}
}

// TestComparePairs checks that a process whose other half is missing is no
// pair, and that the others keep theirs.
func TestComparePairs(t *testing.T) {
	file := func(pair int, a, b int64) File {
		return File{pair, write(t, cpuProfile(stack{"a", a}, stack{"b", b}))}
	}
	before, _ := Read(CPU, []File{file(1, 50, 50), file(2, 20, 80), file(4, 10, 90)})
	after, _ := Read(CPU, []File{file(2, 30, 70), file(3, 99, 1), file(4, 20, 80), file(5, 99, 1)})
	d, err := Compare(before, after, 0.05)
	if err != nil {
		t.Fatal(err)
	}
	if d.Pairs != 2 || d.Processes != [2]int{3, 4} {
		t.Errorf("%d pairs of %d processes, want 2 of 3 and 4", d.Pairs, d.Processes)
	}
	for _, f := range d.Functions {
		want := map[string]float64{"a": 0.1, "b": -0.1}[f.Name]
		if math.Abs(f.FlatChange.Estimate-want) > 1e-12 {
			t.Errorf("%s changed by %g, want %g", f.Name, f.FlatChange.Estimate, want)
		}
	}

	lonely, _ := Read(CPU, []File{file(7, 1, 1)})
	d, err = Compare(before, lonely, 0.05)
	if err != nil || d.Pairs != 0 || len(d.Functions) != 0 || d.Moved() {
		t.Errorf("without a pair: %+v, %v", d, err)
	}
}

func TestCompareOtherProgram(t *testing.T) {
	p := cpuProfile(stack{"a", 1})
	p.Mapping[0].File = "/elsewhere/y.test"
	before, after := readSide(t, []string{write(t, cpuProfile(stack{"a", 1}))}), readSide(t, []string{write(t, p)})
	_, err := Compare(before, after, 0.05)
	if err == nil || !strings.Contains(err.Error(), `"x.test"`) || !strings.Contains(err.Error(), `"y.test"`) {
		t.Errorf("error %v, want one that names both programs", err)
	}
}
