package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"patchbench/analysis"
	"patchbench/bench"
	"patchbench/results"
	"patchbench/toolchain"
)

// A request is what a command line asks to be measured.
type request struct {
	experiment string // or before and after
	before     string
	after      string
	suite      string
	budget     time.Duration
	results    string
	check      string // none, default or full
	all        bool   // also what the budget can't decide
	memProfile bool   // allocation profiles too
	own        own
}

// flags adds the request's flags to cmd.
func (r *request) flags(a *app, cmd *cobra.Command, measures bool) {
	cmd.Flags().StringVar(&r.suite, "suite", "quick", "the suite of benchmarks, a file of bench/suites")
	cmd.RegisterFlagCompletionFunc("suite", a.completeSuite)
	if measures {
		cmd.Flags().DurationVar(&r.budget, "budget", 8*time.Minute, "time for measuring, building not counted")
		cmd.Flags().StringVar(&r.results, "results", "results", "folder for run folders, made if need be")
		cmd.Flags().BoolVar(&r.all, "all", false, "measure also what the budget can't decide, in the time that is left")
		cmd.Flags().BoolVar(&r.memProfile, "memprofile", false, "take allocation profiles too, as many as CPU profiles, in processes of their own")
		r.checkFlag(cmd)
		r.own.flags(cmd)
	}
	r.bases(a, cmd)
}

// bases adds what says which sides there are to cmd: an experiment, or flags.
func (r *request) bases(a *app, cmd *cobra.Command) {
	cmd.Flags().StringVar(&r.before, "before", "", "instead of an experiment: a base as it is, release:goX.Y.Z, git:PATH_OR_URL@REV or goroot:DIR")
	cmd.Flags().StringVar(&r.after, "after", "", "with --before: the base to compare that with")
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		for _, name := range []string{"pkg", "exec", "bench"} {
			if f := cmd.Flags().Lookup(name); f != nil && f.Changed && f.Value.String() == "" {
				return fmt.Errorf("--%s is empty: see %s --help", name, cmd.CommandPath())
			}
		}
		if f := cmd.Flags().Lookup("budget"); f != nil && r.budget <= 0 {
			return errors.New("--budget: give a time above 0, such as 8m")
		}
		direct := r.before != "" && r.after != ""
		if len(args) == 0 && !direct || len(args) > 1 || len(args) == 1 && (r.before != "" || r.after != "") {
			return fmt.Errorf("%s takes one experiment, or --before and --after: see %s --help", cmd.CommandPath(), cmd.CommandPath())
		}
		if !direct {
			r.experiment = args[0]
		}
		return nil
	}
	cmd.ValidArgsFunction = a.completeExperiment
}

// A job is a request with all it names loaded.
type job struct {
	plan    *bench.Plan
	cache   *toolchain.Cache
	builder *toolchain.Builder
	runner  *bench.Runner // once built
	gate    *results.Gate // once checked
	own     own

	cross func(context.Context) error // once built: compiles what runs on another architecture
}

// load loads what r names.
func (a *app) load(ctx context.Context, r *request) (*job, error) {
	if r.check != "" && !slices.Contains(checkModes(), r.check) {
		return nil, fmt.Errorf("--check %q: give none, default or full", r.check)
	}
	exp, builder, err := a.loadExperiment(ctx, r)
	if err != nil {
		return nil, err
	}
	var suite *bench.Suite
	if !r.own.asked() {
		suite, err = bench.LoadSuite(filepath.Join(a.root, "bench", "suites"), r.suite)
		if err == nil && r.own.bench != "" {
			suite, err = suite.Matching(r.own.bench)
		}
	} else {
		suite, err = r.own.load()
	}
	if err != nil {
		return nil, err
	}
	host := bench.LocalHost()
	plan := &bench.Plan{
		Experiment: exp,
		Suite:      suite,
		Host:       host,
		Procs:      bench.DefaultProcs(host.Cores),
		Budget:     r.budget,
		MemProfile: r.memProfile,
	}
	if r.own.pkg == "" { // else compiling tells what there is
		if err := plan.CheckClaim(); err != nil {
			return nil, err
		}
	}
	return &job{
		plan:    plan,
		cache:   builder.Cache,
		builder: builder,
		own:     r.own,
	}, nil
}

// loadExperiment loads the experiment that r names, as its fork has it if it
// has one, with a builder for it.
func (a *app) loadExperiment(ctx context.Context, r *request) (*toolchain.Experiment, *toolchain.Builder, error) {
	patches, builder, err := a.patches()
	if err != nil {
		return nil, nil, err
	}
	if r.experiment == "" {
		exp, err := toolchain.DirectExperiment(r.before, r.after)
		return exp, builder, err
	}
	exp, err := toolchain.LoadExperiment(patches, r.experiment)
	if err != nil {
		return nil, nil, err
	}
	exp, note, err := builder.WithFork(ctx, exp)
	if err != nil {
		return nil, nil, err
	}
	if note != "" {
		a.ui.logf("%s", note)
	}
	return exp, builder, nil
}

