package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"patchbench/bench"
	"patchbench/results"
	"patchbench/toolchain"
)

// showPlan prints what r would do and how long it would take, running
// nothing. Sample times are the suite's wishes; a real run tries them first.
func (a *app) showPlan(ctx context.Context, r *request) error {
	if r.own.pkg != "" {
		return errors.New("--dry-run can't tell the benchmarks of --pkg, which takes compiling it: leave it out")
	}
	j, err := a.load(ctx, r)
	if err != nil {
		return err
	}
	p, err := foreseen(j.plan)
	if err != nil {
		return err
	}
	if err := p.Count(ctx, j.cache); err != nil {
		return err
	}
	bs := untried(p)
	layout, err := p.Spend(bs)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	row := func(key, format string, args ...any) {
		fmt.Fprintf(w, "%s\t%s\n", key, fmt.Sprintf(format, args...))
	}
	row("experiment", "%s: %s", p.Experiment.Name, p.Experiment.Title)
	row("claim", "%s, margins %s", claimText(p.Experiment), marginsText(p.Experiment.Margins))
	if e := p.Experiment; e.AfterBase != "" {
		row("before", "%s", e.Base)
		row("after", "%s", e.AfterBase)
	} else {
		row("base", "%s", e.Base)
		row("before", "%s on the base", count(len(e.Before), "patch", "patches"))
		row("after", "%s on before", count(len(e.After), "patch", "patches"))
	}
	row("suite", "%s: %s", p.Suite.Name, p.Suite.Title)
	row("host", "%s", p.Host.Class)
	profiles := count(layout.Profiles, "profile", "profiles")
	if p.MemProfile {
		profiles += " and as many of allocations"
	}
	row("samples", "%s of two pairs by a pilot; %s a side, each trace", count(layout.Rounds, "round", "rounds"), profiles)
	row("time", "about %s of measuring; building what the store lacks comes before it", results.Roughly(layout.Total().Seconds()))
	if err := w.Flush(); err != nil {
		return err
	}
	if pairs := 2 * layout.Rounds; pairs < bench.MinPairs {
		fmt.Fprintf(a.stdout, "%d pairs a benchmark are too few for a verdict (%d are needed): give more --budget\n", pairs, bench.MinPairs)
	}
	fmt.Fprintln(a.stdout)
	fmt.Fprintf(w, "benchmark\tseconds\tmetrics\n")
	for _, b := range bs {
		var units []string
		for _, m := range b.Primary {
			units = append(units, m.Unit)
		}
		fmt.Fprintf(w, "%s\t%g\t%s\n", b.Name, b.Seconds, strings.Join(units, " "))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, line := range p.Missing {
		fmt.Fprintf(a.stdout, "unavailable: %s\n", line)
	}
	return nil
}

// foreseen is a plan as it will be once it is settled, as far as the base's name
// tells: only that of a release does before it is built.
func foreseen(p *bench.Plan) (*bench.Plan, error) {
	q := *p
	release, ok := strings.CutPrefix(p.Experiment.Base, "release:")
	if !ok {
		return &q, nil
	}
	q.Settle(release)
	return &q, q.None()
}

// untried lists the plan's benchmarks. What isn't compiled yet is taken to
// differ.
func untried(p *bench.Plan) []results.Benchmark {
	bs := p.Benchmarks()
	for i := range bs {
		bs[i].Difference = results.Code
	}
	return bs
}

// claimText says what e claims.
func claimText(e *toolchain.Experiment) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(e.Improves)) {
		parts = append(parts, fmt.Sprintf(" %s by %g %%", name, 100*e.Improves[name]))
	}
	return e.Claim + strings.Join(parts, ",")
}

// marginsText words the margins in the order of the kinds.
func marginsText(margins map[string]float64) string {
	var parts []string
	for _, kind := range []results.Kind{results.Time, results.Space, results.Latency, results.Count} {
		if m, ok := margins[string(kind)]; ok {
			parts = append(parts, fmt.Sprintf("%s %g %%", kind, 100*m))
		}
	}
	return strings.Join(parts, ", ")
}
