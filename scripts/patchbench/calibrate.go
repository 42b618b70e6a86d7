package main

import (
	"cmp"
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
)

// The sizes of a calibration, in comparisons of a benchmark with itself.
func calibrationSizes() map[string]int { return map[string]int{"quick": 40, "full": 200} }

func (a *app) calibrateCommand() *cobra.Command {
	var r request
	var size string
	var layouts int
	cmd := &cobra.Command{
		Use:   "calibrate EXPERIMENT",
		Short: "Measure how often verdicts are wrong on this host",
		Long: `Calibrate compares the before side of an experiment with a copy of itself,
built apart, through the pipeline of every run, and counts what is called though
there is nothing to find. It measures run after run until there are as many
comparisons of a benchmark as --size asks for: quick is 40, full is 200, and more
adds one run. What was measured before in as many layouts counts, so that an
interrupted calibration goes on where it was.

Of an experiment whose after is made to lose something, as its experiment.toml
says by planted, both sides are compared, and what is counted is how often that
is found.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			target, ok := calibrationSizes()[size]
			if !ok && size != "more" {
				return fmt.Errorf("--size %q: give quick, full or more", size)
			}
			if layouts < 1 || layouts > bench.MaxLayouts {
				return fmt.Errorf("--layouts %d: give 1 to %d", layouts, bench.MaxLayouts)
			}
			return a.calibrate(cmd.Context(), &r, target, layouts)
		},
	}
	cmd.Flags().StringVar(&size, "size", "quick", "quick, full, or more for one run more")
	cmd.Flags().IntVar(&layouts, "layouts", 1, "code layouts of each side")
	cmd.Flags().StringVar(&r.suite, "suite", "", "the suite of benchmarks, a file of bench/suites (default calibration, or planted where a loss is)")
	cmd.Flags().DurationVar(&r.budget, "budget", 3*time.Minute, "time for each run")
	cmd.Flags().StringVar(&r.results, "results", "results", "folder for the calibration, made if need be")
	cmd.RegisterFlagCompletionFunc("suite", a.completeSuite)
	cmd.RegisterFlagCompletionFunc("size", cobra.FixedCompletions([]string{"quick", "full", "more"}, cobra.ShellCompDirectiveNoFileComp))
	r.bases(a, cmd)
	return cmd
}

// calibrate adds runs until there are target comparisons, or one run where
// target is 0.
func (a *app) calibrate(ctx context.Context, r *request, target, layouts int) error {
	chosen := r.suite
	r.suite = cmp.Or(chosen, "calibration")
	j, err := a.load(ctx, r)
	if err != nil {
		return err
	}
	if chosen == "" && j.plan.Experiment.Planted > 0 {
		if j.plan.Suite, err = bench.LoadSuite(filepath.Join(a.root, "bench", "suites"), "planted"); err != nil {
			return err
		}
	}
	class := j.plan.Host.Class
	f, err := results.ReadCalibration(r.results, class)
	if err != nil {
		return err
	}
	if f == nil {
		f = &results.CalibrationFile{Format: results.Format}
	}
	if len(f.Trials) == 0 {
		f.Host = j.plan.Host
	}
	c := &calibration{file: f, root: r.results, planted: j.plan.Experiment.Planted, layouts: layouts}
	if c.planted == 0 {
		j.plan.Experiment = j.plan.Experiment.Calibration()
	}
	c.folder = j.plan.Experiment.Name
	suite := *j.plan.Suite
	suite.Layouts = layouts
	j.plan.Suite = &suite
	// Runs whose trials an interruption kept from the file.
	if err := c.take(); err != nil {
		return err
	}
	r.all = true
	for runs := 0; c.counted() < target || target == 0 && runs == 0; runs++ {
		a.ui.logf("%d of %d comparisons%s", c.counted(), target, c.variants())
		if j.runner == nil {
			if err := a.build(ctx, j); err != nil {
				return err
			}
		}
		before := c.counted()
		dir, err := a.measure(ctx, j, r)
		if err != nil {
			return err
		}
		if err := c.take(); err != nil {
			return err
		}
		if c.counted() == before {
			return c.fruitless(dir, r.budget)
		}
	}
	path := filepath.Join(r.results, results.CalibrationDir, class+".md")
	a.ui.close()
	text := analysis.CalibrationText(analysis.Calibrate(f), a.now())
	if c.planted > 0 {
		text = analysis.PlantedText(f, c.planted)
	}
	fmt.Fprintf(a.stdout, "%s\n%s\n", text, display(path))
	return nil
}

// A calibration is under way: what a host class shows of one sort of trial.
type calibration struct {
	file    *results.CalibrationFile
	root    string  // of results
	folder  string  // below root, of its runs
	planted float64 // the loss there is to find, 0 for none
	layouts int     // code layouts of each side
}

// counted is how many comparisons of a benchmark there are, of this sort.
func (c *calibration) counted() int {
	n := 0
	for i := range c.file.Trials {
		if t := &c.file.Trials[i]; t.First && t.Planted == c.planted && t.InLayouts() == c.layouts {
			n++
		}
	}
	return n
}

// variants says in which layouts comparisons are counted, nothing if in one.
func (c *calibration) variants() string {
	if c.layouts == 1 {
		return ""
	}
	return fmt.Sprintf(" in %d layouts", c.layouts)
}

// fruitless says why a run, in the folder dir, added no comparison.
func (c *calibration) fruitless(dir string, budget time.Duration) error {
	run, err := analysis.Analyze(dir, analysis.Question{})
	if err != nil {
		return err
	}
	for i := range run.Protocol.Benchmarks {
		if b := &run.Protocol.Benchmarks[i]; b.Measured() && max(1, len(b.Layouts)) != c.layouts {
			return fmt.Errorf("%s was measured in %s, as there are no more for this base and host: leave out --layouts", b.Name, count(max(1, len(b.Layouts)), "layout", "layouts"))
		}
	}
	switch {
	case run.Verdict == analysis.Broken:
		return fmt.Errorf("%s: %s", display(dir), oneLine(errors.New(run.Sentence)))
	case run.Noise.Excluded > 0:
		const perBlock = 4
		return fmt.Errorf("%d of %s in %s were left out, as the machine was not free for them (%s), so no benchmark has the %d pairs a verdict needs: wait until it is quiet, or give more by --budget than %s",
			run.Noise.Excluded, count(run.Samples/perBlock, "block", "blocks"), display(dir), run.Protocol.Exclusion, run.Protocol.MinPairs, results.Exactly(budget))
	}
	return fmt.Errorf("a budget of %s gives no benchmark the %d pairs a verdict needs: give more by --budget", results.Exactly(budget), run.Protocol.MinPairs)
}

// take adds what finished runs show that the file lacks, and writes it and the
// page that tells of it, if there is anything.
func (c *calibration) take() error {
	f := c.file
	paths, err := filepath.Glob(filepath.Join(c.root, c.folder, "*", results.ProtocolFile))
	if err != nil {
		return err
	}
	slices.Sort(paths)
	added := false
	for _, path := range paths {
		dir := filepath.Dir(path)
		name := c.folder + "/" + filepath.Base(dir)
		if slices.ContainsFunc(f.Trials, func(t results.Calibrated) bool { return t.Run == name }) {
			continue
		}
		p, _, err := results.ReadProtocol(dir)
		if err != nil {
			return err
		}
		events, err := results.ReadEvents(dir)
		if err != nil {
			return err
		}
		done := slices.ContainsFunc(events, func(e results.Event) bool { return e.Kind == results.EventDone })
		if p.Host.Class != f.Host.Class || !done {
			continue
		}
		trials, err := analysis.Calibrated(dir, c.planted)
		if err != nil {
			return err
		}
		for i := range trials {
			trials[i].Run = name
		}
		if len(trials) > 0 {
			f.Trials, f.Host, added = append(f.Trials, trials...), p.Host, true
		}
	}
	if len(f.Trials) == 0 {
		return nil
	}
	if err := os.MkdirAll(filepath.Join(c.root, results.CalibrationDir), 0o755); err != nil {
		return err
	}
	if added {
		slices.SortStableFunc(f.Trials, func(x, y results.Calibrated) int { return strings.Compare(x.Run, y.Run) })
		if err := f.Write(c.root); err != nil {
			return err
		}
	}
	path := strings.TrimSuffix(results.CalibrationPath(c.root, f.Host.Class), ".json") + ".md"
	return results.WriteFile(path, []byte(analysis.CalibrationMarkdown(f)))
}

// calibration is what is known of a host class: by the results this run goes
// to, or by those of the project.
func (a *app) calibration(root, class string) (*results.Calibration, error) {
	for _, dir := range []string{root, filepath.Join(a.root, "results")} {
		f, err := results.ReadCalibration(dir, class)
		if err != nil {
			return nil, err
		}
		if c := analysis.Calibrate(f); c != nil {
			return c, nil
		}
	}
	return nil, nil
}
