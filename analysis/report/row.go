package report

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"patchbench/analysis"
)

// A row is one metric of one benchmark as a table shows it.
type row struct {
	Name   string
	Anchor string
	Span   int // rows of its benchmark, on the first of them; 0 on the others
	Mark   mark
	Own    *mark  // its benchmark's verdict, on the first row, if a metric's differs from it
	Apart  string // on the first row, why its benchmark's verdict does not count
	Doubt  string // why the effect is doubtful, in a few words
	Reason string // why there are no numbers; then all below is empty

	Basis                             string
	Metric                            string
	Before, After, Effect, Interval   string
	Margin, Pairs, Proven, Needed     string
	MannWhitney, TInterval, Q         string
	Notable                           bool // an exploratory metric worth a look
	BeforeSpread, AfterSpread, Spread string

	Keys keys
}

// keys are the numbers a table is sorted by, empty where there is none.
type keys struct {
	Before, After, Effect, Upper, Margin, Pairs, Proven, Needed, P string
}

func newKeys(c *analysis.Comparison) keys {
	k := keys{
		Before: key(c.Before), After: key(c.After), Effect: key(c.Effect), Upper: key(c.Upper), Margin: key(c.Margin),
		Pairs: strconv.Itoa(c.Pairs), Proven: key(c.ProvenMargin), P: key(c.MannWhitneyP),
	}
	if c.PairsNeeded > 0 {
		k.Needed = strconv.Itoa(c.PairsNeeded)
	}
	return k
}

func key(x float64) string {
	if math.IsInf(x, 0) || math.IsNaN(x) {
		return ""
	}
	return strconv.FormatFloat(x, 'g', 6, 64)
}

// newRow writes a comparison's numbers, or why it has none.
func newRow(c *analysis.Comparison) row {
	if c.Pairs == 0 {
		return row{Mark: markOf(c.Verdict), Metric: clean(c.Unit), Reason: nothing(c)}
	}
	r := row{
		Mark: markOf(c.Verdict), Metric: clean(c.Unit), Basis: clip(c.Basis, 300),
		Effect:   percent(c.Effect),
		Interval: interval(c.Lower, c.Upper, c.Margin),
		Margin:   margin(c.Margin), Pairs: strconv.Itoa(c.Pairs),
		MannWhitney: probability(c.MannWhitneyP), Q: probability(c.Q), Notable: !c.Primary && c.Q < notableQ,
		TInterval:    interval(c.TLower, c.TUpper, c.Margin),
		BeforeSpread: share(c.BeforeSpread), AfterSpread: share(c.AfterSpread), Spread: share(c.Spread),
	}
	if c.Suspicion != "" {
		r.Doubt = "layout or noise suspected"
	}
	if c.PlusOne {
		r.Metric += ", plus one"
	}
	if c.Lost > 0 && !c.Primary {
		r.Pairs += fmt.Sprintf(" of %d", c.Pairs+c.Lost)
	}
	r.Keys = newKeys(c)
	r.Before, r.After = values(c.Before, c.After, c.Unit)
	r.Proven, r.Needed = "none", "decided"
	if !math.IsInf(c.ProvenMargin, 0) && !math.IsNaN(c.ProvenMargin) {
		r.Proven = bound(c.ProvenMargin, c.Margin)
	}
	if c.PairsNeeded > 0 {
		r.Needed = fmt.Sprintf("%s, %s", count(c.PairsNeeded, "pair"), duration(c.SecondsNeeded))
	} else if c.Verdict == analysis.Inconclusive {
		r.Needed = "more would not help"
	}
	return r
}

// nothing says why a comparison has no pairs.
func nothing(c *analysis.Comparison) string {
	if c.Basis == "" {
		return clip(c.Unit+": no pairs", 300)
	}
	if strings.HasPrefix(c.Basis, c.Unit+" ") {
		return clip(c.Basis, 300)
	}
	return clip(c.Unit+": "+c.Basis, 300)
}

// rows lists the primary metrics of b, or one row with the reason why there
// are none.
func rows(b *analysis.Benchmark, anchor string) []row {
	var out []row
	for i := range b.Comparisons {
		if c := &b.Comparisons[i]; c.Primary {
			out = append(out, newRow(c))
		}
	}
	if len(out) == 0 {
		out = []row{{Mark: markOf(b.Verdict), Reason: clip(b.Basis, 300)}}
	}
	for i := range out {
		out[i].Name, out[i].Anchor = clean(b.Name), anchor
	}
	out[0].Span = len(out)
	if own := markOf(b.Verdict); slices.ContainsFunc(out, func(r row) bool { return r.Mark != own }) {
		out[0].Own = &own
	}
	if e := b.Exposure; e != nil && e.Reach == analysis.NotExposed {
		out[0].Apart = string(e.Reach)
	}
	return out
}

// exploratory lists what was measured but carries no verdict.
func exploratory(cs []analysis.Comparison) []row {
	var out []row
	for i := range cs {
		out = append(out, newRow(&cs[i]))
	}
	return out
}
