package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"patchbench/bench/load"
)

// An app is the command with what it takes from the outside.
type app struct {
	stdout, stderr io.Writer
	env            []string
	now            func() time.Time
	seed           func() uint64
	lock           string              // held while measuring
	counters       func() load.Reading // of how busy the machine is; nil for this one's

	root string // of the project, once found
	ui   *ui
}

// A status is an error that carries the verdict's exit status and has been
// told already.
type status int

func (s status) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

// Exit statuses beside the verdicts'.
const (
	exitBad         = 3
	exitInterrupted = 130
)

// main runs the command line args and returns the exit status.
func (a *app) main(ctx context.Context, args []string) int {
	a.ui = newUI(a.stderr, a.now)
	cmd := a.command()
	cmd.SetArgs(goFlags(cmd, args))
	cmd.SetOut(a.stdout)
	cmd.SetErr(a.stderr)
	err := cmd.ExecuteContext(ctx)
	a.ui.close()
	var s status
	switch {
	case err == nil:
		return 0
	case errors.As(err, &s):
		return int(s)
	case ctx.Err() != nil:
		// A child that was killed says so in its own words.
		text := strings.ReplaceAll(oneLine(err), context.Canceled.Error(), "interrupted")
		fmt.Fprintf(a.stderr, "patchbench: %s\n", text)
		return exitInterrupted
	}
	fmt.Fprintf(a.stderr, "patchbench: %s\n", oneLine(err))
	return exitBad
}

// oneLine folds an error onto one line.
func oneLine(err error) string {
	return strings.Join(strings.Fields(err.Error()), " ")
}

func (a *app) command() *cobra.Command {
	root := &cobra.Command{
		Use:   "patchbench",
		Short: "Measure what a patch to the Go runtime costs or gains",
		Long: `Patchbench builds two Go toolchains from source, before and after a patch
series, runs GC-heavy benchmarks with both, and says whether the patch costs
anything, and how sure that is. Flags may be written with one dash or two.`,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return fmt.Errorf("%w: see %s --help", err, cmd.CommandPath())
	})
	root.Args = func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return fmt.Errorf("there is no command %q: see patchbench --help", args[0])
		}
		return nil
	}
	// Flags are told in lines that a terminal of 80 columns has room for.
	root.SetUsageTemplate(strings.ReplaceAll(root.UsageTemplate(), ".FlagUsages", ".FlagUsagesWrapped 79"))
	root.RunE = func(cmd *cobra.Command, args []string) error { return cmd.Help() }
	root.AddCommand(a.compareCommand(), a.buildCommand(), a.runCommand(), a.reportCommand(), a.analyzeCommand(), a.verifyCommand(), a.forkCommand(), a.newCommand(), a.rebaseCommand(), a.diffCommand(), a.checkCommand(), a.doctorCommand(), a.suitesCommand(), a.serveCommand(), a.calibrateCommand(), a.simulateCommand(), a.versionCommand())
	return root
}

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version of patchbench and the Go it was built with",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			_, err := fmt.Fprintln(a.stdout, version())
			return err
		},
	}
}

// version names this build: the commit, where the build recorded it.
func version() string {
	v := "devel"
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision" && len(s.Value) >= 12:
				v = s.Value[:12]
			case s.Key == "vcs.modified" && s.Value == "true":
				v += "+dirty"
			}
		}
	}
	return fmt.Sprintf("patchbench %s %s", v, runtime.Version())
}

// rootVariable names the project's folder, for those who work elsewhere.
const rootVariable = "PATCHBENCH_ROOT"

// findRoot finds the project's folder: the one rootVariable names, else the
// working directory or the nearest one above it that has patches and suites.
func (a *app) findRoot() error {
	dir, err := os.Getwd()
	if err != nil {
		return err
	}
	if root := a.getenv(rootVariable); root != "" {
		if a.root, err = filepath.Abs(root); err == nil && !isProject(a.root) {
			err = fmt.Errorf("%s is %s, which is not the patchbench project (a folder with patches and bench/suites)", rootVariable, root)
		}
		return err
	}
	for d := dir; ; d = filepath.Dir(d) {
		if isProject(d) {
			a.root = d
			return nil
		}
		if d == filepath.Dir(d) {
			return fmt.Errorf("%s is not inside the patchbench project (a folder with patches and bench/suites): change to it, or name it in %s", dir, rootVariable)
		}
	}
}

func isProject(dir string) bool {
	return isDir(filepath.Join(dir, "patches")) && isDir(filepath.Join(dir, "bench", "suites"))
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// getenv reads the environment the app was given.
func (a *app) getenv(key string) string {
	for _, kv := range a.env {
		if k, v, ok := strings.Cut(kv, "="); ok && k == key {
			return v
		}
	}
	return ""
}

// display shortens a path under the working directory, for people.
func display(path string) string {
	if wd, err := os.Getwd(); err == nil {
		if rel, err := filepath.Rel(wd, path); err == nil && !strings.HasPrefix(rel, "..") {
			return rel
		}
	}
	return path
}

// completeExperiment lists the experiments, for shell completion.
func (a *app) completeExperiment(cmd *cobra.Command, args []string, prefix string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 || a.findRoot() != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return glob(filepath.Join(a.root, "patches", "*", "experiment.toml"), func(p string) string {
		return filepath.Base(filepath.Dir(p))
	}), cobra.ShellCompDirectiveNoFileComp
}

func (a *app) completeSuite(cmd *cobra.Command, args []string, prefix string) ([]string, cobra.ShellCompDirective) {
	if a.findRoot() != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return glob(filepath.Join(a.root, "bench", "suites", "*.toml"), func(p string) string {
		return strings.TrimSuffix(filepath.Base(p), ".toml")
	}), cobra.ShellCompDirectiveNoFileComp
}

func glob(pattern string, name func(string) string) []string {
	paths, _ := filepath.Glob(pattern)
	var names []string
	for _, p := range paths {
		names = append(names, name(p))
	}
	return names
}
