package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"patchbench/results"
	"patchbench/toolchain"
)

func (a *app) checkCommand() *cobra.Command {
	var r request
	var full bool
	cmd := &cobra.Command{
		Use:   "check [EXPERIMENT]",
		Short: "Tell whether both sides are sound, before anything is measured",
		Long: `Check runs the runtime's own tests and our programs with both sides, under
settings that make the collector check itself and at several GOMAXPROCS. It
takes up to two minutes, or with --full some twenty, and what a tree's checks
gave is kept. It ends with status 0 if both sides are sound, or after fails
nothing that before does not, and 3 if after is broken.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.check(cmd.Context(), &r, full)
		},
	}
	cmd.Flags().BoolVar(&full, "full", false, "run all tests of the runtime, and each program under each setting")
	r.bases(a, cmd)
	return cmd
}

// check prints how both sides of an experiment get through the gate.
func (a *app) check(ctx context.Context, r *request, full bool) error {
	exp, builder, err := a.loadExperiment(ctx, r)
	if err != nil {
		return err
	}
	a.ui.begin("build")
	before, after, err := builder.Build(ctx, exp)
	if err != nil {
		return err
	}
	result, err := a.gate(ctx, builder.Cache, before, after, full)
	if err != nil {
		return err
	}
	a.ui.close()
	if err := printGate(a.stdout, result); err != nil {
		return err
	}
	if result.Broken != "" {
		return status(exitBad)
	}
	return nil
}

// checkFlag adds the flag that says how both sides are checked first.
func (r *request) checkFlag(cmd *cobra.Command) {
	cmd.Flags().StringVar(&r.check, "check", "default", "what both sides must get through first: none, default or full")
	cmd.RegisterFlagCompletionFunc("check", cobra.FixedCompletions(checkModes(), cobra.ShellCompDirectiveNoFileComp))
}

func checkModes() []string { return []string{"none", "default", "full"} }

// checkFirst runs the gate that r asks for before a measurement. Trees that
// don't get through are not measured: that is the verdict.
func (a *app) checkFirst(ctx context.Context, j *job, r *request) error {
	if r.check == "none" {
		return nil
	}
	result, err := a.gate(ctx, j.cache, j.runner.Trees[results.Before], j.runner.Trees[results.After], r.check == "full")
	if err != nil {
		return err
	}
	for _, id := range result.Known {
		a.ui.logf("before fails %s: known, so it breaks nothing", id)
	}
	if result.Broken != "" {
		a.ui.close()
		fmt.Fprintf(a.stdout, "not measured: %s\nverdict: broken\n", result.Broken)
		return status(exitBad)
	}
	j.gate = gateSummary(result)
	a.ui.logf("both sides are sound: %d checks passed on before, %d on after", j.gate.Passed[results.Before], j.gate.Passed[results.After])
	return nil
}

// gateSummary is what a run folder keeps of the gate.
func gateSummary(r *toolchain.GateResult) *results.Gate {
	s := &results.Gate{
		Subset: r.Subset, Date: r.Date, Known: r.Known,
		Passed: make(map[results.Side]int), Failed: make(map[results.Side]int), LeftOut: make(map[results.Side]int),
	}
	for side, checks := range map[results.Side]*toolchain.GateSide{results.Before: &r.Before, results.After: &r.After} {
		s.Passed[side], s.Failed[side], s.LeftOut[side] = checks.Counts()
		for _, c := range checks.Checks {
			s.Seconds += c.Seconds
		}
	}
	return s
}

// gate runs the correctness gate, while nothing is measured on this machine.
func (a *app) gate(ctx context.Context, cache *toolchain.Cache, before, after *toolchain.Tree, full bool) (*toolchain.GateResult, error) {
	a.ui.begin("check")
	g := &toolchain.Gate{
		Alone:    a.alone,
		Cache:    cache,
		Programs: filepath.Join(a.root, "bench", "programs"),
		Log:      a.ui.logf,
		Now:      a.now,
		Progress: func(p toolchain.GateProgress) {
			a.ui.update("%s %s %d/%d  %s", bar(p.Done, p.Total, 10), p.Side, p.Done+1, p.Total, p.Check)
		},
	}
	result, err := g.Check(ctx, before, after, full)
	if ctx.Err() != nil {
		return nil, fmt.Errorf("interrupted: the checks that are over are kept; the same command goes on there")
	}
	return result, err
}

// printGate prints a table of the checks by name, every failure, what was
// left out, and the outcome.
func printGate(out io.Writer, r *toolchain.GateResult) error {
	sides := map[results.Side]*toolchain.GateSide{results.Before: &r.Before, results.After: &r.After}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "check\tbefore\tafter\n")
	names, rows := gateRows(sides)
	for _, name := range names {
		fmt.Fprintf(w, "%s\t%s\t%s\n", name, rows[results.Before][name], rows[results.After][name])
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, side := range results.Sides() {
		for i := range sides[side].Checks {
			if c := &sides[side].Checks[i]; c.Bad() {
				fmt.Fprintf(out, "\n%s %s: %s\n", side, c.Outcome, c.ID())
				printWrapped(out, "  ", c.Reason)
				fmt.Fprintf(out, "  log: %s\n", display(c.Log))
			}
		}
	}
	fmt.Fprintln(out)
	printed := make(map[string]bool)
	for _, side := range results.Sides() {
		givenUp := 0
		for i := range sides[side].Checks {
			c := &sides[side].Checks[i]
			line := c.ID() + ": " + c.Reason
			switch {
			case c.Outcome != toolchain.LeftOut || printed[line]:
			case c.Procs > 0: // left out with the rest of its side
				givenUp++
			default:
				printed[line] = true
				printWrapped(out, "  ", "left out: "+line)
			}
		}
		if givenUp > 0 {
			printWrapped(out, "  ", fmt.Sprintf("left out: %s of %s, given up after too many failures", count(givenUp, "check", "checks"), side))
		}
	}
	fmt.Fprintln(out)
	printWrapped(out, "", "rule: "+toolchain.GateRule)
	outcome := "sound"
	switch {
	case r.Broken != "":
		outcome = "broken: " + r.Broken
	case len(r.Known) > 0:
		outcome = fmt.Sprintf("sound, but for %s known on before", count(len(r.Known), "failure", "failures"))
	}
	_, err := fmt.Fprintf(out, "\n%s (%s checks)\n", outcome, r.Subset)
	return err
}

// gateRows sums both sides' checks up by name, in the order they were run.
func gateRows(sides map[results.Side]*toolchain.GateSide) (names []string, rows map[results.Side]map[string]string) {
	rows = make(map[results.Side]map[string]string)
	seen := make(map[string]bool)
	for _, side := range results.Sides() {
		by := make(map[string]*toolchain.GateSide)
		for _, c := range sides[side].Checks {
			if c.Procs == 0 {
				continue
			}
			if !seen[c.Name] {
				seen[c.Name] = true
				names = append(names, c.Name)
			}
			if by[c.Name] == nil {
				by[c.Name] = new(toolchain.GateSide)
			}
			by[c.Name].Checks = append(by[c.Name].Checks, c)
		}
		rows[side] = make(map[string]string)
		for name, s := range by {
			rows[side][name] = gateCell(s)
		}
	}
	return names, rows
}

// gateCell sums checks up.
func gateCell(s *toolchain.GateSide) string {
	seconds := 0.0
	for i := range s.Checks {
		seconds += s.Checks[i].Seconds
	}
	passed, failed, leftOut := s.Counts()
	text := fmt.Sprintf("%d passed", passed)
	if failed > 0 {
		text += fmt.Sprintf(", %d FAILED", failed)
	}
	if leftOut > 0 {
		text += fmt.Sprintf(", %d left out", leftOut)
	}
	return fmt.Sprintf("%s, %.0f s", text, seconds)
}
