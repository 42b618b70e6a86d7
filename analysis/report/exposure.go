package report

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"patchbench/analysis"
	"patchbench/analysis/prof"
	"patchbench/results"
)

// An exposure is how much of the changed code a benchmark ran.
type exposure struct {
	Reach string // in a word or two
	Basis string
	Rows  []gcRow
	Note  string // what the measures are and where they come from
}

// newExposure tells the exposure of b, at an upper bound of the share of CPU
// time at level alpha. It is nil for a benchmark that was not measured.
func newExposure(b *analysis.Benchmark, procs int, alpha float64) *exposure {
	e := b.Exposure
	if e == nil {
		return nil
	}
	x := &exposure{Reach: clean(string(e.Reach)), Basis: capital(clip(e.Basis, 300)), Note: "From unscored processes; cycles and worker starts are of one sample."}
	if e.Reach == analysis.NotExposed {
		x.Basis += "; what it shows does not count as no loss"
	}
	for _, m := range exposureMeasures(alpha) {
		if row := (gcRow{Name: m.name, Before: m.of(e.Sides[results.Before]), After: m.of(e.Sides[results.After])}); row.Before != missing || row.After != missing {
			x.Rows = append(x.Rows, row)
		}
	}
	if hasCPU(e) {
		x.Note += fmt.Sprintf(" Shares of CPU time are by profiles, which take 100 samples a second; the most is the one-sided bound at %s.", share(1-alpha))
		if e.Listed < e.Functions {
			x.Note += fmt.Sprintf(" The protocol names %d of the %d changed functions, and the shares are of these alone.", e.Listed, e.Functions)
		}
	}
	if text := dedicatedWorkers(b, procs); text != "" {
		x.Note += " " + text
	}
	return x
}

func hasCPU(e *analysis.Exposure) bool {
	for _, s := range e.Sides {
		if s != nil && s.CPU != nil {
			return true
		}
	}
	return false
}

// An exposureMeasure is one row of the table of an exposure.
type exposureMeasure struct {
	name string
	of   func(*analysis.SideExposure) string
}

func exposureMeasures(alpha float64) []exposureMeasure {
	cpu := func(of func(*prof.Part) string) func(*analysis.SideExposure) string {
		return func(s *analysis.SideExposure) string {
			if s.CPU == nil || s.CPU.Samples == 0 {
				return missing
			}
			return of(s.CPU)
		}
	}
	list := []exposureMeasure{
		{"CPU samples", cpu(func(p *prof.Part) string { return fmt.Sprint(p.Samples) })},
		{"in the changed functions", cpu(func(p *prof.Part) string { return samplePart(p.Flat, p.Samples) })},
		{"in them and what they call", cpu(func(p *prof.Part) string { return samplePart(p.Within, p.Samples) })},
		{"that share, at most", func(s *analysis.SideExposure) string {
			if s.CPU == nil {
				return missing
			}
			return share(s.Upper)
		}},
		{"GC cycles", func(s *analysis.SideExposure) string {
			if s.Cycles == nil {
				return missing
			}
			return number(*s.Cycles)
		}},
		{"dedicated worker starts", workerStarts(func(w *analysis.Workers) float64 { return w.Dedicated })},
		{"fractional worker starts", workerStarts(func(w *analysis.Workers) float64 { return w.Fractional })},
		{"idle worker starts", workerStarts(func(w *analysis.Workers) float64 { return w.Idle })},
	}
	for i, m := range list {
		list[i].of = func(s *analysis.SideExposure) string {
			if s == nil {
				return missing
			}
			return m.of(s)
		}
	}
	return list
}

func workerStarts(of func(*analysis.Workers) float64) func(*analysis.SideExposure) string {
	return func(s *analysis.SideExposure) string {
		if s.Workers == nil {
			return missing
		}
		return number(of(s.Workers))
	}
}

// capital makes a phrase begin as a sentence does.
func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// dedicatedWorkers says, where the pacer wants no dedicated worker, which
// workers were seen.
func dedicatedWorkers(b *analysis.Benchmark, procs int) string {
	if procs < 1 {
		return ""
	}
	if dedicated, _ := workers(procs); dedicated > 0 {
		return ""
	}
	var seen []string
	for _, side := range results.Sides() {
		if t := b.Trace[side]; t != nil {
			seen = append(seen, fmt.Sprintf("%d dedicated, %d fractional and %d idle on %s", t.Dedicated.Starts, t.Fractional.Starts, t.Idle.Starts, side))
		}
	}
	text := fmt.Sprintf("At GOMAXPROCS %d the pacer wants no dedicated worker", procs)
	if len(seen) == 0 {
		return text + "; no execution trace was taken to see."
	}
	return text + "; worker starts seen: " + strings.Join(seen, "; ") + "."
}

// exposureFact sums up the exposure of the benchmarks that were measured.
func exposureFact(a *analysis.Analysis) []fact {
	n := make(map[analysis.Reach]int)
	measured := 0
	for _, b := range a.Benchmarks {
		if b.Exposure != nil {
			n[b.Exposure.Reach]++
			measured++
		}
	}
	if measured == 0 {
		return nil
	}
	text := fmt.Sprintf("%d of %s measured ran the changed code", n[analysis.Exposed], count(measured, "benchmark"))
	if k := n[analysis.NotExposed]; k > 0 {
		text += fmt.Sprintf(", %d never did", k)
	}
	if k := n[analysis.UnknownReach]; k > 0 {
		text += fmt.Sprintf(", of %d it is not known", k)
	}
	return []fact{{"Exposure", []string{text}}}
}
