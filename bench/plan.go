package bench

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"patchbench/results"
	"patchbench/toolchain"
)

// What every protocol holds, until an experiment has a reason for another
// value.
const (
	Alpha    = 0.05 // of each one-sided bound
	MinPairs = 10   // below this no verdict is given

	minProfiles = 2  // processes a side
	maxProfiles = 12 // with fewer pairs of them no single function among dozens could be told from chance
	gctraces    = 1
	traces      = 1
	metrics     = 1
)

// exclude is the rule for leaving out blocks. What it costs is pairs, so it has
// to be rare on an ordinary shared host: on one, the busiest of 512 samples saw
// others use 8 % of the machine, and none saw steal. Above these shares a
// sample had less than half, or three quarters, of the machine that the rest
// had, and tells how the kernel divided it.
//
// The shares depend on what is measured only by errors of accounting: CPU time
// that the kernel spends for a process outside of it, or of a child that it does
// not wait for, counts as others'. It is small, and both sides have it alike.
//
// In samples of 0.1 s on two cores there are 20 ticks, and one that is counted
// to the wrong process moves a share by 5 %; in shorter ones chance would leave
// blocks out.
func exclude() *results.Exclusion { return &results.Exclusion{Busy: 0.5, Steal: 0.25, Shortest: 0.1} }

// overhead is the time between two samples, in seconds: starting the shim,
// reading the machine's load, writing the sample to disk.
const overhead = 0.03

// passShare is the largest share of the budget that goes to the unscored
// passes, as long as each still has its smallest number of processes. Allocation
// profiles, which somebody asked for, come on top of it.
const passShare = 0.2

// A Plan is what is asked for, before anything has been tried.
type Plan struct {
	Experiment *toolchain.Experiment
	Suite      *Suite
	Host       results.Host
	Procs      []int // GOMAXPROCS
	Budget     time.Duration
	Hardware   bool                // the processor counts instructions
	Counters   map[string]*Counter // what counts them in its place, and those of the other architecture, by GOARCH
	Missing    []string            // what of the suite can't be had, and why, a line each
	MemProfile bool                // take allocation profiles too
	All        bool                // measure also what the budget can't decide
}

// DefaultProcs is the host's cores, and 4 where there are fewer: below 4 the
// pacer asks for no dedicated mark worker, and that branch of the collector
// would never run.
func DefaultProcs(cores int) []int {
	if cores < 4 {
		return []int{cores, 4}
	}
	return []int{cores}
}

// Settle fixes the suite for a base whose VERSION file is text: its era's
// benchmarks.
func (p *Plan) Settle(text string) {
	p.Suite, p.Missing = p.Suite.In(text)
}

// ErrNone says that a suite has nothing left to measure.
var ErrNone = errors.New("none of its benchmarks can be had")

// Drop leaves out the benchmarks whose packages can't be had. It fails like
// None.
func (p *Plan) Drop(bins map[string]*Binary) error {
	suite := *p.Suite
	suite.Benchmarks = nil
	for _, b := range p.Suite.Benchmarks {
		if why := bins[b.binary()].Unavailable; why != "" {
			p.Missing = append(p.Missing, b.Name+": "+why)
			continue
		}
		suite.Benchmarks = append(suite.Benchmarks, b)
	}
	p.Suite = &suite
	return p.None()
}

// None is an ErrNone, with the first reason, if nothing is left of the suite.
func (p *Plan) None() error {
	if len(p.Suite.Benchmarks) > 0 || len(p.Missing) == 0 {
		return nil
	}
	more := ""
	if n := len(p.Missing) - 1; n > 0 {
		more = fmt.Sprintf(" (and %d more)", n)
	}
	return fmt.Errorf("suite %s: %w: %s%s", p.Suite.Name, ErrNone, p.Missing[0], more)
}

