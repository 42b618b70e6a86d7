package analysis

import (
	"fmt"
	"path/filepath"
	"slices"

	"patchbench/results"
)

// Format is the version of the Analysis that Analyze makes.
const Format = 1

// Analyze answers q by the run folder dir. It writes nothing. Errors name the
// file, or the unit that nothing reports.
func Analyze(dir string, q Question) (*Analysis, error) {
	p, digest, err := readProtocol(dir)
	if err != nil {
		return nil, err
	}
	in, err := readRun(dir, p, digest)
	if err != nil {
		return nil, err
	}
	records := in.records

	a := &Analysis{
		Format:         Format,
		Protocol:       p,
		ProtocolSHA256: digest,
		Benchmarks:     []Benchmark{},
		Samples:        in.samples,
		Started:        in.log.started,
		Ended:          in.log.ended,
		Sessions:       in.log.sessions,
	}
	a.Planned, a.Complete = progress(p, in)
	if a.PostHoc, err = q.put(p, records); err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	for i := range p.Benchmarks {
		b := Benchmark{Name: p.Benchmarks[i].Name, Comparisons: []Comparison{}, Exploratory: []Comparison{}, Warnings: []string{}}
		if !p.Benchmarks[i].Chooses() {
			b.Iterations = p.Benchmarks[i].Iterations
		}
		b.addEvidence(dir, p)
		b.TraceLack = in.log.noTrace[b.Name]
		a.Benchmarks = append(a.Benchmarks, b)
	}
	each(1+len(a.Benchmarks), func(i int) {
		if i == 0 {
			a.Noise = noise(in)
			in.log.machines = nil // the pairs have what else is needed of them
			return
		}
		b := &a.Benchmarks[i-1]
		r := records[b.Name]
		var room observations
		for _, m := range r.exploratory(p) {
			if c := r.explore(m, p.Alpha, &room); c != nil {
				b.Exploratory = append(b.Exploratory, *c)
			}
		}
		b.Exploratory = append(b.Exploratory, r.oneSided(p)...)
		r.forget()
	})
	a.shareExposure()
	a.Geomeans = geomeans(p, records)
	a.Control = a.controls(in)
	a.judge(records, false)
	a.estimateStopped()
	a.Warnings = runWarnings(a, records, in.dropped)
	edited, err := results.Edited(dir, in.log.done)
	if err != nil {
		return nil, fmt.Errorf("read samples: %w", err)
	}
	if edited {
		a.Warnings = slices.Insert(a.Warnings, 0, results.SamplesFile+" was edited after the run was done: its SHA-256 is not the one "+results.EventsFile+" recorded")
	}
	sortWorstFirst(a.Benchmarks)
	a.decide()
	a.Sentence = a.sentence()
	a.distrust()
	if edited {
		a.Sentence = "What follows is not what was measured, as " + results.SamplesFile + " was edited. " + a.Sentence
	}
	if a.PostHoc != "" {
		a.Sentence += " This was asked after the run (post hoc): " + a.PostHoc + "."
	}
	return a, nil
}

// readProtocol reads a protocol by which a run can be judged.
func readProtocol(dir string) (p *results.Protocol, digest string, err error) {
	if p, digest, err = results.ReadProtocol(dir); err != nil {
		return nil, "", err
	}
	if !(p.Alpha > 0 && p.Alpha < 0.5) {
		return nil, "", fmt.Errorf("%s: alpha is %g, not between 0 and 0.5; the run can't be judged", filepath.Join(dir, results.ProtocolFile), p.Alpha)
	}
	return p, digest, nil
}

// judge compares the primary metrics of all benchmarks, gives the benchmarks
// their verdicts and says how the claim fares. With roughly, p-values that
// decide nothing are 1.
func (a *Analysis) judge(records map[string]*record, roughly bool) {
	p := a.Protocol
	var primary, exploratory []*Comparison
	var measured []*Benchmark
	for i := range a.Benchmarks {
		b := &a.Benchmarks[i]
		for j := range b.Exploratory {
			exploratory = append(exploratory, &b.Exploratory[j])
		}
		if !records[b.Name].benchmark.Measured() {
			continue
		}
		measured = append(measured, b)
	}
	a.compare(measured, records, roughly)
	for _, b := range measured {
		for j := range b.Comparisons {
			primary = append(primary, &b.Comparisons[j])
		}
	}
	adjust(primary)
	adjustExploratory(exploratory)
	each(len(a.Benchmarks), func(i int) {
		b := &a.Benchmarks[i]
		r := records[b.Name]
		switch pb := r.benchmark; {
		case pb.Broken != "":
			b.Verdict, b.Basis = Broken, pb.Broken
		case pb.Difference == results.Identical:
			b.Verdict, b.Basis = NoLoss, "identical binaries, not measured"
		case pb.Difference == results.LineTables:
			b.Verdict, b.Basis = NoLoss, "same machine code, other line tables, not measured"
		case pb.Unmeasured != "":
			b.Verdict, b.Basis = Inconclusive, pb.Unmeasured
		case !pb.Measured():
			b.Verdict, b.Basis = Broken, fmt.Sprintf("the protocol does not say how its binaries differ (%q)", pb.Difference)
		default:
			b.settle(r, p, len(primary))
		}
	})
	a.Claim = a.claim(records)
}

