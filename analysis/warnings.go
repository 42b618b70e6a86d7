package analysis

import (
	"fmt"
	"math"

	"patchbench/results"
)

// From where on the machine's state is worth a doubt. They are rules of thumb:
// a quiet host stays far below, and pairing takes care of slow changes anyway.
const (
	busyMedian  = 0.05 // share of the machine other processes use in the typical sample
	busyMax     = 0.25
	stealMedian = 0.02
	stealMax    = 0.10
	loadPerCore = 2.0 // a benchmark alone brings the load to about its GOMAXPROCS

	// doubtful is the p-value under which drift and correlation are told. A
	// run makes dozens of these tests, so 5 % would always find something.
	doubtful = 0.01
)

// runWarnings lists the doubts about the whole run.
func runWarnings(a *Analysis, records map[string]*record, dropped int) []string {
	p := a.Protocol
	warnings := []string{}
	add := func(format string, args ...any) { warnings = append(warnings, fmt.Sprintf(format, args...)) }

	if a.PostHoc != "" {
		add("the protocol does not ask this: %s; a question chosen with the samples at hand gives a hint for the next run, not an answer", a.PostHoc)
	}
	if !a.Complete {
		add("%s", a.breakOff())
	}
	if dropped > 0 && a.Samples > 0 { // with none, all there is may be the file's head
		add("%s ends in the middle of a sample, which is left out", results.SamplesFile)
	}
	measured, slow, moved, single := 0, 0, 0, 0
	unlogged := 0
	for _, b := range p.Benchmarks {
		unlogged += records[b.Name].unlogged
		if !b.Measured() {
			continue
		}
		measured++
		if b.Opaque {
			add("%s was run as it is with each side's go command: patchbench can't tell what differs in it", b.Name)
			continue
		}
		if len(b.Layouts) < 2 {
			single++
			moved = max(moved, b.Moved)
		}
		if b.Procs <= 3 {
			slow++
		}
	}
	if measured > 0 && p.Calibration == nil {
		add("this host's own false-alarm rate has not been measured: two builds of the same source were not compared on it")
	}
	if single > 0 {
		text := "one layout of the code a side: where functions happen to lie can move results by itself"
		if moved > 0 {
			text += fmt.Sprintf(", and up to %s that did not change lie at other addresses", plural(moved, "function"))
		}
		add("%s", text)
	}
	if measured > 0 {
		if slow == measured {
			add("every benchmark ran at GOMAXPROCS 3 or less, where the pacer wants no dedicated mark worker%s", a.workersSeen())
		}
		warnings = append(warnings, a.exposureWarnings()...)
	}
	for _, side := range results.Sides() {
		for _, patch := range p.Trees[side].Series {
			if len(patch.Offsets) > 0 {
				add("%s applied at other lines than it names (%s)", patch.File, list(patch.Offsets))
			}
		}
	}
	n := &a.Noise
	if n.Unquiet > 0 {
		add("%s for a quiet machine ended without one", plural(n.Unquiet, "wait"))
	}
	if n.BusyMedian > busyMedian || n.BusyMax > busyMax {
		add("other processes used %s of the machine in the median sample, %s at most", percent(n.BusyMedian), percent(n.BusyMax))
	}
	if n.StealMedian > stealMedian || n.StealMax > stealMax {
		add("the hypervisor kept %s of the CPU time in the median sample, %s at most", percent(n.StealMedian), percent(n.StealMax))
	}
	if cores := p.Host.Cores; cores > 0 && n.LoadMedian > loadPerCore*float64(cores) {
		add("the load was %.1f in the median, on %s", n.LoadMedian, plural(cores, "core"))
	}
	if n.Torn > 0 {
		add("%s torn by an interruption: their two samples are not back to back", were(n.Torn, "pair"))
	}
	if n.Excluded > 0 {
		add("%s left out by the protocol's rule (%s)", were(n.Excluded, "block"), p.Exclusion)
	}
	if n.Failures > 0 {
		add("failed processes: %d; what they printed is in %s", n.Failures, results.LogsDir)
	}
	if unlogged > 0 {
		add("%s without an event: the machine's state around them is unknown", plural(unlogged, "sample"))
	}
	return warnings
}

// were is plural with its verb.
func were(n int, thing string) string {
	if n == 1 {
		return plural(n, thing) + " was"
	}
	return plural(n, thing) + " were"
}

// doubts lists what makes comparison c less sure than it looks.
func (c *Comparison) doubts() []string {
	var doubts []string
	add := func(format string, args ...any) {
		doubts = append(doubts, c.Unit+": "+fmt.Sprintf(format, args...))
	}
	ours, theirs := c.reading(c.Lower, c.Upper), c.reading(c.TLower, c.TUpper)
	if e := c.Layouts; e != nil && e.Wider {
		add("where code happens to lie makes %s of the spread over %s: the bounds are those for layouts nobody tried, which the pairs alone would put closer",
			percent(e.Share), plural(e.Layouts, "layout"))
	} else if ours != theirs {
		add("paired t reads %s [%s, %s] where signed ranks read %s [%s, %s]; a few pairs far from the others, or lopsided differences, do that",
			theirs, percent(c.TLower), percent(c.TUpper), ours, percent(c.Lower), percent(c.Upper))
	}
	if rho, p := c.trend(); c.Trend != 0 {
		add("differences drift over the run (ρ = %.2f, p = %.2g): they are not of one kind", rho, p)
	}
	if c.EffectivePairs > 0 {
		add("neighbouring differences go together: %s say as much as %.0f that did not, and the bounds are as wide as theirs", plural(c.Pairs, "pair"), c.EffectivePairs)
	}
	paired := min(1, 2*min(c.PWorse, c.PBetter))
	const usual = 0.05 // benchstat's level
	switch {
	case c.MannWhitneyP < usual && paired >= usual:
		add("benchstat's unpaired test calls a difference (p = %.2g), the paired one does not (p = %.2g)", c.MannWhitneyP, paired)
	case c.MannWhitneyP >= usual && paired < usual:
		add("the paired test calls a difference (p = %.2g), benchstat's unpaired one does not (p = %.2g)", paired, c.MannWhitneyP)
	}
	return doubts
}

// reading is what a pair of bounds says of the margin, leaving aside how many
// comparisons there are.
func (c *Comparison) reading(lower, upper float64) Verdict {
	switch {
	case upper < c.Margin && upper < 0:
		return Improvement
	case upper < c.Margin:
		return NoLoss
	case lower > 0 && !math.IsInf(upper, 1):
		return Regression
	}
	return Inconclusive
}