// Packages lists the binaries that the suite takes, by the names a Compiler
// knows them by.
func (p *Plan) Packages() []string {
	var names []string
	for _, b := range p.Suite.Benchmarks {
		if name := b.binary(); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// Benchmarks lists each benchmark of the suite at each GOMAXPROCS, with the
// wall time a sample should take as its Seconds.
func (p *Plan) Benchmarks() []results.Benchmark {
	var bs []results.Benchmark
	for _, b := range p.Suite.Benchmarks {
		primary := p.Suite.primary(&b)
		if b.Counted && p.Hardware {
			primary = append(primary, results.InstructionsMetric)
		}
		for i := range primary {
			primary[i].Margin = p.Experiment.Margins[string(primary[i].Kind)]
		}
		procs, seconds := b.Procs, b.Seconds
		if len(procs) == 0 {
			procs = p.Procs
		}
		if seconds == 0 {
			seconds = DefaultSeconds
		}
		for _, n := range procs {
			native := results.Benchmark{
				Name:    b.Name + "-" + strconv.Itoa(n),
				Procs:   n,
				Package: b.Package,
				Pattern: b.Pattern,
				Program: b.program(),
				Args:    b.args(seconds),
				Opaque:  b.opaque(),
				Loads:   b.Loads,
				Seconds: seconds,
				Primary: primary,
			}
			bs = append(bs, native)
			// Counting takes long, and does with one value: that at which there
			// are dedicated workers.
			if b.Counted && n == slices.Max(procs) {
				for _, goarch := range slices.Sorted(maps.Keys(p.Counters)) {
					bs = append(bs, p.counted(native, b.Name, goarch))
				}
			}
		}
	}
	return bs
}

// Inputs is a digest of all that is asked for. A run with the same inputs
// that was not finished is gone on with.
//
// What is compiled for another architecture is not among the arguments: the
// trees and the sources decide it.
func (p *Plan) Inputs(trees Trees, bins map[string]*Binary) string {
	parts := []string{
		recipe, strconv.Itoa(results.Format),
		p.Experiment.Name, p.Experiment.Digest(),
		p.Suite.Name, p.Suite.SHA256,
		p.Host.Class, fmt.Sprint(p.Procs), p.Budget.String(),
		strconv.FormatBool(p.Hardware), strconv.FormatBool(p.All), strconv.FormatBool(p.MemProfile),
	}
	for _, goarch := range slices.Sorted(maps.Keys(p.Counters)) {
		parts = append(parts, p.Counters[goarch].String())
	}
	for _, side := range results.Sides() {
		parts = append(parts, trees[side].Digest)
		for _, pkg := range p.Packages() {
			b := bins[pkg]
			parts = append(parts, strings.Join(b.SHA256[side], " "), b.sources, b.Broken, b.Unavailable)
		}
	}
	return digest(parts...)
}

// setBinary fills in what is known of b once its binary is compiled.
func setBinary(b *results.Benchmark, bin *Binary) {
	b.Binaries = make(map[results.Side]string)
	b.Layouts = nil
	for _, side := range results.Sides() {
		b.Binaries[side] = bin.SHA256[side][0]
	}
	if len(bin.Layouts) > 1 {
		for k, name := range bin.Layouts {
			l := results.Layout{Name: name, Binaries: make(map[results.Side]string)}
			for _, side := range results.Sides() {
				l.Binaries[side] = bin.SHA256[side][k]
			}
			b.Layouts = append(b.Layouts, l)
		}
	}
	b.Control = ""
	if sums := bin.SHA256[results.Control]; len(sums) > 0 && !b.Counted && b.GOARCH == "" {
		b.Control = sums[0]
	}
	if bin.Unavailable != "" {
		b.Broken = bin.Unavailable
		return
	}
	if bin.Broken != "" {
		b.Broken = bin.Broken
		return
	}
	b.Difference = results.Difference(bin.Diff.Kind)
	if bin.copied {
		if b.Difference == results.Code {
			b.Broken = fmt.Sprintf("%s compiles to other code each time, so a copy of it is none", b.Package)
			return
		}
		b.Difference = results.Copied
	}
	b.NumChanged = len(bin.Diff.Changed)
	b.Moved = bin.Diff.Moved
	for _, f := range bin.Diff.Changed[:min(20, len(bin.Diff.Changed))] {
		b.Changed = append(b.Changed, f.Name)
	}
}

// Layout says how a budget is spent.
type Layout struct {
	Rounds   int // a round is two pairs of every benchmark
	Profiles int // profiled processes a side
	Round    time.Duration
	Passes   time.Duration
}

// Total is the time the whole layout takes.
func (l Layout) Total() time.Duration {
	return time.Duration(l.Rounds)*l.Round + l.Passes
}

// Spend lays out the budget over the benchmarks that are measured. It fails if
// that does not buy one round.
func (p *Plan) Spend(bs []results.Benchmark) (Layout, error) {
	budget, l := p.Budget, p.Lay(bs)
	if l.Round > 0 && l.Round+l.Passes > budget {
		return l, fmt.Errorf("a budget of %s is too short: one round of %d benchmarks and the passes take %s; give more by --budget, or measure fewer",
			results.Exactly(budget), Measured(bs), results.Exactly((l.Round + l.Passes).Round(time.Second)))
	}
	return l, nil
}

// Measured counts the benchmarks that are measured.
func Measured(bs []results.Benchmark) int {
	n := 0
	for i := range bs {
		if bs[i].Measured() {
			n++
		}
	}
	return n
}

// InReserve counts those of them that are in reserve.
func InReserve(bs []results.Benchmark) int {
	n := 0
	for i := range bs {
		if bs[i].Measured() && bs[i].Reserve != "" {
			n++
		}
	}
	return n
}

// Lay is Spend for a host that turns out to be slower than was planned with: it
// lays out one round where the budget does not buy that.
func (p *Plan) Lay(bs []results.Benchmark) Layout {
	var once, passes float64
	for _, b := range bs {
		if b.Measured() && b.Reserve == "" {
			once += roundSeconds(&b) / 4
			if passed(&b) {
				passes += b.Seconds + overhead
			}
		}
	}
	if once == 0 {
		return Layout{}
	}
	seconds := func(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
	l := Layout{Round: seconds(4 * once)}
	l.Profiles = int(min(1e6, passShare*p.Budget.Seconds()/(2*passes))) - gctraces - traces - metrics
	l.Profiles = max(minProfiles, min(maxProfiles, l.Profiles))
	l.Passes = seconds(2 * passes * float64(l.Profiles+p.memProfiles(l)+gctraces+traces+metrics))
	l.Rounds = max(1, int(math.Floor(float64(p.Budget-l.Passes)/float64(l.Round))))
	return l
}

// memProfiles is how many allocation profiles a side there are: as many as CPU
// profiles, in time of their own.
func (p *Plan) memProfiles(l Layout) int {
	if !p.MemProfile {
		return 0
	}
	return l.Profiles
}

// NewProtocol freezes the plan and what the trials showed. The benchmarks are
// the plan's, each tried.
func (p *Plan) NewProtocol(trees Trees, bins map[string]*Binary, bs []results.Benchmark, seed uint64, created time.Time, harness string) (*results.Protocol, error) {
	layout := p.Lay(bs)
	evidence := 1
	if p.Experiment.Copy {
		evidence = 0 // there is nothing to find the reason of
	}
	margins := make(map[results.Kind]float64)
	for kind, m := range p.Experiment.Margins {
		margins[results.Kind(kind)] = m
	}
	pr := &results.Protocol{
		Format:      results.Format,
		Experiment:  p.Experiment.Name,
		Title:       p.Experiment.Title,
		Claim:       p.Experiment.Claim,
		Base:        p.Experiment.Base,
		BaseSum:     trees[results.Before].BaseSum,
		Created:     created.UTC().Truncate(time.Second),
		Harness:     harness,
		Inputs:      p.Inputs(trees, bins),
		Host:        p.Host,
		Suite:       p.Suite.Name,
		SuiteSHA256: p.Suite.SHA256,
		Trees:       make(map[results.Side]results.Tree),
		Seed:        seed,
		Alpha:       Alpha,
		MinPairs:    MinPairs,
		Rounds:      rounds(bs, layout.Rounds),
		Looks:       results.DefaultLooks(),
		Budget:      p.Budget.Seconds(),
		Margins:     margins,
		Geomean:     p.Experiment.Geomean,
		Improves:    p.Experiment.Improves,
		Exclusion:   exclude().String(),
		Exclude:     exclude(),
		Quiet:       quiet(p.Budget),
		Benchmarks:  bs,
		Missing:     p.Missing,
		Profiles:    evidence * layout.Profiles,
		MemProfiles: evidence * p.memProfiles(layout),
		GCTraces:    evidence * gctraces,
		Traces:      evidence * traces,
		Metrics:     evidence * metrics,
	}
	for _, u := range p.Suite.Units {
		pr.Units = append(pr.Units, results.Metric{Unit: u.Name, Kind: u.Kind, Better: u.Better})
	}
	for side, t := range trees {
		tree := results.Tree{Digest: t.Digest, Key: t.Key, Version: strings.TrimSpace(t.Version), Base: t.Base, BaseSum: t.BaseSum}
		for _, a := range t.Series {
			tree.Series = append(tree.Series, results.Patch{File: a.File, Subject: a.Subject, SHA256: a.SHA256, Offsets: a.Offsets})
		}
		pr.Trees[side] = tree
	}
	return pr, nil
}
