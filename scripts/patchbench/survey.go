package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/perf/benchunit"

	"patchbench/analysis/gctrace"
	"patchbench/analysis/prof"
	"patchbench/analysis/stats"
	"patchbench/bench"
	"patchbench/results"
)

// surveyProcesses is how many processes of a benchmark tell how it spreads.
const surveyProcesses = 10

// collector names the functions below which all is the collector's work, in any
// release since Go 1.16: marking by workers and by allocating goroutines,
// sweeping, and stopping and starting the world for a cycle.
var collector = []string{
	"runtime.gcBgMarkWorker", "runtime.gcAssistAlloc", "runtime.gcStart", "runtime.gcMarkDone", "runtime.gcMarkTermination",
	"runtime.bgsweep", "runtime.bgscavenge", "runtime.deductSweepCredit", "runtime.(*mspan).sweep", "runtime.(*sweepLocked).sweep",
	"runtime.wbBufFlush", "runtime.GC",
}

// survey measures what the benchmarks of r's suite, or of all, do on this host,
// and keeps it.
func (a *app) survey(ctx context.Context, r *suitesRequest) error {
	dir := filepath.Join(a.root, "bench", "suites")
	names := bench.SuiteNames(dir)
	if r.suite != "" {
		names = []string{r.suite}
	}
	done := make(map[string]bool)
	for _, name := range names {
		r.suite = name
		j, err := a.load(ctx, &r.request)
		if err != nil {
			return err
		}
		j.plan.Suite.Layouts = 1 // more would be compiled for nothing
		err = a.build(ctx, j)
		if errors.Is(err, bench.ErrNone) && len(names) > 1 {
			a.ui.logf("left out: %v", err)
			continue
		}
		if err != nil {
			return err
		}
		if err := a.surveySuite(ctx, j, r, done); err != nil {
			return err
		}
	}
	if len(names) > 1 {
		r.suite = ""
	}
	return nil
}

// surveySuite measures the benchmarks of a built job but for those done.
func (a *app) surveySuite(ctx context.Context, j *job, r *suitesRequest, done map[string]bool) error {
	a.ui.begin("measure")
	unlock, err := a.alone(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	self, err := os.Executable()
	if err != nil {
		return err
	}
	j.runner.Exec = bench.NewExec(self)
	scratch, drop, err := j.cache.Scratch()
	if err != nil {
		return err
	}
	defer drop()
	path := surveyPath(r.results, j.plan.Host.Class)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	bs := j.runner.Compiled(j.plan)
	for i, b := range bs {
		if done[b.Name] || b.Broken != "" || b.Counted {
			continue
		}
		done[b.Name] = true
		a.ui.update("%s %d/%d %s", bar(i, len(bs), 10), i+1, len(bs), b.Name)
		s, err := j.runner.Survey(ctx, b, surveyProcesses, scratch)
		if ctx.Err() != nil {
			return fmt.Errorf("interrupted: what was measured is kept in %s", display(path))
		}
		if err != nil {
			a.ui.logf("left out: %v", err)
			continue
		}
		record, err := summarize(b, s)
		if err != nil {
			return err
		}
		tree := j.runner.Trees[results.Before]
		record.Base, record.Tree, record.Date = tree.Base, tree.Digest, a.now().UTC().Truncate(time.Second)
		if err := keepSurvey(path, j.plan.Host, record); err != nil {
			return err
		}
		a.ui.logf("%s: %s", b.Name, seen(&record))
	}
	return nil
}

// summarize makes figures of what was seen of b.
func summarize(b results.Benchmark, s *bench.Survey) (results.SurveyBenchmark, error) {
	record := results.SurveyBenchmark{
		Name: b.Name, Package: b.Package, Pattern: b.Pattern,
		Load: s.Load, Processes: len(s.Samples), Iterations: s.Iterations,
	}
	values := make(map[string][]float64)
	for _, sample := range s.Samples {
		for _, v := range sample {
			value, unit := benchunit.Tidy(v.Value, v.Unit)
			values[unit] = append(values[unit], value)
		}
	}
	record.Seconds = stats.Median(s.Seconds)
	record.Spread = stats.Variation(values[results.OpMetric.Unit])
	record.CPUSpread = stats.Variation(values[results.CPUMetric.Unit])

	if s.Profile != "" {
		side, faults := prof.Read(prof.CPU, []prof.File{{Pair: 1, Path: s.Profile}})
		if side == nil {
			return record, errors.Join(faults...)
		}
		part := side.Part(collector)
		record.ProfileSize = part.Samples
		if part.Samples > 0 {
			record.GCShare = float64(part.Within) / float64(part.Samples)
		}
	}
	if s.GCTrace == "" {
		return record, nil
	}
	trace, err := os.ReadFile(s.GCTrace)
	if err != nil {
		return record, err
	}
	gc, err := gctrace.Parse(bytes.NewReader(trace))
	if err != nil {
		return record, err
	}
	record.CyclesPerSec, record.HeapLive = gc.CyclesPerSec, gc.HeapLive
	return record, nil
}

// seen tells in a line what a benchmark was seen to do.
func seen(b *results.SurveyBenchmark) string {
	gc := "GC share unknown"
	if b.ProfileSize > 0 {
		gc = fmt.Sprintf("GC %.0f %%", 100*b.GCShare)
	}
	text := fmt.Sprintf("%.1f s, %s, %s cycles/s, CV %.0f %% wall", b.Seconds, gc, digits(b.CyclesPerSec), 100*b.Spread)
	if b.CPUSpread > 0 { // a program that decides how much it does has none
		text += fmt.Sprintf(" %.0f %% CPU", 100*b.CPUSpread)
	}
	return text
}

// keepSurvey puts record in the place of what was known of its benchmark on
// that base.
func keepSurvey(path string, host results.Host, record results.SurveyBenchmark) error {
	s, err := results.ReadSurvey(path)
	if err != nil {
		return err
	}
	s.Class, s.CPU = host.Class, host.CPU
	s.Benchmarks = slices.DeleteFunc(s.Benchmarks, func(b results.SurveyBenchmark) bool { return b.Name == record.Name && b.Base == record.Base })
	s.Benchmarks = append(s.Benchmarks, record)
	slices.SortFunc(s.Benchmarks, func(x, y results.SurveyBenchmark) int {
		return cmp.Or(strings.Compare(x.Name, y.Name), strings.Compare(x.Base, y.Base))
	})
	return results.WriteSurvey(path, s)
}
