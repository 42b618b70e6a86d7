package report

import (
	"fmt"
	"io"
	"strings"

	"patchbench/analysis"
)

// Markdown's limits, in bytes. GitHub takes comments of 65,536 characters;
// what does not fit is counted and left to report.html.
const (
	markdownLimit = 60_000
	tableLimit    = 36_000 // where the table of benchmarks stops, to leave room for details
	hostsLimit    = 8_000  // for the table of hosts behind it
	tailLimit     = 5_000  // kept for the noise and the guide
)

// Markdown writes the report of a as one page of GitHub's Markdown, of at most
// 60,000 bytes. The worst benchmarks come first, so what is left out for
// length is what matters least.
func Markdown(w io.Writer, a *analysis.Analysis) error {
	if a.Protocol == nil {
		return fmt.Errorf("write report.md: %w", errNoProtocol)
	}
	m := new(markdown)
	list := sections(a, false)
	m.head(a)
	m.table(list, absences(a.Protocol))
	m.geomeans(geomeans(a))
	m.hosts(hosts(a))
	m.control(control(a))
	m.hints(hints(a))
	m.details(list)
	m.noise(a)
	m.guide(a.Protocol.Alpha)
	if _, err := io.WriteString(w, m.String()); err != nil {
		return fmt.Errorf("write report.md: %w", err)
	}
	return nil
}

// markdown is a page being written.
type markdown struct {
	strings.Builder
}

func (m *markdown) printf(format string, args ...any) { fmt.Fprintf(m, format, args...) }

const mostDoubts = 20 // warnings listed on the page

// head writes the answer, what it rests on and what speaks against it.
func (m *markdown) head(a *analysis.Analysis) {
	mark := markOf(a.Verdict)
	m.printf("# %s %s\n\n", mark.Symbol, markdownText(headline(mark, clip(a.Sentence, 1000))))
	m.printf("%s\n\n", markdownText("By benchmark: "+tallyText(a)))
	for _, f := range facts(a) {
		m.printf("- **%s**: %s\n", f.Name, markdownText(strings.Join(f.Lines, "; ")))
	}
	if len(a.Warnings) > 0 {
		m.printf("\n## Doubts\n\n")
		m.list(a.Warnings, mostDoubts)
	}
}

// headline is the answer, beginning with the verdict's word.
func headline(m mark, sentence string) string {
	if strings.HasPrefix(strings.ToLower(sentence), m.Word) {
		return sentence
	}
	return strings.ToUpper(m.Word[:1]) + m.Word[1:] + ". " + sentence
}

// list writes at most limit items.
func (m *markdown) list(items []string, limit int) {
	for i, text := range texts(items) {
		if i == limit {
			m.printf("- and %d more in report.html\n", len(items)-limit)
			return
		}
		m.printf("- %s\n", markdownText(text))
	}
}

// table writes the benchmarks' primary metrics, worst first, until it is as
// long as it may be.
func (m *markdown) table(list []section, absent []absence) {
	m.printf("\n## Benchmarks\n\nEffects are relative changes from before to after; more is worse. In brackets the lower and the upper bound.\n\n")
	m.printf("| benchmark | verdict | metric | before | after | effect | margin | pairs | pairs to decide | benchstat p |\n")
	m.printf("|:--|:--|:--|--:|--:|--:|--:|--:|--:|--:|\n")
	left := 0
	for i := range list {
		text := tableRows(&list[i])
		if m.Len()+len(text) > tableLimit {
			left = len(list) - i
			break
		}
		m.WriteString(text)
	}
	m.absences(absent)
	if left > 0 {
		m.printf("\nThe other %s, none of them worse, are in report.html.\n", count(left, "benchmark"))
	}
	m.printf("\nThe same samples as benchstat tabulates them: [benchstat.txt](benchstat.txt). Plots: [report.html](report.html).\n")
}

func tableRows(s *section) string {
	var b strings.Builder
	for _, r := range s.Rows {
		name := markdownText(clip(r.Name, 100))
		if r.Span == 0 {
			name = "″"
		}
		if r.Own != nil {
			name += " (" + markdownText(r.Own.Word) + ")"
		}
		if r.Apart != "" {
			name += " (" + markdownText(r.Apart) + ")"
		}
		verdict := markdownText(r.Mark.Word)
		if r.Doubt != "" {
			verdict += " (" + markdownText(r.Doubt) + ")"
		}
		fmt.Fprintf(&b, "| %s | %s %s | ", name, r.Mark.Symbol, verdict)
		if r.Reason != "" {
			fmt.Fprintf(&b, "%s | | | | | | | |\n", markdownText(r.Reason))
			continue
		}
		fmt.Fprintf(&b, "%s | %s | %s | **%s** %s | %s | %s | %s | %s |\n", markdownText(clip(r.Metric, 60)),
			r.Before, r.After, r.Effect, r.Interval, r.Margin, r.Pairs, r.Needed, r.MannWhitney)
	}
	return b.String()
}

