package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"patchbench/bench"
	"patchbench/bench/doctor"
	"patchbench/results"
)

func (a *app) doctorCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Tell what makes measurements on this host doubtful",
		Long: `Doctor looks at what disturbs measurements on this host, and says of each thing
what it does to them and, where there is one, the command that mends it. It
changes nothing, takes a second, and ends with status 0 whatever it finds.

The score is 100 less what each check costs: all of its weight where it is bad,
half where it matters or can't be seen. A run's protocol records it.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return fmt.Errorf("%s takes no arguments: see %s --help", cmd.CommandPath(), cmd.CommandPath())
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			a.ui.begin("doctor")
			r, err := a.newDoctor(slices.Max(bench.DefaultProcs(bench.LocalHost().Cores))).Examine(cmd.Context())
			if err != nil {
				return err
			}
			a.ui.close()
			if asJSON {
				enc := json.NewEncoder(a.stdout)
				enc.SetEscapeHTML(false)
				enc.SetIndent("", "\t")
				return enc.Encode(r)
			}
			return printDoctor(a.stdout, r)
		},
	}
	// Nightly jobs keep the score with each night's results.
	cmd.Flags().BoolVar(&asJSON, "json", false, "print everything as JSON, for programs")
	return cmd
}

func (a *app) newDoctor(procs int) *doctor.Doctor {
	return &doctor.Doctor{Root: "/", Procs: procs, Now: a.now, Sleep: bench.Sleep}
}

// examine is what the protocol of a run of bs keeps of this host's state. It
// fails only when ctx ends.
func (a *app) examine(ctx context.Context, bs []results.Benchmark) (*results.Doctor, error) {
	procs := 1
	for _, b := range bs {
		procs = max(procs, b.Procs)
	}
	r, err := a.newDoctor(procs).Examine(ctx)
	if err != nil {
		return nil, err
	}
	s := r.Summary()
	a.ui.logf("this host has %d of 100 points; patchbench doctor says why", s.Score)
	return s, nil
}

// Columns of the doctor's table.
const (
	doctorWidth = 80
	seenColumn  = 25
	mendColumn  = 9
)

// printDoctor prints a line for each check that is fine, and for the others
// what they do and what mends them.
func printDoctor(w io.Writer, r *doctor.Report) error {
	var b strings.Builder
	fmt.Fprintf(&b, "score %d of 100\n\n", r.Score)
	for _, c := range r.Checks {
		lines := wrap(c.Seen, doctorWidth-seenColumn)
		if c.Level != doctor.Fine {
			lines = append(lines, wrap(c.Effect, doctorWidth-seenColumn)...)
		}
		fmt.Fprintf(&b, "%-7s  %-15s %s\n", c.Level, c.Name, lines[0])
		for _, line := range lines[1:] {
			fmt.Fprintf(&b, "%*s%s\n", seenColumn, "", line)
		}
		if c.Mend != "" && c.Level != doctor.Fine {
			// As the shell folds a line, so that it can be copied. A path is
			// never broken, however long.
			fold := " \\\n" + strings.Repeat(" ", mendColumn+4)
			command := strings.Join(wrap(c.Mend, doctorWidth-mendColumn-6), fold)
			fmt.Fprintf(&b, "%*s$ %s\n", mendColumn, "", command)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
