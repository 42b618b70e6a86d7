package main

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"patchbench/analysis"
	"patchbench/results"
)

func (a *app) buildCommand() *cobra.Command {
	var r request
	var complete bool
	var goarch string
	cmd := &cobra.Command{
		Use:   "build [EXPERIMENT]",
		Short: "Build both sides and the benchmarks",
		Long: `Build makes the two trees of an experiment, a folder of patches, and the
suite's test binaries with both. What is built already is used again. Trees
have their base's commands, which compile the patched source as their own
would; with --complete those are built too, and the trees' places printed.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if goarch != runtime.GOARCH && !complete {
				return fmt.Errorf("--arch says what --complete builds commands for: give both, or neither")
			}
			if !slices.Contains(architectures, goarch) {
				return fmt.Errorf("there are no trees for %q: give --arch %s", goarch, strings.Join(architectures, " or "))
			}
			j, err := a.load(cmd.Context(), &r)
			if err != nil {
				return err
			}
			if err := a.build(cmd.Context(), j); err != nil {
				return err
			}
			if err := j.cross(cmd.Context()); err != nil || !complete {
				return err
			}
			return a.complete(cmd.Context(), j, goarch)
		},
	}
	cmd.Flags().BoolVar(&complete, "complete", false, "build the commands of both trees too, from their own source")
	cmd.Flags().StringVar(&goarch, "arch", runtime.GOARCH, "with --complete: for which architecture, besides this machine's")
	cmd.RegisterFlagCompletionFunc("arch", cobra.FixedCompletions(architectures, cobra.ShellCompDirectiveNoFileComp))
	r.flags(a, cmd, false)
	return cmd
}

// complete builds the commands of both trees and prints where the trees are.
func (a *app) complete(ctx context.Context, j *job, goarch string) error {
	for _, side := range results.Sides() {
		t, err := j.builder.Complete(ctx, j.runner.Trees[side], goarch)
		if err != nil {
			return err
		}
		a.ui.close()
		fmt.Fprintf(a.stdout, "%s  %s\n", side, t.GOROOT)
	}
	return nil
}

func (a *app) runCommand() *cobra.Command {
	var r request
	cmd := &cobra.Command{
		Use:   "run [EXPERIMENT]",
		Short: "Build and measure, without a report",
		Long: `Run builds what is missing, checks and measures both sides, and prints the path
of the run folder. An interrupted run is gone on with by the same command.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			dir, err := a.run(cmd.Context(), &r)
			if err != nil {
				return err
			}
			a.ui.close()
			_, err = fmt.Fprintln(a.stdout, display(dir))
			return err
		},
	}
	r.flags(a, cmd, true)
	return cmd
}

// run builds, checks and measures.
func (a *app) run(ctx context.Context, r *request) (dir string, err error) {
	j, err := a.load(ctx, r)
	if err != nil {
		return "", err
	}
	// A suite that is for other bases, or a budget that can't buy one round, is
	// told before anything is built.
	likely, err := foreseen(j.plan)
	if err != nil {
		return "", err
	}
	if _, err := likely.Spend(untried(likely)); err != nil {
		return "", err
	}
	if err := a.build(ctx, j); err != nil {
		return "", err
	}
	if err := a.checkFirst(ctx, j, r); err != nil {
		return "", err
	}
	return a.measure(ctx, j, r)
}

func (a *app) reportCommand() *cobra.Command {
	var exitZero bool
	cmd := &cobra.Command{
		Use:   "report RUN [OTHER...]",
		Short: "Make the report of a run folder anew",
		Long: `Report analyses a run folder and writes verdict.json, report.md, report.html,
benchstat.txt and the flame graphs into it. It needs nothing but the folder.
Runs of the same experiment on other hosts, named behind it, stand beside it
in the report. They are never pooled.`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return oneRunFolder(cmd, args)
			}
			return a.report(args[0], args[1:], exitZero)
		},
	}
	exitZeroFlag(cmd, &exitZero)
	return cmd
}

func (a *app) compareCommand() *cobra.Command {
	var r request
	var dry, exitZero bool
	cmd := &cobra.Command{
		Use:   "compare [EXPERIMENT]",
		Short: "Build both sides, measure them, and report",
		Long: `Compare answers what the patches of an experiment cost or gain, or, without
patches, what --after costs or gains against --before. It builds both sides,
checks that they are sound, measures them in pairs, writes the report into a
run folder, and ends with the verdict's status: 0 no loss or improvement,
1 regression, 2 inconclusive, 3 broken. A side that is not sound is not
measured: that is broken too, and leaves no run folder.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if dry {
				return a.showPlan(cmd.Context(), &r)
			}
			dir, err := a.run(cmd.Context(), &r)
			if err != nil {
				return err
			}
			return a.report(dir, nil, exitZero)
		},
	}
	r.flags(a, cmd, true)
	cmd.Flags().BoolVarP(&dry, "dry-run", "n", false, "print the plan and its time without running it")
	exitZeroFlag(cmd, &exitZero)
	return cmd
}

func exitZeroFlag(cmd *cobra.Command, v *bool) {
	cmd.Flags().BoolVar(v, "exit-zero", false, "end with status 0 whenever a report was made, whatever its verdict")
}

// report analyses the run folder dir, writes its report and prints the
// verdict, last.
func (a *app) report(dir string, others []string, exitZero bool) error {
	a.ui.begin("report")
	result, err := analysis.Analyze(dir, analysis.Question{})
	if err != nil {
		return err
	}
	for _, path := range others {
		other, err := analysis.Analyze(path, analysis.Question{})
		if err != nil {
			return err
		}
		if theirs, ours := other.Protocol.Experiment, result.Protocol.Experiment; theirs != ours {
			return fmt.Errorf("%s is a run of %s, %s one of %s: give runs of one experiment", path, theirs, dir, ours)
		}
		result.Others = append(result.Others, other)
	}
	if err := a.writeReport(dir, result); err != nil {
		return err
	}
	a.ui.close()
	fmt.Fprintf(a.stdout, "%s\nreport: %s\nverdict: %s\n", result.Sentence, display(filepath.Join(dir, "report.html")), result.Verdict)
	if result.ExitCode == 0 || exitZero {
		return nil
	}
	return status(result.ExitCode)
}