func (m *markdown) geomeans(list []row) {
	if len(list) == 0 {
		return
	}
	m.printf("\nGeometric means over the suite, not part of the verdict:\n\n")
	for _, r := range list {
		m.printf("- %s: %s %s, %s pairs\n", markdownText(clip(r.Metric, 60)), r.Effect, r.Interval, r.Pairs)
	}
}

const mostHints = 20 // listed on the page

// hints writes what stands out among the exploratory metrics.
func (m *markdown) hints(h hintList) {
	m.printf("\n## Exploratory\n\n%s\n", h.Note)
	if len(h.Rows) == 0 {
		return
	}
	m.printf("\n| benchmark | metric | before | after | effect | pairs | q |\n|:--|:--|--:|--:|--:|--:|--:|\n")
	for i, r := range h.Rows {
		if i == mostHints {
			m.printf("\n%d more are in report.html.\n", len(h.Rows)-i)
			return
		}
		m.printf("| %s | %s | %s | %s | %s %s | %s | %s |\n", markdownText(clip(r.Name, 100)), markdownText(clip(r.Metric, 60)),
			r.Before, r.After, r.Effect, r.Interval, r.Pairs, r.Q)
	}
}

const mostAbsences = 30 // listed in the table

// absences writes the rows of what the run does not have.
func (m *markdown) absences(list []absence) {
	for i, x := range list {
		if i == mostAbsences {
			m.printf("| %d more | not in this run | see report.html | | | | | | | |\n", len(list)-i)
			return
		}
		m.printf("| %s | not in this run | %s | | | | | | | |\n", markdownText(x.Name), markdownText(x.Reason))
	}
}

// control writes what the run's own control shows, over all benchmarks.
func (m *markdown) control(c *controlPart) {
	if c == nil {
		return
	}
	m.printf("\n## Control\n\n%s\n", c.Sound)
	if len(c.Metrics) > 0 {
		m.printf("\n| metric | before against its copy | pairs | p | before against after | pairs |\n|:--|--:|--:|--:|--:|--:|\n")
		for _, r := range c.Metrics {
			m.printf("| %s | %s %s | %s | %s | %s %s | %s |\n", markdownText(clip(r.Metric, 60)),
				r.Control.Effect, r.Control.Interval, r.Control.Pairs, r.P, r.Patch.Effect, r.Patch.Interval, r.Patch.Pairs)
		}
	}
	m.printf("\n%s\n", c.Note)
}

// details writes what else is known of each benchmark, folded, as far as
// there is room.
func (m *markdown) details(list []section) {
	m.printf("\n## Details\n\n")
	left := 0
	for i := range list {
		text := foldedSection(&list[i])
		if m.Len()+len(text) > markdownLimit-tailLimit {
			left++
			continue
		}
		m.WriteString(text)
	}
	if left > 0 {
		m.printf("Details of %s more are in report.html.\n", count(left, "benchmark"))
	}
}

func foldedSection(s *section) string {
	m := new(markdown)
	m.printf("<details>\n<summary>%s %s: %s</summary>\n\n", s.Mark.Symbol, summaryText(clip(s.Name, 100)), summaryText(s.Mark.Word))
	for _, text := range s.Bases {
		m.printf("%s\n\n", markdownText(text))
	}
	m.list(s.Warnings, mostDoubts)
	for _, f := range s.Facts {
		m.printf("- %s: %s\n", f.Name, markdownText(strings.Join(f.Lines, "; ")))
	}
	if s.Exposure != nil {
		m.exposure(s.Exposure)
	}
	if s.Measured() {
		m.measures(s)
	}
	m.printf("\n</details>\n\n")
	return m.String()
}

// exposure writes how much of the changed code a benchmark ran.
func (m *markdown) exposure(x *exposure) {
	m.printf("\n**Exposure: %s.** %s.\n", markdownText(x.Reach), markdownText(x.Basis))
	m.sides("exposed", x.Rows)
	m.printf("\n%s\n\n", markdownText(x.Note))
}

// sides writes measures of both sides beside each other.
func (m *markdown) sides(title string, table []gcRow) {
	if len(table) == 0 {
		return
	}
	m.printf("\n| %s | before | after |\n|:--|--:|--:|\n", title)
	for _, g := range table {
		if g.Head {
			m.printf("| **%s** | | |\n", g.Name)
			continue
		}
		m.printf("| %s | %s | %s |\n", g.Name, g.Before, g.After)
	}
}

