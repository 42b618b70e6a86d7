package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"patchbench/bench"
	"patchbench/results"
)

// A suitesRequest is what a command line asks about suites.
type suitesRequest struct {
	request
	measure bool
}

func (a *app) suitesCommand() *cobra.Command {
	r := suitesRequest{request: request{experiment: "mark-worker-preemption"}}
	cmd := &cobra.Command{
		Use:   "suites [SUITE]",
		Short: "List the benchmarks of the suites, with what each was seen to do",
		Long: `Suites lists every benchmark: where it comes from, what it loads, and what it
was seen to do on a host of this class: the wall time of a sample, the
collector's share of its CPU time, cycles a second, and how sec/op and CPU time
spread between processes. With --measure it measures that first, on the before
side of an experiment, and keeps it below results/suites.`,
		Example: `  patchbench suites quick
  patchbench suites --measure gc`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				r.suite = args[0]
			}
			if !r.measure && cmd.Flags().Changed("experiment") {
				return fmt.Errorf("--experiment goes with --measure")
			}
			return a.suites(cmd.Context(), &r)
		},
		ValidArgsFunction: a.completeSuite,
	}
	cmd.Flags().BoolVar(&r.measure, "measure", false, "measure the benchmarks, 12 processes of each")
	cmd.Flags().StringVar(&r.experiment, "experiment", r.experiment, "with --measure: the experiment whose before side is measured")
	cmd.Flags().StringVar(&r.results, "results", "results", "folder for run folders, with what is known of suites")
	return cmd
}

// A listed is a benchmark with the suites that have it.
type listed struct {
	bench.SuiteBenchmark
	suites []string
}

// suites lists the benchmarks that r asks for.
func (a *app) suites(ctx context.Context, r *suitesRequest) error {
	if err := a.findRoot(); err != nil {
		return err
	}
	if r.measure {
		if err := a.survey(ctx, r); err != nil {
			return err
		}
		a.ui.close()
	}
	dir := filepath.Join(a.root, "bench", "suites")
	names := bench.SuiteNames(dir)
	if r.suite != "" {
		names = []string{r.suite}
	}
	var list []*listed
	for _, name := range names {
		s, err := bench.LoadSuite(dir, name)
		if err != nil {
			return err
		}
		for i, line := range wrap(s.Title, 66) {
			head := ""
			if i == 0 {
				head = name
			}
			fmt.Fprintf(a.stdout, "%-12s %s\n", head, line)
		}
		for _, b := range s.Benchmarks {
			i := slices.IndexFunc(list, func(l *listed) bool { return l.Name == b.Name && l.Package == b.Package })
			if i < 0 {
				i, list = len(list), append(list, &listed{SuiteBenchmark: b})
			}
			list[i].suites = append(list[i].suites, name)
		}
	}
	class := bench.LocalHost().Class
	known, err := results.ReadSurvey(surveyPath(r.results, class))
	if err != nil {
		return err
	}
	if len(known.Benchmarks) == 0 {
		fmt.Fprintf(a.stdout, "\nnothing was measured yet on this class of host, %s:\nsee patchbench suites --help\n", class)
	}
	for _, b := range list {
		if err := a.printListed(b, known); err != nil {
			return err
		}
	}
	return nil
}

func surveyPath(dir, class string) string {
	return filepath.Join(dir, results.SurveyDir, class+".json")
}

// printListed prints what there is to say of one benchmark, within 80 columns.
func (a *app) printListed(b *listed, known *results.Survey) error {
	w := a.stdout
	fmt.Fprintf(w, "\n%s  (%s)\n", b.Name, strings.Join(b.suites, ", "))
	for _, line := range wrap(b.Loads, 76) {
		fmt.Fprintf(w, "    %s\n", line)
	}
	if err := a.printOrigin(b.Package, ""); err != nil {
		return err
	}
	if b.From != "" {
		fmt.Fprintf(w, "    from %s on\n", b.From)
	}
	for _, e := range b.Eras {
		switch {
		case e.None != "":
			fmt.Fprintf(w, "    from %s on: none, %s\n", e.From, e.None)
		case e.Package != "":
			if err := a.printOrigin(e.Package, "from "+e.From+" on: "); err != nil {
				return err
			}
		}
	}
	for _, s := range known.Benchmarks {
		if name, _, _ := strings.Cut(s.Name, "-"); name == b.Name {
			fmt.Fprintf(w, "    %s: %s\n", s.Name, seen(&s))
			fmt.Fprintf(w, "    %s  %s, %s, load %.1f\n", strings.Repeat(" ", len(s.Name)), s.Base, s.Date.Format("2006-01-02"), s.Load)
		}
	}
	return nil
}

// printOrigin prints where a package comes from.
func (a *app) printOrigin(pkg, head string) error {
	version, err := bench.PinnedVersion(filepath.Join(a.root, "bench", "modules"), pkg)
	if err != nil {
		return err
	}
	if version == "" {
		version = pkg
	}
	fmt.Fprintf(a.stdout, "    %s%s\n", head, version)
	return nil
}

// digits writes a rate without more digits than it is known to.
func digits(x float64) string {
	if x >= 10 {
		return fmt.Sprintf("%.0f", x)
	}
	return fmt.Sprintf("%.1f", x)
}

// wrap breaks text into lines of at most width columns.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len(line)+1+len(word) > width {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}
