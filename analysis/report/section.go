package report

import (
	"fmt"
	"html/template"
	"slices"
	"strings"

	"patchbench/analysis"
	"patchbench/results"
)

// A section is all that is told about one benchmark.
type section struct {
	Name, Anchor string
	Mark         mark
	Bases        []string // what the verdict rests on
	Warnings     []string
	Facts        []fact
	Rows         []row

	Diary  *diary
	Plot   template.HTML
	Scales string
	Shares template.HTML

	Exposure    *exposure // nil if nothing was measured
	Exploratory []row
	GC          []gcRow
	GCLack      string
	Traces      []gcRow
	TracesNote  string
	MMU         template.HTML // empty without one, as is what follows
	MMURows     []gcRow
	Cycle       template.HTML
	CycleRows   []gcRow
	CycleNote   string
	RawTraces   []rawTrace
	RawLack     string
	Runtime     []gcRow
	GCShares    []gcRow
	CPU         *cpuProfile
	Allocations *cpuProfile // nil for none
}

// Measured reports whether the section has numbers to show.
func (s *section) Measured() bool {
	return slices.ContainsFunc(s.Rows, func(r row) bool { return r.Reason == "" })
}

// sections lists the benchmarks in the order of the analysis. Plots are drawn
// only for a page that can show them.
func sections(a *analysis.Analysis, plots bool) []section {
	ids := anchors{}
	list := make([]section, len(a.Benchmarks))
	for i := range a.Benchmarks {
		b := &a.Benchmarks[i]
		pb := a.Protocol.Benchmark(b.Name)
		s := section{
			Name: clean(b.Name), Anchor: ids.of(b.Name),
			Mark: markOf(b.Verdict), Warnings: texts(b.Warnings),
			Facts: append(benchmarkFacts(a.Protocol, pb), lookFacts(a.Protocol, pb, b)...),
		}
		procs := 0
		if pb != nil {
			procs = pb.Procs
		}
		s.Exposure = newExposure(b, procs, a.Protocol.Alpha)
		s.Rows = rows(b, s.Anchor)
		s.Bases = bases(b, s.Rows)
		s.Exploratory = exploratory(b.Exploratory)
		s.GC, s.GCLack = gcRows(b)
		s.Traces, s.TracesNote = traceRows(b)
		s.RawTraces, s.RawLack = rawTraces(b)
		s.Runtime = runtimeRows(b)
		s.GCShares = shareRows(b)
		s.CPU = newCPUProfile(b)
		s.Allocations = newAllocations(b)
		if plots {
			if s.Diary = newDiary(b); len(s.Diary.Pairs) > 0 {
				s.Plot = s.Diary.plot(fmt.Sprintf("pairs-%d", i+1), b.Name)
				s.Scales = s.Diary.scales()
				s.Shares = s.Diary.distribution(fmt.Sprintf("shares-%d", i+1), b.Name)
			}
			s.MMU, s.MMURows = mmuPlot(b, fmt.Sprintf("mmu-%d", i+1)), mmuRows(b)
			if c := newCycleChart(b); c != nil {
				s.Cycle, s.CycleRows, s.CycleNote = c.plot(fmt.Sprintf("cycle-%d", i+1), b.Name), c.rows(), c.note()
			}
		}
		list[i] = s
	}
	return list
}

// SpanKinds is the legend of the cycle.
func (s *section) SpanKinds() []spanKind { return spanKinds() }

// bases tells what the verdict of b rests on: each metric's reason, or that of
// the benchmark alone where it has none or was given up.
func bases(b *analysis.Benchmark, rows []row) []string {
	var list []string
	if b.Verdict != analysis.Broken {
		for _, r := range rows {
			if r.Basis != "" {
				list = append(list, r.Metric+": "+r.Basis)
			}
		}
	}
	if len(list) == 0 {
		list = texts(lines(b.Basis))
	}
	return list
}

// texts cleans what another part of the program wrote in words.
func texts(list []string) []string {
	var out []string
	for _, t := range list {
		out = append(out, clip(t, 500))
	}
	return out
}

// benchmarkFacts tells what a benchmark is and how its binaries differ. b is
// nil if the protocol does not know it.
func benchmarkFacts(p *results.Protocol, b *results.Benchmark) []fact {
	if b == nil {
		return []fact{{"Protocol", []string{"does not list this benchmark"}}}
	}
	list := []fact{}
	add := func(name string, text ...string) {
		if text = texts(lines(text...)); len(text) > 0 {
			list = append(list, fact{name, text})
		}
	}
	add("Loads", b.Loads)
	add("Package", b.Package)
	if b.Pattern != "" {
		text := fmt.Sprintf("-bench %s, %s a sample", b.Pattern, count(b.Iterations, "iteration"))
		if b.Seconds > 0 {
			text += ", about " + duration(b.Seconds)
		}
		add("Run as", text)
	}
	add("Code", codeChange(b))
	add("Mark workers", workerModes(b.Procs))
	add("Measure again", again(p, b))
	return list
}

// codeChange says how the two binaries differ.
func codeChange(b *results.Benchmark) string {
	switch b.Difference {
	case results.Identical:
		return "both sides compile to the same file"
	case results.LineTables:
		return "the same machine code on both sides, with other line tables"
	case results.Copied:
		return "the same machine code on both sides, built apart"
	case results.Code:
		text := fmt.Sprintf("%s differ", count(b.NumChanged, "function"))
		if b.NumChanged == 1 {
			text += "s"
		}
		if len(b.Changed) > 0 {
			text += ": " + strings.Join(b.Changed, ", ")
		}
		if more := b.NumChanged - len(b.Changed); more > 0 && len(b.Changed) > 0 {
			text += fmt.Sprintf(" and %d more", more)
		}
		if b.Moved > 0 {
			text += fmt.Sprintf("; %s with the same code at another address, whose speed placement alone can change", count(b.Moved, "function"))
		}
		return text
	}
	return ""
}

// noiseRow is one measure of the machine's quiet.
type noiseRow struct{ Name, Median, Max string }

func noiseRows(n analysis.Noise) []noiseRow {
	return []noiseRow{
		{"load (one-minute average before a sample)", number(n.LoadMedian), number(n.LoadMax)},
		{"steal (CPU the hypervisor kept)", share(n.StealMedian), share(n.StealMax)},
		{"busy (CPU other processes used)", share(n.BusyMedian), share(n.BusyMax)},
		{"pressure (time some task waited for a CPU)", share(n.PressureMedian), share(n.PressureMax)},
	}
}