// build builds both trees and the suite's binaries.
func (a *app) build(ctx context.Context, j *job) error {
	a.ui.begin("build")
	start := a.now()
	before, after, err := j.builder.Build(ctx, j.plan.Experiment)
	if err != nil {
		return err
	}
	j.runner = &bench.Runner{
		Cache: j.cache,
		Class: j.plan.Host.Class,
		Trees: bench.Trees{results.Before: before, results.After: after},
		Log:   a.ui.logf,
		Now:   a.now,
		Load:  a.counters,

		Network: j.builder.Network,
	}
	for _, side := range results.Sides() {
		t := j.runner.Trees[side]
		how := fmt.Sprintf("built in %.1f s", t.Seconds)
		if t.Reused {
			how = "from the store"
		}
		a.ui.logf("%s is %s + %s, %s (%.12s)", side, t.Base, count(len(t.Series), "patch", "patches"), how, t.Digest)
		for _, p := range t.Series {
			for _, o := range p.Offsets {
				a.ui.logf("%s applied at an offset: %s", p.File, o)
			}
		}
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	if j.runner.Memory, err = j.plan.Suite.MemoryLimit(); err != nil {
		return err
	}
	compiler := a.compiler(j.builder, self)
	if j.plan.Experiment.Copy {
		compiler.Cutoff = "" // nothing of the copy is to come from what compiled before
	}
	compiler.Own, compiler.Exec = j.own.dir, j.own.path
	if j.own.pkg != "" {
		if j.plan.Suite, j.runner.Binaries, err = compiler.OwnSuite(ctx, j.runner.Trees, j.own.pkg, j.own.bench); err != nil {
			return err
		}
		if err := j.plan.CheckClaim(); err != nil {
			return err
		}
	}
	j.plan.Settle(j.runner.Trees[results.Before].Version)
	compiler.Source = a.moduleSources(j.plan.Suite)
	if j.runner.Binaries == nil {
		if j.runner.Binaries, err = compiler.Compile(ctx, j.runner.Trees, j.plan.Packages(), j.plan.Suite.Layouts); err != nil {
			return err
		}
	}
	if err := j.plan.Drop(j.runner.Binaries); err != nil {
		return err
	}
	if !j.plan.Experiment.Copy {
		control, err := j.builder.Copy(ctx, before)
		if err != nil {
			return err
		}
		if err := compiler.Control(ctx, control, j.runner.Binaries); err != nil {
			return err
		}
	}
	if err := j.plan.Count(ctx, j.cache); err != nil {
		return err
	}
	j.runner.Counters = j.plan.Counters
	j.cross = func(ctx context.Context) (err error) {
		goarch, pkgs := j.plan.CrossPackages()
		if goarch == "" || j.runner.Cross != nil {
			return nil
		}
		other := *compiler
		other.GOARCH = goarch
		j.runner.Cross, err = other.Compile(ctx, j.runner.Trees, pkgs, 1)
		return err
	}
	for _, line := range j.plan.Missing {
		a.ui.logf("unavailable: %s", line)
	}
	for _, pkg := range j.plan.Packages() {
		switch b := j.runner.Binaries[pkg]; {
		case b.Broken != "":
			a.ui.logf("%s %s", pkg, b.Broken)
		case b.Diff.Kind != toolchain.Code && !j.plan.Experiment.Copy:
			a.ui.logf("%s has %s on both sides: nothing to measure", pkg, sameness(b.Diff.Kind))
		}
	}
	a.ui.logf("done in %s", results.Exactly(a.now().Sub(start)))
	return nil
}

// compiler compiles what suites name; self is this program.
func (a *app) compiler(b *toolchain.Builder, self string) *bench.Compiler {
	return &bench.Compiler{
		Cache:    b.Cache,
		Programs: filepath.Join(a.root, "bench", "programs"),
		Modules:  filepath.Join(a.root, "bench", "modules"),
		Cutoff:   self,
		Log:      a.ui.logf,
		Network:  b.Network,
	}
}

// sourcePrefix starts the environment variables that say where a module lies,
// as the suite's [source] does: PATCHBENCH_SOURCE_XBENCHMARKS.
const sourcePrefix = "PATCHBENCH_SOURCE_"

// moduleSources is where modules lie that are not to be fetched, by folder of
// bench/modules. The environment has the last word.
func (a *app) moduleSources(s *bench.Suite) map[string]string {
	sources := make(map[string]string)
	for name, dir := range s.Source {
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(a.root, dir)
		}
		sources[name] = dir
	}
	for _, kv := range a.env {
		if rest, ok := strings.CutPrefix(kv, sourcePrefix); ok {
			name, dir, _ := strings.Cut(rest, "=")
			if abs, err := filepath.Abs(dir); err == nil && dir != "" {
				sources[strings.ReplaceAll(strings.ToLower(name), "_", "-")] = abs
			}
		}
	}
	return sources
}

