package prof

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/google/pprof/profile"
)

// maxFunctions is how many functions a Diff lists.
const maxFunctions = 20

// unknown is the name of code the profile has no function for.
const unknown = "(unknown)"

// A Diff says which functions gained or lost CPU share between two sets of
// profiles. Shares are of all samples of their side, 0 to 1, so that sides
// that ran for different times compare.
type Diff struct {
	Processes [2]int   `json:"processes"` // profiles merged, before and after
	Samples   [2]int64 `json:"samples"`   // CPU samples, before and after

	// Functions whose flat share changed, at most 20: first those whose
	// change is beyond its Noise, then the rest, each by size of the change.
	Functions []FunctionDiff `json:"functions"`
}

// A FunctionDiff is one function's share on each side. A function inlined
// into another is counted as itself, not as the other.
type FunctionDiff struct {
	Name       string     `json:"name"`
	Flat       [2]float64 `json:"flat"`       // samples in the function itself
	Cumulative [2]float64 `json:"cumulative"` // samples with the function anywhere on the stack

	// Noise is how far apart sampling alone puts the two flat shares of a
	// function that has not changed: two standard errors of the difference
	// of two binomial proportions, the share pooled over both sides, which
	// is the test of Pearson (1900) for a two by two table. It is a floor:
	// samples of one process are not independent, nor are processes alike.
	// Among many functions one in twenty exceeds it by chance.
	Noise float64 `json:"noise"`
}

// Change is how much flat share the function gained, -1 to 1.
func (f *FunctionDiff) Change() float64 { return f.Flat[1] - f.Flat[0] }

// Beyond reports whether the change is larger than sampling noise explains.
func (f *FunctionDiff) Beyond() bool { return math.Abs(f.Change()) > f.Noise }

// Compare reads the CPU profiles of both sides, one path per process, and
// compares the functions' shares of samples.
func Compare(before, after []string) (*Diff, error) {
	d := &Diff{Processes: [2]int{len(before), len(after)}, Functions: []FunctionDiff{}}
	var sides [2]shares
	for i, paths := range [2][]string{before, after} {
		p, err := loadAll(paths)
		if err != nil {
			return nil, fmt.Errorf("compare cpu profiles of %s: %w", sideName(i), err)
		}
		sides[i] = countFunctions(p)
		d.Samples[i] = sides[i].total
	}

	names := make(map[string]bool)
	for _, s := range sides {
		for name := range s.flat {
			names[name] = true
		}
	}
	for name := range names {
		f := FunctionDiff{Name: name, Noise: noise(
			sides[0].flat[name], sides[0].total,
			sides[1].flat[name], sides[1].total)}
		for i, s := range sides {
			f.Flat[i] = float64(s.flat[name]) / float64(s.total)
			f.Cumulative[i] = float64(s.cumulative[name]) / float64(s.total)
		}
		if f.Change() != 0 {
			d.Functions = append(d.Functions, f)
		}
	}
	slices.SortFunc(d.Functions, func(a, b FunctionDiff) int {
		switch {
		case a.Beyond() && !b.Beyond():
			return -1
		case b.Beyond() && !a.Beyond():
			return 1
		}
		return cmp.Or(
			-cmp.Compare(math.Abs(a.Change()), math.Abs(b.Change())),
			cmp.Compare(a.Name, b.Name))
	})
	d.Functions = d.Functions[:min(len(d.Functions), maxFunctions)]
	return d, nil
}

func sideName(i int) string { return [2]string{"before", "after"}[i] }

// noise returns two standard errors of k2/n2 − k1/n1 if both counts come from
// one binomial proportion. Pooling keeps it from vanishing for a function seen
// on one side only.
func noise(k1, n1, k2, n2 int64) float64 {
	p := float64(k1+k2) / float64(n1+n2)
	return 2 * math.Sqrt(p*(1-p)*(1/float64(n1)+1/float64(n2)))
}

// shares are the sample counts of one side.
type shares struct {
	total            int64
	flat, cumulative map[string]int64 // by function name
}

func countFunctions(p *profile.Profile) shares {
	s := shares{flat: make(map[string]int64), cumulative: make(map[string]int64)}
	for _, sample := range p.Sample {
		n := sample.Value[countType]
		s.total += n
		stack := functions(sample)
		s.flat[stack[0]] += n
		// A recursive function is on the stack many times, but the sample
		// is one.
		slices.Sort(stack)
		for _, name := range slices.Compact(stack) {
			s.cumulative[name] += n
		}
	}
	return s
}

// functions lists the names on the sample's stack, the running function first
// and inlined functions apart. There is always one.
func functions(s *profile.Sample) []string {
	var names []string
	for _, loc := range s.Location {
		if len(loc.Line) == 0 {
			names = append(names, unknown)
		}
		for _, line := range loc.Line {
			if line.Function == nil || line.Function.Name == "" {
				names = append(names, unknown)
			} else {
				names = append(names, line.Function.Name)
			}
		}
	}
	if len(names) == 0 {
		names = append(names, unknown)
	}
	return names
}
