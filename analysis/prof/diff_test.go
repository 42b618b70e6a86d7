package prof

import (
	"fmt"
	"math"
	"math/rand/v2"
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
			want:    map[string]FunctionDiff{},
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
			d, err := Compare(files(tt.before), files(tt.after))
			if err != nil {
				t.Fatal(err)
			}
			if want := [2]int{len(tt.before), len(tt.after)}; d.Processes != want || d.Samples != tt.samples {
				t.Errorf("processes %d, samples %d; want %d, %d", d.Processes, d.Samples, want, tt.samples)
			}
			if len(d.Functions) != len(tt.want) {
				t.Errorf("%d functions, want %d: %+v", len(d.Functions), len(tt.want), d.Functions)
			}
			for _, f := range d.Functions {
				want, ok := tt.want[f.Name]
				if !ok || f.Flat != want.Flat || f.Cumulative != want.Cumulative {
					t.Errorf("%s: flat %v, cumulative %v; want %v, %v", f.Name, f.Flat, f.Cumulative, want.Flat, want.Cumulative)
				}
			}
		})
	}
}

// The counts wanted are those of go tool pprof -top -sample_index=samples.
func TestCompareReal(t *testing.T) {
	d, err := Compare(realPair(t, "before"), realPair(t, "after"))
	if err != nil {
		t.Fatal(err)
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

// Changes that sampling explains come last, however large.
func TestCompareOrder(t *testing.T) {
	before := []stack{{"noisy", 8}, {"steady", 10000}}
	after := []stack{{"noisy", 3}, {"steady", 10000}}
	// Many small changes, one of them certain.
	for i := range 30 {
		before = append(before, stack{fmt.Sprintf("f%02d", i), 1000})
		after = append(after, stack{fmt.Sprintf("f%02d", i), int64(1000 + i)})
	}
	after = append(after, stack{"new", 6})
	d, err := Compare([]string{write(t, cpuProfile(before...))}, []string{write(t, cpuProfile(after...))})
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Functions) != maxFunctions {
		t.Errorf("%d functions listed, want %d", len(d.Functions), maxFunctions)
	}
	if f := d.Functions[0]; f.Name != "new" || !f.Beyond() {
		t.Errorf("first is %+v, want the one that is beyond noise", f)
	}
	for i, f := range d.Functions[1:] {
		if f.Beyond() {
			t.Errorf("%s is beyond its noise and not first", f.Name)
		}
		if prev := d.Functions[i]; i > 0 && math.Abs(f.Change()) > math.Abs(prev.Change()) {
			t.Errorf("%s with %g comes after %s with %g", f.Name, f.Change(), prev.Name, prev.Change())
		}
	}
}

// Beyond two standard errors is where Pearson's chi-square of the two by two
// table, by its textbook formula, exceeds four.
func TestNoiseIsPearson(t *testing.T) {
	for _, k := range [][4]int64{ // of n before, of n after
		{0, 100, 5, 100}, {0, 100, 3, 100}, {50, 100, 65, 100}, {50, 100, 63, 100},
		{1, 1, 0, 100}, {7, 500, 40, 900}, {0, 1, 1, 1}, {3, 3, 2, 2},
	} {
		a, b := float64(k[0]), float64(k[1]-k[0])
		c, d := float64(k[2]), float64(k[3]-k[2])
		chi2 := (a + b + c + d) * math.Pow(a*d-b*c, 2) / ((a + b) * (c + d) * (a + c) * (b + d))
		f := FunctionDiff{Flat: [2]float64{a / (a + b), c / (c + d)}, Noise: noise(k[0], k[1], k[2], k[3])}
		if got, want := f.Beyond(), chi2 > 4; got != want {
			t.Errorf("%v: beyond is %v, chi-square %.3f", k, got, chi2)
		}
	}
}

// Of functions that have not changed, 4.6 % should lie beyond two standard
// errors.
func TestNoiseCoverage(t *testing.T) {
	const trials, n1, n2, share = 4000, 400, 700, 0.1
	rng := rand.New(rand.NewPCG(1, 2))
	draw := func(n int) (k int64) {
		for range n {
			if rng.Float64() < share {
				k++
			}
		}
		return k
	}
	beyond := 0
	for range trials {
		k1, k2 := draw(n1), draw(n2)
		if math.Abs(float64(k2)/n2-float64(k1)/n1) > noise(k1, n1, k2, n2) {
			beyond++
		}
	}
	if rate := float64(beyond) / trials; rate < 0.035 || rate > 0.057 {
		t.Errorf("%.1f %% of unchanged functions are beyond noise, want about 4.6 %%", 100*rate)
	}
}
