package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"patchbench/toolchain"
)

func (a *app) verifyCommand() *cobra.Command {
	var r request
	cmd := &cobra.Command{
		Use:   "verify [EXPERIMENT]",
		Short: "Prove that both trees are what make.bash would make",
		Long: `Verify builds both sides of an experiment anew by make.bash and compares every
file by SHA-256 with what the fast path makes, and with what the base ships. It
takes minutes, and ends with status 0 if all is proven and 1 if it is not.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.verify(cmd.Context(), &r)
		},
	}
	r.bases(a, cmd)
	return cmd
}

// verify prints what is proven about an experiment.
func (a *app) verify(ctx context.Context, r *request) error {
	e, b, err := a.loadExperiment(ctx, r)
	if err != nil {
		return err
	}
	a.ui.begin("verify")
	proof, err := b.Verify(ctx, e)
	if err != nil {
		return err
	}
	a.ui.close()
	if err := printProof(a.stdout, proof); err != nil {
		return err
	}
	if !proof.Proven() {
		return status(1)
	}
	return nil
}

// shownFiles is how many of the files that differ are named.
const shownFiles = 5

// printProof prints a table of what was compared, what else is to be known,
// and the outcome.
func printProof(out io.Writer, p *toolchain.Proof) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "tree\tfiles\tidentical\n")
	for _, c := range p.Comparisons {
		mark := ""
		if !c.Identical() && !c.Needed {
			mark = ", as expected"
		} else if !c.Identical() {
			mark = ", should be all"
		}
		fmt.Fprintf(w, "%s\t%s\t%d/%d%s\n", c.Side, c.What, c.Same, c.Total, mark)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, c := range p.Comparisons {
		if len(c.Notes) == 0 && len(c.Differ) == 0 {
			continue
		}
		fmt.Fprintf(out, "\n%s, %s\n", c.Side, c.What)
		for _, note := range c.Notes {
			printWrapped(out, "  ", note)
		}
		for _, name := range c.Differ[:min(shownFiles, len(c.Differ))] {
			fmt.Fprintf(out, "  differs: %s\n", name)
		}
		if more := len(c.Differ) - shownFiles; more > 0 {
			fmt.Fprintf(out, "  and %s\n", count(more, "other", "others"))
		}
	}
	outcome := "proven"
	if !p.Proven() {
		outcome = "NOT proven"
	}
	_, err := fmt.Fprintf(out, "\n%s\n", outcome)
	return err
}

// printWrapped prints text in lines of at most 80 columns, each indented.
func printWrapped(out io.Writer, indent, text string) {
	line := indent
	for _, word := range strings.Fields(text) {
		if line != indent && len(line)+1+len(word) > 80 {
			fmt.Fprintln(out, line)
			line = indent
		}
		if line != indent {
			line += " "
		}
		line += word
	}
	fmt.Fprintln(out, line)
}
