package simulate

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// WriteTSV writes the rows with a header line, rates as shares from 0 to 1, each
// followed by its Monte-Carlo standard error. An empty field is a value that
// the method does not give.
func (t *Table) WriteTSV(w io.Writer) error {
	b := bufio.NewWriter(w)
	fmt.Fprintln(b, strings.Join([]string{
		"host", "theta/m", "method", "trials",
		"no-loss", "no-loss-se", "regression", "regression-se", "improvement", "improvement-se", "inconclusive", "inconclusive-se",
		"pairs", "pairs-se", "lower-holds", "lower-holds-se", "upper-holds", "upper-holds-se",
	}, "\t"))
	for _, r := range t.Rows {
		fields := []string{r.Host, number(r.Effect), r.Method, strconv.Itoa(r.Trials)}
		for _, rate := range []float64{r.NoLoss, r.Regression, r.Improvement, r.Inconclusive} {
			fields = append(fields, number(rate), number(r.Error(rate)))
		}
		fields = append(fields, number(r.Pairs), number(r.PairsError))
		for _, rate := range []float64{r.LowerHolds, r.UpperHolds} {
			fields = append(fields, number(rate), number(r.Error(rate)))
		}
		fmt.Fprintln(b, strings.Join(fields, "\t"))
	}
	return flush(b)
}

// number has four significant digits or nothing where there is no number.
func number(x float64) string {
	if math.IsNaN(x) {
		return ""
	}
	return strconv.FormatFloat(x, 'g', 4, 64)
}

// summary is what a reader needs who comes from the project's README.
const summary = `# What a verdict's promises are worth

` + "`make simulate`" + ` plays whole comparisons on synthetic hosts, where the true loss θ
is known, with the code that gives verdicts to runs. It counts how often a loss is
called where there is none, how often a loss of the margin m or more is excluded,
and how many pairs of processes that takes, beside a paired test of fixed size and
what benchstat does. The same command always comes to the same tables.

![By host and method: how often something is found where there is nothing, with the promised level](false-alarms.svg)

![By host: the share of trials that exclude a loss of the margin, over the true loss](power.svg)

![By host: the mean number of pairs until the decision, over the true loss](pairs.svg)

`

// Pictures are the files that WriteMarkdown shows, by name.
func (t *Table) Pictures() map[string]func(io.Writer) error {
	return map[string]func(io.Writer) error{
		"false-alarms.svg": t.WriteFalseAlarms, "power.svg": t.WritePower, "pairs.svg": t.WritePairs,
	}
}

// WriteMarkdown writes what is shown, the pictures, what the methods are, and for
// each host a section with a table of its rows, rates in percent with their
// Monte-Carlo standard errors.
func (t *Table) WriteMarkdown(w io.Writer) error {
	b := bufio.NewWriter(w)
	b.WriteString(summary)
	fmt.Fprintf(b, "Seed %d, one-sided level %g.\n\n", t.Seed, t.Alpha)
	for _, m := range t.Methods {
		fmt.Fprintf(b, "- **%s**: %s\n", m.Name, m.Doc)
	}
	for _, h := range t.Hosts {
		fmt.Fprintf(b, "\n## %s\n\n%s. Standard deviation of a paired difference %.3g, margin %.3g, fixed size %d pairs.\n\n",
			h.Host.Name, sentence(h.Host.Doc), h.Setting.Sigma, h.Setting.Margin, h.Setting.Pairs())
		fmt.Fprintln(b, "| θ/m | method | no loss % | regression % | improvement % | inconclusive % | pairs | lower bound holds % | upper bound holds % |")
		fmt.Fprintln(b, "|---:|---|---:|---:|---:|---:|---:|---:|---:|")
		for _, r := range t.Rows {
			if r.Host != h.Host.Name {
				continue
			}
			fmt.Fprintf(b, "| %s | %s |", number(r.Effect), r.Method)
			for _, rate := range []float64{r.NoLoss, r.Regression, r.Improvement, r.Inconclusive} {
				fmt.Fprintf(b, " %s |", r.percent(rate))
			}
			fmt.Fprintf(b, " %.1f ± %.1f | %s | %s |\n", r.Pairs, r.PairsError, r.percent(r.LowerHolds), r.percent(r.UpperHolds))
		}
	}
	return flush(b)
}

func (r Row) percent(rate float64) string {
	if math.IsNaN(rate) {
		return "–"
	}
	return fmt.Sprintf("%.1f ± %.1f", 100*rate, 100*r.Error(rate))
}

// sentence begins s in upper case.
func sentence(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func flush(b *bufio.Writer) error {
	if err := b.Flush(); err != nil {
		return fmt.Errorf("writing the simulation's table: %w", err)
	}
	return nil
}
