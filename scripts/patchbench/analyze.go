package main

import (
	"fmt"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"patchbench/analysis"
	"patchbench/analysis/report"
)

func (a *app) analyzeCommand() *cobra.Command {
	var q analysis.Question
	var margin string
	var exitZero bool
	cmd := &cobra.Command{
		Use:   "analyze RUN",
		Short: "Judge a run folder again, by another margin or other metrics",
		Long: `Analyze judges a run folder again and prints the report as Markdown. It writes
nothing into the folder. Asked for anything that the protocol does not ask, it
says post hoc: what is chosen with the samples at hand is a hint, not an answer.`,
		Args: oneRunFolder,
		RunE: func(cmd *cobra.Command, args []string) error {
			// Nearly all that a large run takes is numbers, which are
			// collected at next to no cost.
			debug.SetGCPercent(40)
			var err error
			if q.Margin, err = parseMargin(margin); err != nil {
				return err
			}
			result, err := analysis.Analyze(args[0], q)
			if err != nil {
				return err
			}
			if err := report.Markdown(a.stdout, result); err != nil {
				return err
			}
			if result.ExitCode == 0 || exitZero {
				return nil
			}
			return status(result.ExitCode)
		},
	}
	cmd.Flags().StringVar(&margin, "margin", "", "a loss below this is none, such as 1% or 0.01 (default the protocol's margins)")
	cmd.Flags().StringSliceVar(&q.Metrics, "metric", nil, "judge this `UNIT`, such as sec/op; may be repeated (default the protocol's primary metrics)")
	exitZeroFlag(cmd, &exitZero)
	return cmd
}

// parseMargin reads a relative margin above 0 and below 1; none is 0.
func parseMargin(text string) (float64, error) {
	if text == "" {
		return 0, nil
	}
	number, percent := strings.CutSuffix(text, "%")
	m, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if percent {
		m /= 100
	}
	if err != nil || !(m > 0 && m < 1) {
		return 0, fmt.Errorf("--margin %s: not above 0 and below 1, nor a percentage: 0.01 and 1%% are the same", text)
	}
	return m, nil
}

// oneRunFolder checks the arguments of a command for a run folder.
func oneRunFolder(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("%s takes one run folder: see %s --help", cmd.CommandPath(), cmd.CommandPath())
	}
	return nil
}