// compare compares the primary metrics of measured benchmarks, several at a
// time. Those at the same point of schedules of one length share their looks,
// whose levels take long to work out.
func (a *Analysis) compare(measured []*Benchmark, records map[string]*record, roughly bool) {
	type point struct{ rounds, of int }
	shared := make(map[point]*looks)
	of := make([]*looks, len(measured))
	for i, b := range measured {
		r := records[b.Name]
		at := point{r.rounds, a.Protocol.RoundsOf(r.benchmark)}
		if shared[at] == nil {
			if shared[at] = r.looks(a.Protocol); shared[at] != nil {
				shared[at].roughly = roughly
			}
		}
		of[i] = shared[at]
	}
	each(len(measured), func(i int) {
		measured[i].compare(records[measured[i].Name], a.Protocol, of[i], roughly)
	})
}

// compare fills in the comparisons of b's primary metrics, verdicts still
// open. They are judged at looks, once if that is nil; roughly leaves out what
// decides nothing.
func (b *Benchmark) compare(r *record, p *results.Protocol, looks *looks, roughly bool) {
	for _, m := range r.benchmark.Primary {
		c, lost, problem := r.compare(m, p.Alpha, looks)
		if lost > 0 {
			r.problems[m.Unit] = problem
		}
		if rho, p := c.trend(); p < doubtful && !roughly {
			c.Trend = rho
		}
		c.Primary, c.Lost = true, lost
		b.Comparisons = append(b.Comparisons, c)
	}
	if p.Claimed(r.benchmark) == 0 { // what is claimed is compared once more
		r.release()
	}
}

// estimateStopped adds what only a report tells, not the verdict.
func (a *Analysis) estimateStopped() {
	each(len(a.Benchmarks), func(i int) {
		b := &a.Benchmarks[i]
		for j := range b.Comparisons {
			b.Comparisons[j].Stopped = b.Comparisons[j].stopped(a.Protocol.Alpha)
		}
	})
}

// compare compares metric m, at looks or once if that is nil, and tells how many
// pairs lack it, and what is wrong with the first.
func (r *record) compare(m results.Metric, alpha float64, looks *looks) (c Comparison, lost int, problem string) {
	obs, lost, problem := r.observe(m, observations{})
	return compare(m, obs, alpha, looks), lost, problem
}

// settle gives a measured benchmark its verdict. comparisons is the number of
// primary metrics of the run.
func (b *Benchmark) settle(r *record, p *results.Protocol, comparisons int) {
	for i := range b.Comparisons {
		c := &b.Comparisons[i]
		c.decide(p, comparisons, r.seconds)
		if c.Suspicion = b.Exposure.suspicion(c); c.Suspicion != "" {
			b.Warnings = append(b.Warnings, c.Unit+": "+c.Suspicion)
		}
		if c.Pairs >= p.MinPairs {
			b.Warnings = append(b.Warnings, c.doubts()...)
		}
		if c.Lost == 0 {
			continue
		}
		problem := r.problems[c.Unit]
		b.Warnings = append(b.Warnings, fmt.Sprintf("%s: no usable value in %s of %d: %s", c.Unit, plural(c.Lost, "pair"), c.Lost+c.Pairs, problem))
		if c.Pairs == 0 {
			c.Basis = r.useless(c.Unit, problem)
			if b.Verdict == "" {
				b.Verdict, b.Basis = Broken, c.Basis
			}
		}
	}
	if r.single > 0 {
		b.Warnings = append(b.Warnings, plural(r.single, "sample")+" without the other one of the pair, left out")
	}
	if r.gaveUp != "" {
		b.Verdict, b.Basis = Broken, r.gaveUp
	}
	if b.Verdict != Broken {
		b.decide()
	}
}

// useless says why no pair has a value of unit to compare.
func (r *record) useless(unit, problem string) string {
	column := r.column(unit)
	before, after := column.reported(results.Before), column.reported(results.After)
	switch {
	case before && !after:
		return unit + " is reported by before only"
	case after && !before:
		return unit + " is reported by after only"
	}
	return fmt.Sprintf("%s has no usable value: %s", unit, problem)
}

// progress tells how many samples the schedule has, and whether it was gone
// through: up to its end, with every sample of every benchmark that was not
// given up on the way.
func progress(p *results.Protocol, in *run) (planned int, complete bool) {
	complete = len(in.log.done) > 0
	const perBlock = 4
	for i := range p.Benchmarks {
		b := &p.Benchmarks[i]
		if !b.Measured() {
			continue
		}
		r := in.records[b.Name]
		have := r.samples + in.control[b.Name].samples
		if r.decided {
			planned += have
			continue
		}
		all := perBlock * (p.RoundsOf(b) + b.ControlBlocks(p.RoundsOf(b)))
		planned += all
		if r.gaveUp == "" && have < all {
			complete = false
		}
	}
	return planned, complete || planned == 0
}
