package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"patchbench/analysis"
	"patchbench/results"
)

// A fact is one thing the answer rests on, in one line or several.
type fact struct {
	Name  string
	Lines []string
}

const (
	mostPatches = 12 // listed of a series
	mostMissing = 6  // listed of what the run does not have
)

// facts lists what a reader must know to believe the answer, or not to.
func facts(a *analysis.Analysis) []fact {
	p := a.Protocol
	list := []fact{
		{"Experiment", []string{fmt.Sprintf("%s (%s)", p.Title, p.Experiment)}},
		{"Claim", claim(a)},
		baseFact(p),
	}
	for _, side := range results.Sides() {
		list = append(list, treeFact(side, p.Trees[side]))
	}
	list = append(list,
		fact{"Soundness", soundness(p.Gate)},
		fact{"Host", []string{hostName(p.Host), "class " + p.Host.Class}},
		fact{"Host check", hostCheck(p.Doctor)},
		fact{"Measured", lines(period(a), waited(a.Noise))},
		fact{"Samples", []string{samples(a), pairs(a)}},
		fact{"Margins", []string{margins(p)}},
		fact{"Bounds", []string{fmt.Sprintf("one-sided, %s each; no verdict below %s", share(1-p.Alpha), count(p.MinPairs, "pair"))}},
		fact{"Calibration", strings.Split(analysis.CalibrationText(p.Calibration, p.Created), "; ")}, // longer than a line may be
		fact{"Left out", []string{leftOut(a)}},
		fact{"Protocol", []string{"SHA-256 " + a.ProtocolSHA256, fmt.Sprintf("frozen %s, seed %d", stamp(p.Created), p.Seed)}},
		fact{"Layouts", layoutLines(p)},
		fact{"Suite", []string{fmt.Sprintf("%s, %s", p.Suite, count(len(p.Benchmarks), "benchmark")), "SHA-256 " + p.SuiteSHA256}},
	)
	if n := len(p.Missing) - mostMissing; n > 0 {
		list = append(list, fact{"Unavailable", append(slices.Clone(p.Missing[:mostMissing]), fmt.Sprintf("and %d more, in the table", n))})
	} else if n > -mostMissing {
		list = append(list, fact{"Unavailable", slices.Clone(p.Missing)})
	}
	list = append(list, exposureFact(a)...)
	if p.Harness != "" {
		list = append(list, fact{"Harness", []string{p.Harness}})
	}
	for i := range list {
		for j, line := range list[i].Lines {
			list[i].Lines[j] = clip(line, 300)
		}
	}
	return list
}

// lines keeps those of its arguments that say something.
func lines(text ...string) []string {
	var out []string
	for _, t := range text {
		if strings.TrimSpace(t) != "" {
			out = append(out, t)
		}
	}
	return out
}

// baseFact names the base both sides are made from, or the two there are.
func baseFact(p *results.Protocol) fact {
	before, after := p.Trees[results.Before], p.Trees[results.After]
	if after.Base != "" && after.Base != before.Base {
		return fact{"Bases", lines("before: "+before.Base, before.BaseSum, "after: "+after.Base, after.BaseSum)}
	}
	exact := ""
	if before.Base != p.Base {
		exact = before.Base
	}
	return fact{"Base", lines(p.Base, exact, p.BaseSum)}
}

// treeFact names a tree by its version and digest, and the patches in it.
func treeFact(side results.Side, t results.Tree) fact {
	f := fact{Name: strings.ToUpper(string(side[:1])) + string(side[1:])}
	head := lines(t.Version)
	if t.Digest != "" {
		head = append(head, "tree "+digest(t.Digest))
	}
	if len(head) == 0 {
		head = []string{"tree not recorded"}
	}
	f.Lines = []string{strings.Join(head, ", ")}
	for i, patch := range t.Series {
		if i == mostPatches {
			f.Lines = append(f.Lines, fmt.Sprintf("and %d more of the series", len(t.Series)-i))
			break
		}
		line := patch.Subject
		if n := len(patch.Offsets); n > 0 {
			line += fmt.Sprintf(" (%s at another line than named)", count(n, "hunk"))
		}
		f.Lines = append(f.Lines, line)
	}
	if len(t.Series) == 0 {
		f.Lines = append(f.Lines, "no patch")
	}
	return f
}

