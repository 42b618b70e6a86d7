package serve

import (
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"

	"patchbench/analysis"
	"patchbench/analysis/report"
	"patchbench/results"
)

// A column is one of the two runs that are compared.
type column struct {
	entry
	Badge    template.HTML
	analysis *analysis.Analysis
}

// A trait is what both runs rest on, in their own words.
type trait struct {
	Name   string
	Values [2]string
	Own    bool // each run has its own, by its nature
	Differ bool
}

// A pairing is one metric of one benchmark in both runs.
type pairing struct {
	Benchmark, Metric string
	Sides             [2]cell
	Relation          relation
}

// A cell is what one run says of it.
type cell struct {
	Verdict        template.HTML
	Effect, Bounds string
	Lack           string // why there is no effect
}

// A relation is how what two runs say goes together.
type relation struct{ Word, Class, Doubt string }

// The relations, as the report's style has a colour for each.
const (
	agree    = "noloss"
	differ   = "regression"
	undecide = "inconclusive"
	alone    = "pooled"
)

// compare answers with two runs beside each other. Nothing is computed from
// both.
func (h *Handler) compare(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	if query.Get("a") == "" || query.Get("b") == "" {
		return &problem{http.StatusBadRequest, "two runs are compared: choose both on the page of all runs"}
	}
	var columns [2]column
	for i, name := range []string{"a", "b"} {
		run, err := h.shelf.find(r.Context(), parseAddress(query.Get(name)))
		if err != nil {
			return err
		}
		a, err := run.judged()
		if err == nil && a == nil {
			a, err = h.analyze(r.Context(), run)
		}
		if err != nil {
			return unfit(run, err)
		}
		columns[i] = column{entryOf(run), report.Badge(a.Verdict), a}
		columns[i].Sentence = report.Clean(a.Sentence)
	}
	a, b := columns[0].analysis, columns[1].analysis
	rows := pairings(a, b)
	return h.page(w, http.StatusOK, "compare", struct {
		Columns  [2]column
		Hosts    string
		SameHost bool
		Traits   []trait
		Rows     []pairing
		Summary  string
	}{columns, hosts(a.Protocol.Host, b.Protocol.Host), a.Protocol.Host.Class == b.Protocol.Host.Class, traits(a, b), rows, summary(rows)})
}

// hosts says whether the runs are of one kind of host.
func hosts(a, b results.Host) string {
	if a.Class == b.Class {
		return report.Clean("Both were measured on hosts of one class, " + a.Class + ".")
	}
	return report.Clean(fmt.Sprintf("The hosts differ: A is of class %s, B of %s. What differs between the runs may be the hosts'.", a.Class, b.Class))
}

// traits lists what the runs rest on.
func traits(a, b *analysis.Analysis) []trait {
	var list []trait
	add := func(name string, of func(a *analysis.Analysis) string) {
		t := trait{Name: name, Values: [2]string{report.Clean(of(a)), report.Clean(of(b))}}
		t.Differ = t.Values[0] != t.Values[1]
		list = append(list, t)
	}
	add("Experiment", func(a *analysis.Analysis) string { return a.Protocol.Experiment })
	add("Base", func(a *analysis.Analysis) string { return a.Protocol.Base })
	for _, side := range results.Sides() {
		add("Tree "+string(side), func(a *analysis.Analysis) string {
			t := a.Protocol.Trees[side]
			return strings.TrimSpace(t.Version + " " + report.Digest(t.Digest))
		})
	}
	add("Claim", func(a *analysis.Analysis) string { return a.Protocol.Claim })
	add("Suite", func(a *analysis.Analysis) string {
		return strings.TrimSpace(a.Protocol.Suite + " " + report.Digest(a.Protocol.SuiteSHA256))
	})
	add("Host class", func(a *analysis.Analysis) string { return a.Protocol.Host.Class })
	add("Host", func(a *analysis.Analysis) string { return a.Protocol.Host.Name })
	shared := len(list)
	add("Measured", func(a *analysis.Analysis) string { return report.Time(a.Started) })
	add("Samples", func(a *analysis.Analysis) string { return fmt.Sprintf("%d of %d planned", a.Samples, a.Planned) })
	add("Protocol", func(a *analysis.Analysis) string { return report.Digest(a.ProtocolSHA256) })
	for i := range list[shared:] {
		list[shared+i].Own = true
	}
	return list
}

// pairings puts the primary metrics of both runs side by side: those of both in
// the order of a, then what only one has.
func pairings(a, b *analysis.Analysis) []pairing {
	var rows []pairing
	for i := range a.Benchmarks {
		rows = append(rows, pairUp(&a.Benchmarks[i], benchmark(b, a.Benchmarks[i].Name))...)
	}
	for i := range b.Benchmarks {
		if benchmark(a, b.Benchmarks[i].Name) == nil {
			rows = append(rows, pairUp(nil, &b.Benchmarks[i])...)
		}
	}
	slices.SortStableFunc(rows, func(x, y pairing) int {
		switch xa, ya := x.Relation.Class == alone, y.Relation.Class == alone; {
		case xa && !ya:
			return 1
		case ya && !xa:
			return -1
		}
		return 0
	})
	return rows
}

