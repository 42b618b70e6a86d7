package prof

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

const (
	// maxFunctions is how many functions a Diff lists.
	maxFunctions = 20

	// minShare is the smallest share that is tested, averaged over the
	// processes of both sides: swapping the sides of a pair leaves it, so
	// choosing by it favours no direction. The hundreds of functions below it
	// have a few samples each; they could show nothing, and their number would
	// hide what the others show.
	minShare = 0.005
)

// unknown is the name of code the profile has no function for.
const unknown = "(unknown)"

// A Diff says what gained or lost a share between two sets of profiles: of CPU
// time, or of the bytes that are allocated. Shares are of all samples of their
// side, 0 to 1, so that sides that ran for different times compare.
//
// A process is one observation, not a sample of it: samples of one process
// depend on each other, and processes differ by more than sampling explains.
type Diff struct {
	Processes [2]int   `json:"processes"` // profiles, before and after
	Samples   [2]int64 `json:"samples"`   // CPU samples, or bytes allocated, before and after
	Pairs     int      `json:"pairs"`     // of processes, by which changes are told

	Groups []GroupDiff `json:"groups"` // those that have samples; none of allocations

	// Functions that were tested, at most 20: first those that moved, then the
	// rest, each by size of the change.
	Functions []FunctionDiff `json:"functions"`

	FlatTested       int `json:"flat_tested"`       // functions whose flat share was tested
	CumulativeTested int `json:"cumulative_tested"` // likewise
}

// A GroupDiff is one group's share on each side.
type GroupDiff struct {
	Group  Group      `json:"group"`
	Share  [2]float64 `json:"share"`
	Change *Change    `json:"change"` // nil where the share is too small to be tested
}

// A FunctionDiff is one function's share on each side. A function inlined
// into another is counted as itself, not as the other.
type FunctionDiff struct {
	Name       string     `json:"name"`
	Flat       [2]float64 `json:"flat"`       // samples in the function itself
	Cumulative [2]float64 `json:"cumulative"` // samples with the function anywhere on the stack

	FlatChange       *Change `json:"flat_change"` // nil where the share is too small to be tested
	CumulativeChange *Change `json:"cumulative_change"`
}

// Moved reports whether one of the function's shares did.
func (f *FunctionDiff) Moved() bool { return f.FlatChange.Moved() || f.CumulativeChange.Moved() }

// Moved reports whether anything did.
func (d *Diff) Moved() bool {
	return slices.ContainsFunc(d.Groups, func(g GroupDiff) bool { return g.Change.Moved() }) ||
		slices.ContainsFunc(d.Functions, func(f FunctionDiff) bool { return f.Moved() })
}

// Compare compares the shares of both sides in CPU samples, or in bytes
// allocated, with one-sided bounds at alpha each. Groups, flat and cumulative
// shares of functions are corrected for their number apart from each other.
func Compare(before, after *Side, alpha float64) (*Diff, error) {
	if before.counts.kind != after.counts.kind {
		return nil, fmt.Errorf("compare a %s with a %s: give two of a kind", before.counts.kind.rule().name, after.counts.kind.rule().name)
	}
	if what := after.origin.differs(before.origin); what != "" {
		return nil, fmt.Errorf("compare %ss: those of after are of another %s as before; record them again", before.counts.kind.rule().name, what)
	}
	c := comparison{sides: [2]*counts{before.counts, after.counts}, alpha: alpha}
	for i, pair := range before.pairs {
		if j := slices.Index(after.pairs, pair); j >= 0 {
			c.pairs = append(c.pairs, [2]int{i, j})
		}
	}
	d := &Diff{
		Processes: [2]int{before.Processes(), after.Processes()},
		Samples:   [2]int64{before.Samples(), after.Samples()},
		Pairs:     len(c.pairs),
		Groups:    c.groups(),
	}
	d.Functions, d.FlatTested, d.CumulativeTested = c.functions()
	return d, nil
}

// A comparison is of the counts of both sides.
type comparison struct {
	sides [2]*counts
	pairs [][2]int // of processes
	alpha float64
}

// groups compares the groups that have samples, in the order of the table.
func (c *comparison) groups() []GroupDiff {
	list := []GroupDiff{}
	if c.sides[0].kind != CPU {
		return list // groups say what CPU time is for
	}
	var family []*Change
	for _, rule := range groupTable() {
		rows := [2][]int64{c.sides[0].groups[rule.group], c.sides[1].groups[rule.group]}
		if sum(rows[0])+sum(rows[1]) == 0 {
			continue
		}
		g := GroupDiff{Group: rule.group, Share: c.pooled(rows), Change: c.change(rows)}
		if g.Change != nil {
			family = append(family, g.Change)
		}
		list = append(list, g)
	}
	adjust(family)
	return list
}

// functions compares the functions that are tested, and says how many are by
// flat and by cumulative share.
func (c *comparison) functions() (list []FunctionDiff, flatTested, cumulativeTested int) {
	list = []FunctionDiff{}
	var flat, cumulative []*Change
	names := slices.Clone(c.sides[0].names)
	for _, name := range c.sides[1].names {
		if _, both := c.sides[0].ids[name]; !both {
			names = append(names, name)
		}
	}
	for _, name := range names {
		var flats, cumulatives [2][]int64
		for i, s := range c.sides {
			flats[i], cumulatives[i] = s.row(s.flat, name), s.row(s.cumulative, name)
		}
		f := FunctionDiff{Name: name, FlatChange: c.change(flats), CumulativeChange: c.change(cumulatives)}
		if f.CumulativeChange == nil {
			continue // flat is no larger
		}
		cumulative = append(cumulative, f.CumulativeChange)
		if f.FlatChange != nil {
			flat = append(flat, f.FlatChange)
		}
		f.Flat, f.Cumulative = c.pooled(flats), c.pooled(cumulatives)
		list = append(list, f)
	}
	adjust(flat)
	adjust(cumulative)
	slices.SortFunc(list, compareFunctions)
	return list[:min(len(list), maxFunctions)], len(flat), len(cumulative)
}

// compareFunctions puts first what moved, and what changed more.
func compareFunctions(a, b FunctionDiff) int {
	switch {
	case a.Moved() && !b.Moved():
		return -1
	case b.Moved() && !a.Moved():
		return 1
	}
	return cmp.Or(
		-cmp.Compare(a.FlatChange.size(), b.FlatChange.size()),
		-cmp.Compare(a.CumulativeChange.size(), b.CumulativeChange.size()),
		cmp.Compare(a.Name, b.Name))
}

func (c *Change) size() float64 {
	if c == nil {
		return 0
	}
	return math.Abs(c.Estimate)
}

// pooled is the share of each side over all its processes.
func (c *comparison) pooled(rows [2][]int64) (shares [2]float64) {
	for i, s := range c.sides {
		shares[i] = s.pooled(rows[i])
	}
	return shares
}

// change tests what the pairs have in the rows, or is nil if that is too
// little.
func (c *comparison) change(rows [2][]int64) *Change {
	d := make([]float64, 0, len(c.pairs))
	both := 0.0
	for _, pair := range c.pairs {
		before, after := c.sides[0].share(rows[0], pair[0]), c.sides[1].share(rows[1], pair[1])
		d = append(d, after-before)
		both += before + after
	}
	if len(d) == 0 || both < minShare*float64(2*len(d)) {
		return nil
	}
	return newChange(d, c.alpha)
}

func sideName(i int) string { return [2]string{"before", "after"}[i] }
