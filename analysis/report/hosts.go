package report

import (
	"fmt"
	"slices"
	"strings"

	"patchbench/analysis"
	"patchbench/results"
)

// A hostsPart sets the runs of one experiment on several hosts side by side.
// They are never pooled: hosts differ in what a patch can cost.
type hostsPart struct {
	Runs []hostRun
	Rows []hostRow
	Sum  string
}

// A hostRun is the run of a column.
type hostRun struct {
	Class, When, Sentence string
	Mark                  mark
	Doubt                 string // what it compares that the report's run does not, or the other way round
}

// A hostRow is one metric of one benchmark, at every GOMAXPROCS it ran with.
type hostRow struct {
	Name, Metric string
	Cells        [][]hostValue // by run
	Relation     string
	Differ       bool // the hosts contradict each other
}

// A hostValue is what one host says at one GOMAXPROCS.
type hostValue struct {
	Procs            int
	Mark             mark
	Effect, Interval string
}

// hosts sets a beside the runs that were asked for with it, nil if there are
// none.
func hosts(a *analysis.Analysis) *hostsPart {
	if len(a.Others) == 0 {
		return nil
	}
	runs := slices.Concat([]*analysis.Analysis{a}, a.Others)
	part := new(hostsPart)
	type key struct{ name, unit string }
	rows := make(map[key]int)
	verdicts := make(map[key][][]analysis.Verdict) // by run
	for i, run := range runs {
		part.Runs = append(part.Runs, hostRun{
			Class: clean(run.Protocol.Host.Class), When: stamp(run.Started), Sentence: clip(run.Sentence, 500),
			Mark: markOf(run.Verdict), Doubt: otherPatches(a.Protocol, run.Protocol),
		})
		for j := range run.Benchmarks {
			b := &run.Benchmarks[j]
			pb := run.Protocol.Benchmark(b.Name)
			if pb == nil {
				continue
			}
			for k := range b.Comparisons {
				c := &b.Comparisons[k]
				if !c.Primary || c.Pairs == 0 {
					continue
				}
				at := key{pb.PlainName(), c.Unit}
				n, known := rows[at]
				if !known {
					n = len(part.Rows)
					rows[at] = n
					part.Rows = append(part.Rows, hostRow{Name: clean(at.name), Metric: clean(at.unit), Cells: make([][]hostValue, len(runs))})
					verdicts[at] = make([][]analysis.Verdict, len(runs))
				}
				part.Rows[n].Cells[i] = append(part.Rows[n].Cells[i], hostValue{
					Procs: pb.Procs, Mark: markOf(c.Verdict), Effect: percent(c.Effect), Interval: interval(c.Lower, c.Upper, c.Margin),
				})
				verdicts[at][i] = append(verdicts[at][i], c.Verdict)
			}
		}
	}
	shared, differ := 0, 0
	for at, n := range rows {
		r := &part.Rows[n]
		if r.Relation, r.Differ = relation(verdicts[at]); r.Relation != oneHost {
			shared++
		}
		if r.Differ {
			differ++
		}
	}
	// What only one host measured tells nothing of agreement.
	slices.SortStableFunc(part.Rows, func(x, y hostRow) int {
		rank := func(r hostRow) int {
			switch {
			case r.Differ:
				return 0
			case r.Relation == oneHost:
				return 2
			}
			return 1
		}
		return rank(x) - rank(y)
	})
	part.Sum = fmt.Sprintf("%s measured on more than one host: ", count(shared, "metric"))
	switch {
	case shared == 0:
		part.Sum = "No benchmark was measured on more than one of these hosts."
	case differ == 0:
		part.Sum += "none of the verdicts contradict each other."
	default:
		part.Sum += fmt.Sprintf("on %d the hosts contradict each other.", differ)
	}
	return part
}

const oneHost = "one host only"

// relation says how the verdicts of several hosts on one metric go together. Of
// each host they are those at every GOMAXPROCS.
func relation(verdicts [][]analysis.Verdict) (text string, differ bool) {
	measured, lost, kept, open := 0, 0, 0, 0
	for _, vs := range verdicts {
		switch {
		case len(vs) == 0:
			continue
		case slices.Contains(vs, analysis.Regression):
			lost++
		case slices.ContainsFunc(vs, func(v analysis.Verdict) bool { return v != analysis.NoLoss && v != analysis.Improvement }):
			open++
		default:
			kept++
		}
		measured++
	}
	switch {
	case measured < 2:
		return oneHost, false
	case lost > 0 && kept > 0:
		return "contradict", true
	case open == measured:
		return "undecided on all", false
	case open > 0:
		return fmt.Sprintf("undecided on %d of %d", open, measured), false
	}
	return "agree", false
}

// otherPatches says that two runs do not compare the same patches, nothing if
// they do.
func otherPatches(p, q *results.Protocol) string {
	var differ []string
	for _, side := range results.Sides() {
		sums := func(t results.Tree) (sums []string) {
			for _, patch := range t.Series {
				sums = append(sums, patch.SHA256)
			}
			return sums
		}
		if x, y := p.Trees[side], q.Trees[side]; x.Version != y.Version || !slices.Equal(sums(x), sums(y)) {
			differ = append(differ, string(side))
		}
	}
	if len(differ) == 0 {
		return ""
	}
	return "compares another " + strings.Join(differ, " and another ")
}
