package report

import (
	"fmt"
	"strings"

	"patchbench/analysis"
	"patchbench/analysis/prof"
	"patchbench/results"
)

// A cpuProfile is what the profiles of one benchmark tell: those of CPU time, or
// of allocations.
type cpuProfile struct {
	Title     string
	Summary   string // in one sentence, or what is missing
	Note      string
	Groups    []groupRow
	Functions []functionRow
	Pages     []link
	Files     []link // for go tool pprof
	Folder    string // of those of each process
	Command   string // that opens them in the run folder, or empty
}

// A link leads to a file of the run folder.
type link struct{ Text, Address string }

// A groupRow is the share of CPU of all that is for one thing.
type groupRow struct {
	Name, Means   string
	Before, After string
	Change        changeCells
}

// A functionRow is one function's share of CPU on both sides.
type functionRow struct {
	Name                              string
	Moved                             bool
	FlatBefore, FlatAfter             string
	Flat                              changeCells
	CumulativeBefore, CumulativeAfter string
	Cumulative                        changeCells
}

// changeCells are a change of a share in percentage points.
type changeCells struct {
	Estimate, Interval, Q string
	Moved                 bool
}

const mostMoved = 3 // named in the summary

// newCPUProfile writes what the CPU profiles of b tell, or that there are none.
func newCPUProfile(b *analysis.Benchmark) *cpuProfile {
	if b.Profile == nil {
		return &cpuProfile{Title: "CPU profile", Summary: profileLack(b)}
	}
	c := newProfile(&b.ProfileEvidence, "samples")
	c.Title, c.Folder = "CPU profile", results.ProfilesDir+"/"
	p := b.Profile
	c.Note = fmt.Sprintf("%d and %d CPU samples from ", p.Samples[0], p.Samples[1]) + c.Note
	return c
}

// newAllocations is newCPUProfile for allocation profiles, nil where there are
// none: few runs are asked for them.
func newAllocations(b *analysis.Benchmark) *cpuProfile {
	if b.Allocations == nil {
		return nil
	}
	c := newProfile(b.Allocations, "bytes allocated")
	c.Title, c.Folder = "Allocation profile", results.AllocsDir+"/"
	p := b.Allocations.Profile
	c.Note = fmt.Sprintf("%s and %s allocated, by ", prof.Allocations.Amount(p.Samples[0]), prof.Allocations.Amount(p.Samples[1])) + c.Note
	return c
}

// newProfile writes what profiles tell, whose shares are of what is counted.
func newProfile(e *analysis.ProfileEvidence, counted string) *cpuProfile {
	p := e.Profile
	c := &cpuProfile{
		Summary: profileSummary(p, counted),
		Note: fmt.Sprintf("%s before and %d after, unscored; %s. Changes are in percentage points, and tested where the share is 0.5 %% or more.",
			count(p.Processes[0], "profile"), p.Processes[1], count(p.Pairs, "pair")),
	}
	for _, g := range p.Groups {
		c.Groups = append(c.Groups, groupRow{string(g.Group), g.Group.Means(), share(g.Share[0]), share(g.Share[1]), newChangeCells(g.Change)})
	}
	for _, f := range p.Functions {
		c.Functions = append(c.Functions, functionRow{
			Name: clip(f.Name, 120), Moved: f.Moved(),
			FlatBefore: share(f.Flat[0]), FlatAfter: share(f.Flat[1]), Flat: newChangeCells(f.FlatChange),
			CumulativeBefore: share(f.Cumulative[0]), CumulativeAfter: share(f.Cumulative[1]), Cumulative: newChangeCells(f.CumulativeChange),
		})
	}
	for _, l := range []link{{"Differential flame graph", e.Flame}, {"Top", e.Top}, {"Peek: callers and callees", e.Peek}} {
		if l.Address != "" {
			c.Pages = append(c.Pages, link{l.Text, address(l.Address)})
		}
	}
	if before, after := e.Merged[results.Before], e.Merged[results.After]; before != "" && after != "" {
		c.Files = []link{{"merged before", address(before)}, {"merged after", address(after)}}
		c.Command = pprofCommand(before, after)
	}
	return c
}

// profileLack says what a benchmark without a comparison of profiles has of
// them.
func profileLack(b *analysis.Benchmark) string {
	before, after := b.GCShares[results.Before] != nil, b.GCShares[results.After] != nil
	switch {
	case before && after:
		return "The CPU profiles of the two sides do not compare; a warning says why."
	case before:
		return "There are CPU profiles of before, but none of after that reads."
	case after:
		return "There are CPU profiles of after, but none of before that reads."
	}
	return "No CPU profiles of both sides were taken of this benchmark, or none that read."
}

// newChangeCells writes a change, which is nil where it was not tested.
func newChangeCells(c *prof.Change) changeCells {
	if c == nil {
		return changeCells{Estimate: "not tested"}
	}
	return changeCells{points(c.Estimate), pointsInterval(c), probability(c.Q), c.Moved()}
}

// profileSummary says in one sentence what moved.
func profileSummary(p *prof.Diff, counted string) string {
	var moved []string
	for _, g := range p.Groups {
		if g.Change.Moved() {
			moved = append(moved, movedText(string(g.Group)+" as a whole", g.Change))
		}
	}
	for _, f := range p.Functions {
		switch name := clip(f.Name, 80); {
		case f.FlatChange.Moved():
			moved = append(moved, movedText(name, f.FlatChange))
		case f.CumulativeChange.Moved():
			moved = append(moved, movedText(name+" with what it calls", f.CumulativeChange))
		}
	}
	switch {
	case len(moved) > mostMoved:
		return fmt.Sprintf("Moved: %s, and %d more.", strings.Join(moved[:mostMoved], "; "), len(moved)-mostMoved)
	case len(moved) > 0:
		return "Moved: " + strings.Join(moved, "; ") + "."
	case p.Pairs == 0:
		return "No function can be compared: no process of before has one of after beside it whose profile reads."
	case p.CumulativeTested == 0:
		return fmt.Sprintf("No function has as much as 0.5 %% of the %s.", counted)
	}
	tests := max(p.FlatTested, 1)
	switch single := prof.PairsFor(tests); {
	case p.Pairs < prof.MinPairs:
		return fmt.Sprintf("%s of profiles cannot tell a change from chance, however large it is: %d or more tell, and %d where a single one of %s moves.",
			count(p.Pairs, "pair"), prof.MinPairs, max(single, prof.MinPairs), count(tests, "function"))
	case p.Pairs < single:
		return fmt.Sprintf("No function moved, as far as %s of profiles tell: where a single one of %s moves, it takes %d.",
			count(p.Pairs, "pair"), count(tests, "function"), single)
	}
	return fmt.Sprintf("No function moved, of %d with 0.5 %% of the %s or more.", p.CumulativeTested, counted)
}

// movedText is a change as a summary names it.
func movedText(what string, c *prof.Change) string {
	return fmt.Sprintf("%s %s points %s", what, points(c.Estimate), pointsInterval(c))
}

// points writes a difference of shares in percentage points.
func points(x float64) string { return strings.TrimSuffix(percent(x), " %") }

func pointsInterval(c *prof.Change) string {
	return "[" + points(c.Lower) + ", " + points(c.Upper) + "]"
}

// pprofCommand is the line for a shell in the run folder that compares two
// profiles as the pages do. It is empty where a name holds what no line can.
func pprofCommand(before, after string) string {
	line := "go tool pprof -http=localhost: -functions -normalize -diff_base " + shellWord(before) + " " + shellWord(after)
	if clean(line) != line {
		return ""
	}
	return line
}
