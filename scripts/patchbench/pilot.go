package main

import (
	"context"
	"fmt"
	"math"
	"slices"

	"patchbench/analysis"
	"patchbench/analysis/stats"
	"patchbench/bench"
	"patchbench/results"
)

// pilot tells how benchmarks that were tried spread from one process of before
// to the next, by a recent calibration below one of roots or by measuring it, and
// lays out the budget by that: who can be decided gets the rounds it takes. all is
// whether the others get what is left.
func (a *app) pilot(ctx context.Context, j *job, bs []results.Benchmark, alpha float64, all bool, roots ...string) error {
	if err := a.calibrated(bs, j.plan.Host.Class, alpha, roots); err != nil {
		return err
	}
	unknown := slices.DeleteFunc(slices.Clone(bs), func(b results.Benchmark) bool { return b.Pilot != nil })
	takes := j.runner.PilotSeconds(unknown)
	if takes > j.plan.Budget.Seconds() {
		a.ui.logf("no pilot, which would take %s: every benchmark gets the same time", results.Roughly(takes))
		return nil
	}
	if takes > 0 {
		a.ui.logf("a pilot of before against itself tells how benchmarks spread here: about %s", results.Roughly(takes))
	}
	pilots, err := j.runner.Pilots(ctx, unknown, j.plan.Budget, func(text string) { a.ui.update("%s", text) })
	if err != nil {
		return err
	}
	for i := range bs {
		if p := pilots[bs[i].Name]; p != nil {
			bs[i].Pilot = analysis.PilotNoise(p.Values, p.Date, &bs[i], alpha)
		}
	}
	var allotted bench.Allotment
	if j.plan.Experiment.Copy {
		allotted = bench.AllotEvenly(bs, j.plan.Budget.Seconds())
	} else if allotted = j.plan.AllotWithPasses(bs, all); len(allotted.Decides) == 0 && !all {
		a.ui.logf("%s decides no benchmark at its margin here: all are measured for what that shows", results.Exactly(j.plan.Budget))
		allotted = j.plan.AllotWithPasses(bs, true)
	}
	for i := range bs {
		b := &bs[i]
		if !b.Measured() {
			continue
		}
		b.Rounds = allotted.Rounds[b.Name]
		text := foretell(b, allotted.Decides[b.Name] || allotted.Reserve[b.Name], alpha)
		switch {
		case b.Rounds == 0:
			b.Unmeasured = text
		case allotted.Reserve[b.Name]:
			text = "in reserve for the time that others leave: " + text
			reserve := *b
			reserve.Rounds = 0
			b.Reserve = foretell(&reserve, false, alpha) + ", and the others left less"
		}
		a.ui.logf("%s: %s", b.Name, text)
	}
	return nil
}

// calibrated fills in how those of bs spread of which a recent calibration of the
// host class, below the first of roots that has one of them, tells.
func (a *app) calibrated(bs []results.Benchmark, class string, alpha float64, roots []string) error {
	known := 0
	for _, root := range roots {
		f, err := results.ReadCalibration(root, class)
		if err != nil {
			return err
		}
		for i := range bs {
			if b := &bs[i]; b.Measured() && b.Pilot == nil {
				if b.Pilot = analysis.CalibratedNoise(f, b, a.now().Add(-bench.PilotAge), alpha); b.Pilot != nil {
					known++
				}
			}
		}
	}
	if known > 0 {
		a.ui.logf("of %s the calibration of this host class tells how it spreads", count(known, "benchmark", "benchmarks"))
	}
	return nil
}

// foretell says what b's rounds will do, in a line.
func foretell(b *results.Benchmark, decides bool, alpha float64) string {
	if len(b.Pilot) == 0 {
		if b.Rounds == 0 {
			return "not measured, as its pilot does not say how long deciding it takes"
		}
		return fmt.Sprintf("%d pairs; its pilot says nothing", 2*b.Rounds)
	}
	worst := b.Pilot[0]
	for _, n := range b.Pilot {
		if n.Need > worst.Need {
			worst = n
		}
	}
	spreads := fmt.Sprintf("%s spreads %.2g %% a pair", worst.Unit, 100*math.Expm1(worst.Sigma))
	if n := len(b.Layouts); n > 1 {
		spreads += fmt.Sprintf("; more where its %d code layouts differ", n)
	}
	takes := func(rounds int) string { return results.Roughly(4 * float64(rounds) * b.Seconds) }
	if decides {
		return fmt.Sprintf("decided by at most %d pairs, %s (%s)", 2*b.Rounds, takes(b.Rounds), spreads)
	}
	if b.Rounds == 0 {
		return fmt.Sprintf("not measured, as deciding it takes %s (%s)", takes(bench.RoundsNeeded(b)), spreads)
	}
	margin := math.Expm1(stats.MarginDecided(worst.Sigma*math.Sqrt(stats.PilotReserve(worst.Pairs)), 2*b.Rounds, alpha))
	return fmt.Sprintf("%d pairs, which decide at a margin of %.2g %%; at its own it takes %s (%s)", 2*b.Rounds, 100*margin, takes(bench.RoundsNeeded(b)), spreads)
}