// sameness says in words what two binaries have in common.
func sameness(d toolchain.Difference) string {
	if d == toolchain.Identical {
		return "identical binaries"
	}
	return "the same machine code (other line tables)"
}

// measure measures a built job into a run folder, an unfinished one if there
// is one, and returns the folder.
func (a *app) measure(ctx context.Context, j *job, r *request) (dir string, err error) {
	a.ui.begin("measure")
	unlock, err := a.alone(ctx)
	if err != nil {
		return "", err
	}
	defer unlock()
	shim, err := os.Executable()
	if err != nil {
		return "", err
	}
	j.runner.Exec = bench.NewExec(shim)
	j.runner.Judge = analysis.Decided

	j.plan.All = r.all
	inputs := j.plan.Inputs(j.runner.Trees, j.runner.Binaries)
	if dir, err = bench.Unfinished(r.results, j.plan.Experiment.Name, inputs); err != nil {
		return "", err
	}
	if dir != "" {
		a.ui.logf("going on with %s", display(dir))
		if err := j.cross(ctx); err != nil {
			return "", err
		}
	} else if dir, err = a.newRun(ctx, j, r); err != nil {
		return "", err
	}

	a.ui.begin("measure")
	e := newEstimates()
	err = j.runner.Measure(ctx, dir, func(p bench.Progress) {
		if p.Waiting != "" {
			a.ui.update("%s", p.Waiting)
			return
		}
		e.add(p.Sample)
		a.ui.update("%s %s", progressLine(p), e.of(p.Benchmark))
	})
	if ctx.Err() != nil {
		have, _, rerr := results.ReadSamples(dir)
		if rerr != nil {
			return "", rerr
		}
		return "", fmt.Errorf("interrupted: %s kept in %s; the same command goes on there", count(len(have), "sample is", "samples are"), display(dir))
	}
	return dir, err
}

// newRun tries the benchmarks and freezes the protocol of a new run.
func (a *app) newRun(ctx context.Context, j *job, r *request) (dir string, err error) {
	a.ui.begin("try")
	// Fewer benchmarks may differ than the plan has, and cost less.
	if _, err := j.plan.Spend(j.runner.Compiled(j.plan)); err != nil {
		return "", err
	}
	bs, logs, err := j.runner.TryAll(ctx, j.plan, j.cross, func(name string, done, total int) {
		a.ui.update("%s %d/%d %s", bar(done, total, 10), done+1, total, name)
	})
	if ctx.Err() != nil {
		return "", fmt.Errorf("interrupted before the first sample: nothing is kept")
	}
	if err != nil {
		return "", err
	}
	if err := a.pilot(ctx, j, bs, bench.Alpha, r.all, r.results, filepath.Join(a.root, "results")); err != nil {
		if ctx.Err() != nil {
			return "", fmt.Errorf("interrupted before the first sample: the pilots that ended are kept")
		}
		return "", err
	}
	protocol, err := j.plan.NewProtocol(j.runner.Trees, j.runner.Binaries, bs, a.seed(), a.now(), version())
	if err != nil {
		return "", err
	}
	protocol.Gate = j.gate
	if protocol.Calibration, err = a.calibration(r.results, protocol.Host.Class); err != nil {
		return "", err
	}
	if protocol.Doctor, err = a.examine(ctx, bs); err != nil {
		return "", fmt.Errorf("interrupted before the first sample: nothing is kept")
	}
	if dir, err = bench.CreateFolder(r.results, protocol, logs); err != nil {
		return "", err
	}
	most := bench.Most(protocol)
	if most > j.plan.Budget+time.Second {
		a.ui.logf("samples take longer here than planned: one round and the passes exceed the budget of %s", results.Exactly(j.plan.Budget))
	}
	if n := bench.Measured(bs); n > 0 {
		reserve := ""
		if k := bench.InReserve(bs); k > 0 {
			reserve = fmt.Sprintf(" and %d in reserve", k)
			n -= k
			most = max(most, j.plan.Budget)
		}
		a.ui.logf("%s%s in %s, %s at most, into %s", count(n, "benchmark", "benchmarks"), reserve, count(protocol.Rounds, "round", "rounds"), results.Exactly(most), display(dir))
	}
	if few := bench.TooFew(protocol); few > 0 {
		a.ui.logf("%s too few pairs for a verdict (%d are needed): give more --budget", count(few, "benchmark gets", "benchmarks get"), protocol.MinPairs)
	}
	return dir, nil
}

// progressLine tells where a measurement stands, short enough for a terminal
// of 80 columns together with an estimate.
func progressLine(p bench.Progress) string {
	where := fmt.Sprintf("round %d/%d", p.Round, p.Rounds)
	if p.Sample == nil && p.Round == p.Rounds {
		where = "profiles"
	}
	return fmt.Sprintf("%s %s, %s left  %s", bar(p.Done, p.Total, 10), where, results.Exactly(p.Left.Round(time.Second)), p.Benchmark)
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