// soundness tells what the correctness gate said of the trees.
func soundness(g *results.Gate) []string {
	if g == nil {
		return []string{"not checked: the correctness gate did not run before this measurement"}
	}
	var sides []string
	for _, side := range results.Sides() {
		text := fmt.Sprintf("%s passed %d", side, g.Passed[side])
		if n := g.Failed[side]; n > 0 {
			text += fmt.Sprintf(" and failed %d", n)
		}
		sides = append(sides, text)
	}
	out := []string{fmt.Sprintf("%s checks: %s, %s; %d left out; %s of checking, %s",
		g.Subset, sides[0], sides[1], g.LeftOut[results.Before], duration(g.Seconds), stamp(g.Date))}
	for _, check := range g.Known {
		out = append(out, "fails on before, so no news on after: "+check)
	}
	return out
}

func hostName(h results.Host) string {
	parts := lines(h.Name, h.CPU)
	if h.Cores > 0 {
		parts = append(parts, count(h.Cores, "core"))
	}
	if h.Memory > 0 {
		parts = append(parts, memory(h.Memory))
	}
	parts = append(parts, lines(strings.Trim(h.GOOS+"/"+h.GOARCH, "/"), h.Kernel)...)
	return strings.Join(parts, ", ")
}

const mostHostDoubts = 6 // listed of the host's

// hostCheck tells what the doctor said of the host before the first sample.
func hostCheck(d *results.Doctor) []string {
	if d == nil {
		return []string{"none: the host was not examined before this measurement"}
	}
	doubts := d.Doubts
	if n := len(doubts) - mostHostDoubts; n > 0 {
		doubts = append(slices.Clone(doubts[:mostHostDoubts]), fmt.Sprintf("and %d more", n))
	}
	if len(doubts) == 0 {
		return []string{fmt.Sprintf("%d of 100", d.Score)}
	}
	return append([]string{fmt.Sprintf("%d of 100: %s", d.Score, doubts[0])}, doubts[1:]...)
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return "at an unknown time"
	}
	return t.UTC().Format("2006-01-02 15:04 UTC")
}

func period(a *analysis.Analysis) string {
	text := stamp(a.Started)
	if a.Ended.After(a.Started) {
		text += ", for " + duration(a.Ended.Sub(a.Started).Seconds())
	}
	if a.Sessions > 1 {
		text += fmt.Sprintf(", in %d sessions", a.Sessions)
	}
	return text
}

// waited tells how long the sessions waited for a quiet machine; it is empty
// where none did.
func waited(n analysis.Noise) string {
	if n.Waited == 0 {
		return ""
	}
	text := fmt.Sprintf("waited %s for a quiet machine", duration(n.Waited))
	if n.Unquiet > 0 {
		text += fmt.Sprintf(", which did not come %s", count(n.Unquiet, "time"))
	}
	return text
}

func samples(a *analysis.Analysis) string {
	state := "complete"
	if !a.Complete {
		state = "NOT COMPLETE: the schedule was not finished"
	}
	return fmt.Sprintf("%d of %d planned, %s", a.Samples, a.Planned, state)
}

// pairs tells how many pairs the primary comparisons have.
func pairs(a *analysis.Analysis) string {
	least, most := -1, 0
	for _, b := range a.Benchmarks {
		for _, c := range b.Comparisons {
			if !c.Primary {
				continue
			}
			if least < 0 || c.Pairs < least {
				least = c.Pairs
			}
			most = max(most, c.Pairs)
		}
	}
	switch {
	case least < 0:
		return "no pairs: nothing was measured"
	case least == most:
		return count(most, "pair") + " of each benchmark"
	}
	return fmt.Sprintf("%d to %d pairs of each benchmark", least, most)
}

// margins lists the margins of the kinds that some benchmark is judged by.
func margins(p *results.Protocol) string {
	var parts []string
	for _, kind := range []results.Kind{results.Time, results.Space, results.Latency, results.Count} {
		if m, ok := p.Margins[kind]; ok {
			parts = append(parts, string(kind)+" "+margin(m))
		}
	}
	if p.Geomean > 0 {
		parts = append(parts, "geomean "+margin(p.Geomean))
	}
	if len(parts) == 0 {
		return "none set"
	}
	return strings.Join(parts, ", ")
}

func leftOut(a *analysis.Analysis) string {
	n := a.Noise
	text := fmt.Sprintf("%s, %s torn by an interruption, %s of a process", count(n.Excluded, "block"), count(n.Torn, "pair"), count(n.Failures, "failure"))
	if a.Protocol.Exclusion != "" {
		text += "; rule: " + a.Protocol.Exclusion
	}
	return text
}
