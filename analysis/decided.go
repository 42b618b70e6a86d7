package analysis

import (
	"fmt"
	"slices"

	"patchbench/results"
)

// Decided says which benchmarks of the run in the folder dir, which may still
// be measured, need no more samples, by name, and how they were decided: it is
// the verdict that Analyze gives, from the samples alone. A claim of no loss is
// decided by either answer; one of improvement takes that, or a loss. A
// benchmark whose improvement is claimed by name goes on until that is held or
// refuted; the others then have but to lose nothing.
func Decided(dir string) (map[string]string, error) {
	p, digest, err := readProtocol(dir)
	if err != nil {
		return nil, err
	}
	in, err := readRun(dir, p, digest)
	if err != nil {
		return nil, err
	}
	a := &Analysis{Protocol: p}
	for i := range p.Benchmarks {
		a.Benchmarks = append(a.Benchmarks, Benchmark{Name: p.Benchmarks[i].Name})
	}
	a.judge(in.records, true)
	decided := make(map[string]string)
	for _, b := range a.Benchmarks {
		part := a.Claim.part(b.Name)
		switch {
		case len(b.Comparisons) == 0:
		case part != nil && part.Standing == ClaimRefuted && b.Verdict != Regression:
			decided[b.Name] = "claim refuted, " + part.Basis
		case part != nil && part.Standing == ClaimOpen && b.Verdict != Regression:
		case b.Verdict == Regression || b.Verdict == Improvement,
			b.Verdict == NoLoss && (p.Claim != "improves" || a.Claim != nil):
			decided[b.Name] = string(b.Verdict) + ", " + b.Basis
		case b.Verdict == Inconclusive && b.futile(in.records[b.Name], p):
			decided[b.Name] = fmt.Sprintf("inconclusive, as the rounds left would decide it with a chance below %s", percent(futile))
		}
	}
	return decided, nil
}

// futile reports whether the rounds that b has left are unlikely to decide it.
// Where they were never meant to, it was asked to go on.
func (b *Benchmark) futile(r *record, p *results.Protocol) bool {
	if len(r.benchmark.Pilot) == 0 {
		return false
	}
	for _, n := range r.benchmark.Pilot {
		if n.Need > 2*p.RoundsOf(r.benchmark) {
			return false
		}
	}
	share := float64(r.rounds) / float64(p.RoundsOf(r.benchmark))
	noLoss, loss := 1.0, 0.0
	var open []*Comparison
	for i := range b.Comparisons {
		c := &b.Comparisons[i]
		if c.Verdict == NoLoss || c.Verdict == Improvement {
			continue
		}
		n, l := c.prospects(share)
		noLoss, loss = min(noLoss, n), loss+l
		open = append(open, c)
	}
	if noLoss+loss >= futile {
		return false
	}
	// Asked last, as it takes longest: where no estimate can be given, nothing
	// can be said of what is to come.
	return !slices.ContainsFunc(open, func(c *Comparison) bool { return c.stopped(p.Alpha) == nil })
}