// measures writes a measured benchmark's numbers beyond the table of
// benchmarks.
func (m *markdown) measures(s *section) {
	for _, r := range s.Rows {
		if r.Reason != "" {
			continue
		}
		m.printf("- Spread of %s: %s before, %s after, %s of the paired differences; proven margin %s; paired t %s\n", markdownText(clip(r.Metric, 60)),
			r.BeforeSpread, r.AfterSpread, r.Spread, r.Proven, r.TInterval)
	}
	if len(s.Exploratory) > 0 {
		m.printf("\n| exploratory | before | after | effect | q |\n|:--|--:|--:|--:|--:|\n")
		for _, r := range s.Exploratory {
			if r.Reason != "" {
				m.printf("| %s | | | | |\n", markdownText(r.Reason))
				continue
			}
			q := r.Q
			if r.Notable {
				q = "**" + q + "**"
			}
			m.printf("| %s | %s | %s | %s %s | %s |\n", markdownText(clip(r.Metric, 60)), r.Before, r.After, r.Effect, r.Interval, q)
		}
	}
	if s.GCLack != "" {
		m.printf("\n%s\n", s.GCLack)
	}
	m.sides("collector, by gctrace (times: median, p99, max)", s.GC)
	m.sides("collector, by execution traces (times likewise)", s.Traces)
	m.printf("\n%s\n", markdownText(s.TracesNote))
	for _, r := range s.RawTraces {
		m.printf("\n[Execution trace of %s](%s): %s\n", r.Side, r.Address, codeSpan(r.Command))
	}
	m.sides("collector, by runtime/metrics (times: median, p99, max)", s.Runtime)
	m.sides("collector, by CPU profiles", s.GCShares)
	m.cpuProfile(s.CPU)
	if s.Allocations != nil {
		m.cpuProfile(s.Allocations)
	}
}

// cpuProfile writes what profiles tell.
func (m *markdown) cpuProfile(c *cpuProfile) {
	m.printf("\n**%s.** %s\n", c.Title, markdownText(c.Summary))
	if c.Note == "" {
		return
	}
	m.printf("\n%s\n", markdownText(c.Note))
	if len(c.Groups) > 0 {
		m.printf("\n| CPU time for | before | after | change | q |\n|:--|--:|--:|--:|--:|\n")
		for _, g := range c.Groups {
			m.printf("| %s | %s | %s | %s | %s |\n", markdownText(g.Name), g.Before, g.After, changeText(g.Change), g.Change.Q)
		}
	}
	if len(c.Functions) > 0 {
		m.printf("\n| function | own before | own after | change | q |\n|:--|--:|--:|--:|--:|\n")
		for _, f := range c.Functions {
			m.printf("| %s | %s | %s | %s | %s |\n", codeSpan(f.Name), f.FlatBefore, f.FlatAfter, changeText(f.Flat), f.Flat.Q)
		}
	}
	var pages []string
	for _, l := range c.Pages {
		pages = append(pages, fmt.Sprintf("[%s](%s)", l.Text, l.Address))
	}
	if len(pages) > 0 {
		m.printf("\n%s\n", strings.Join(pages, " · "))
	}
	if c.Command != "" {
		m.printf("\nIn the run folder: %s\n", codeSpan(c.Command))
	}
}

// changeText is a change with its bounds.
func changeText(c changeCells) string {
	if c.Moved {
		c.Estimate = "**" + c.Estimate + "**"
	}
	return strings.TrimSpace(c.Estimate + " " + c.Interval)
}

func (m *markdown) noise(a *analysis.Analysis) {
	m.printf("## Noise\n\n| of the machine, over the scored samples | median | largest |\n|:--|--:|--:|\n")
	for _, r := range noiseRows(a.Noise) {
		m.printf("| %s | %s | %s |\n", r.Name, r.Median, r.Max)
	}
	if text := waited(a.Noise); text != "" {
		m.printf("\nThe run %s.\n", text)
	}
}

func (m *markdown) guide(alpha float64) {
	m.printf("\n## How to read this\n\n")
	for _, k := range legend() {
		m.printf("- %s **%s**: %s\n", k.Symbol, k.Word, k.Means)
	}
	for _, text := range guide(alpha) {
		m.printf("\n%s\n", text)
	}
}

// hosts sets the run beside those on other hosts.
func (m *markdown) hosts(part *hostsPart) {
	if part == nil {
		return
	}
	m.printf("\n## Hosts\n\n%s\n\n", markdownText(part.Sum))
	for _, run := range part.Runs {
		doubt := ""
		if run.Doubt != "" {
			doubt = "; **" + markdownText(run.Doubt) + "**"
		}
		m.printf("- **%s**: %s %s (%s%s)\n", markdownText(run.Class), run.Mark.Symbol, markdownText(run.Sentence), run.When, doubt)
	}
	m.printf("\n| benchmark | metric |")
	for _, run := range part.Runs {
		m.printf(" %s, %s |", markdownText(run.Class), run.When)
	}
	m.printf(" hosts |\n|:--|:--|%s:--|\n", strings.Repeat(":--|", len(part.Runs)))
	left := 0
	for _, r := range part.Rows {
		if m.Len() > tableLimit+hostsLimit {
			left++
			continue
		}
		m.printf("| %s | %s |", markdownText(r.Name), markdownText(r.Metric))
		for _, cell := range r.Cells {
			var values []string
			for _, v := range cell {
				values = append(values, fmt.Sprintf("%s %s **%s** %s at %d", v.Mark.Symbol, v.Mark.Word, v.Effect, v.Interval, v.Procs))
			}
			if len(values) == 0 {
				values = []string{"not measured"}
			}
			m.printf(" %s |", strings.Join(values, "<br>"))
		}
		m.printf(" %s |\n", r.Relation)
	}
	if left > 0 {
		m.printf("\n%s more in report.html.\n", count(left, "row"))
	}
}