func benchmark(a *analysis.Analysis, name string) *analysis.Benchmark {
	for i := range a.Benchmarks {
		if a.Benchmarks[i].Name == name {
			return &a.Benchmarks[i]
		}
	}
	return nil
}

// pairUp puts the metrics of one benchmark side by side, which one of the runs
// may lack.
func pairUp(a, b *analysis.Benchmark) []pairing {
	name := ""
	var units []string
	for _, x := range []*analysis.Benchmark{a, b} {
		if x == nil {
			continue
		}
		name = x.Name
		for _, c := range primary(x) {
			if !slices.Contains(units, c.Unit) {
				units = append(units, c.Unit)
			}
		}
	}
	if len(units) == 0 { // neither was measured
		units = []string{""}
	}
	var rows []pairing
	for _, unit := range units {
		ca, cb := metric(a, unit), metric(b, unit)
		rows = append(rows, pairing{
			Benchmark: report.Clean(name), Metric: report.Clean(unit),
			Sides:    [2]cell{newCell(a, ca), newCell(b, cb)},
			Relation: relate(verdictOf(a, ca), verdictOf(b, cb), ca, cb),
		})
	}
	return rows
}

// primary lists the metrics of b that its verdict rests on.
func primary(b *analysis.Benchmark) []*analysis.Comparison {
	var list []*analysis.Comparison
	for i := range b.Comparisons {
		if b.Comparisons[i].Primary {
			list = append(list, &b.Comparisons[i])
		}
	}
	return list
}

// metric returns the primary metric of b in that unit, nil for none.
func metric(b *analysis.Benchmark, unit string) *analysis.Comparison {
	if b == nil {
		return nil
	}
	for _, c := range primary(b) {
		if c.Unit == unit {
			return c
		}
	}
	return nil
}

// verdictOf is what a run says of one metric of a benchmark, or, where it has
// none, of the benchmark; nothing if it does not know that.
func verdictOf(b *analysis.Benchmark, c *analysis.Comparison) analysis.Verdict {
	switch {
	case c != nil:
		return c.Verdict
	case b != nil && len(primary(b)) == 0:
		return b.Verdict
	}
	return ""
}

func newCell(b *analysis.Benchmark, c *analysis.Comparison) cell {
	v := verdictOf(b, c)
	switch {
	case b == nil:
		return cell{Lack: "not in this run"}
	case v == "":
		return cell{Lack: "not judged by this metric"}
	case c == nil:
		return cell{Verdict: report.Verdict(v), Lack: report.Clean(b.Basis)}
	case c.Pairs == 0:
		return cell{Verdict: report.Verdict(v), Lack: report.Lack(c)}
	}
	effect, bounds, _ := report.Effect(c)
	return cell{Verdict: report.Verdict(v), Effect: effect, Bounds: bounds}
}

// relate says how the verdicts of two runs go together, with the comparisons
// they are of, which may be nil.
func relate(a, b analysis.Verdict, ca, cb *analysis.Comparison) relation {
	r := relation{Word: "agree", Class: agree}
	switch {
	case a == "":
		return relation{Word: "only in B", Class: alone}
	case b == "":
		return relation{Word: "only in A", Class: alone}
	case apart(ca, cb):
		return relation{Word: "disagree", Class: differ, Doubt: "their bounds don't meet"}
	case a == analysis.Inconclusive && b == a:
		r = relation{Word: "neither decides", Class: undecide}
	case a == analysis.Inconclusive:
		r = relation{Word: "only B decides", Class: undecide}
	case b == analysis.Inconclusive:
		r = relation{Word: "only A decides", Class: undecide}
	case a != b && !(a.ExitCode() == 0 && b.ExitCode() == 0):
		r = relation{Word: "disagree", Class: differ}
	}
	if ca != nil && cb != nil && ca.Margin != cb.Margin {
		_, _, ma := report.Effect(ca)
		_, _, mb := report.Effect(cb)
		r.Doubt = fmt.Sprintf("by other margins: %s and %s", ma, mb)
	}
	return r
}

// apart reports whether the bounds of two comparisons exclude each other.
func apart(a, b *analysis.Comparison) bool {
	if a == nil || b == nil || a.Pairs == 0 || b.Pairs == 0 {
		return false
	}
	return a.Lower > b.Upper || b.Lower > a.Upper
}

// summary counts how the rows go together.
func summary(rows []pairing) string {
	count := make(map[string]int)
	for _, row := range rows {
		count[row.Relation.Class]++
	}
	both := len(rows) - count[alone]
	if both == 0 {
		return "No metric of a benchmark is in both runs."
	}
	text := fmt.Sprintf("%s in both runs. Agree: %d. Disagree: %d. Not decided by both: %d.", plural(both, "metric"), count[agree], count[differ], count[undecide])
	if n := count[alone]; n > 0 {
		text += fmt.Sprintf(" In one run only: %d.", n)
	}
	return text
}
