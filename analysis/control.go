package analysis

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"patchbench/analysis/stats"
	"patchbench/results"
)

// A ControlCheck is what a run says of itself: in some blocks before was paired
// with a copy of before, where there is nothing to find.
type ControlCheck struct {
	Benchmarks int             `json:"benchmarks"` // that have pairs with the control
	Metrics    []ControlMetric `json:"metrics"`
	Level      float64         `json:"level"` // two-sided, at which a difference is called
}

// A ControlMetric is one primary metric over all benchmarks. Their pairs are
// pooled as they are: each block tossed a coin of its own, so signed ranks keep
// their level whatever the benchmarks' spreads are. The effects are of the
// typical pair, not of the suite.
type ControlMetric struct {
	Control Comparison `json:"control"` // A/A
	Patch   Comparison `json:"patch"`   // A/B, pooled in the same way
	P       float64    `json:"p"`       // two-sided, of the control; by Holm over the metrics
	Calls   bool       `json:"calls"`   // the control shows a difference
}

// controlLevel is that of the test of the control: about one sound run in a
// hundred calls a difference.
const controlLevel = 0.01

// controls compares before with its copy, benchmark by benchmark and over all.
// It is nil for a run without a control.
func (a *Analysis) controls(in *run) *ControlCheck {
	if !slices.ContainsFunc(a.Protocol.Benchmarks, func(b results.Benchmark) bool { return b.Control != "" }) {
		return nil
	}
	check := &ControlCheck{Metrics: []ControlMetric{}, Level: controlLevel}
	for i := range a.Benchmarks {
		b := &a.Benchmarks[i]
		r := in.control[b.Name]
		if len(r.pairs) == 0 {
			continue
		}
		check.Benchmarks++
		for _, m := range r.benchmark.Primary {
			obs, lost, _ := r.observe(m, observations{})
			c := compare(m, obs, a.Protocol.Alpha, nil)
			c.Primary, c.Lost = true, lost
			b.Control = append(b.Control, c)
		}
	}
	var p []float64
	for _, m := range primaryMetrics(a.Protocol) {
		c := ControlMetric{
			Control: compare(m, pooled(m, in.control), a.Protocol.Alpha, nil),
			Patch:   compare(m, pooled(m, in.records), a.Protocol.Alpha, nil),
		}
		c.Control.Differences, c.Patch.Differences = nil, nil
		if c.Control.Pairs > 0 {
			check.Metrics = append(check.Metrics, c)
			p = append(p, min(1, 2*min(c.Control.PWorse, c.Control.PBetter)))
		}
	}
	for i, adjusted := range stats.Holm(p) {
		check.Metrics[i].P, check.Metrics[i].Calls = adjusted, adjusted <= controlLevel
	}
	return check
}

// pooled takes the pairs of all records whose benchmarks have m for a primary
// metric.
func pooled(m results.Metric, records map[string]*record) observations {
	var all, obs observations
	for _, name := range slices.Sorted(maps.Keys(records)) {
		if r := records[name]; hasUnit(r.benchmark.Primary, m.Unit) {
			obs, _, _ = r.observe(m, obs)
			all.pairs = append(all.pairs, obs.pairs...)
			all.before, all.after = append(all.before, obs.before...), append(all.after, obs.after...)
		}
	}
	return all
}

// calls says what the control differs in, nothing if it does as it should.
func (c *ControlCheck) calls() string {
	if c == nil {
		return ""
	}
	var text []string
	for _, m := range c.Metrics {
		if m.Calls {
			text = append(text, fmt.Sprintf("%s: before and its copy differ by %s, p = %.2g", m.Control.Unit, percent(m.Control.Effect), m.P))
		}
	}
	return strings.Join(text, "; ")
}

// distrust says first if a's control calls a difference. What such a run shows
// to be harmless is not shown.
func (a *Analysis) distrust() {
	calls := a.Control.calls()
	if calls == "" {
		return
	}
	why := "don't trust this run, as its own control calls a difference (" + calls + ")"
	if a.Verdict == NoLoss || a.Verdict == Improvement {
		a.Verdict = Inconclusive
		a.ExitCode = a.Verdict.ExitCode()
		a.Sentence = "Inconclusive: " + why + ". Without that it would say: " + a.Sentence
		return
	}
	a.Sentence = strings.ToUpper(why[:1]) + why[1:] + ". " + a.Sentence
}
