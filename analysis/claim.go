package analysis

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"patchbench/results"
)

// A Standing is how a claim of improvement fares.
type Standing string

// The standings.
const (
	ClaimHeld    Standing = "held"
	ClaimRefuted Standing = "refuted"
	ClaimOpen    Standing = "open"
)

// A Claim says how the improvements fare that the experiment claims of named
// benchmarks: held if all of them are, refuted if any of them is.
type Claim struct {
	Standing Standing      `json:"standing"`
	Parts    []ClaimedPart `json:"parts"` // by name
}

// A ClaimedPart is what is claimed of one benchmark.
type ClaimedPart struct {
	Benchmark string   `json:"benchmark"`
	Unit      string   `json:"unit,omitempty"` // its first primary metric; empty where nothing was compared
	Least     float64  `json:"least"`          // the improvement claimed, relative
	Standing  Standing `json:"standing"`
	Basis     string   `json:"basis"` // what that rests on, in one phrase
}

// claim judges what the experiment claims of named benchmarks, whose verdicts
// are settled. It is nil where it names none.
func (a *Analysis) claim(records map[string]*record) *Claim {
	p := a.Protocol
	if len(p.Improves) == 0 {
		return nil
	}
	borne := make(map[string]bool)
	var named []*Benchmark
	for i := range a.Benchmarks {
		b := &a.Benchmarks[i]
		pb := records[b.Name].benchmark
		borne[pb.Name], borne[pb.PlainName()] = true, true
		if p.Claimed(pb) > 0 {
			named = append(named, b)
		}
	}
	c := &Claim{Standing: ClaimHeld}
	for _, b := range named {
		c.Parts = append(c.Parts, b.claimed(records[b.Name], p, len(named)))
	}
	for _, name := range slices.Sorted(maps.Keys(p.Improves)) {
		if !borne[name] {
			c.Parts = append(c.Parts, ClaimedPart{
				Benchmark: name, Least: p.Improves[name], Standing: ClaimOpen,
				Basis: "an improvement was claimed, but the run has no such benchmark" + missing(p, name),
			})
		}
	}
	slices.SortFunc(c.Parts, func(x, y ClaimedPart) int { return cmp.Compare(x.Benchmark, y.Benchmark) })
	for _, part := range c.Parts {
		if part.Standing == ClaimRefuted || part.Standing == ClaimOpen && c.Standing == ClaimHeld {
			c.Standing = part.Standing
		}
	}
	return c
}

// missing is why the protocol lacks a benchmark, if it says so.
func missing(p *results.Protocol, name string) string {
	for _, line := range p.Missing {
		if why, ok := strings.CutPrefix(line, name+": "); ok {
			return ": " + why
		}
	}
	return ""
}

// claimed judges what is claimed of b, one of so many benchmarks named. All of
// them have to hold, so none needs more than 1 − alpha; but any of them can
// refute the claim, so each takes a share of alpha for that (Bonferroni).
func (b *Benchmark) claimed(r *record, p *results.Protocol, named int) ClaimedPart {
	part := ClaimedPart{Benchmark: b.Name, Least: p.Claimed(r.benchmark), Standing: ClaimOpen}
	if len(b.Comparisons) == 0 || b.Verdict == Broken {
		part.Basis = claimText(part.Least, "better") + ", but there is nothing to compare: " + b.Basis
		if d := r.benchmark.Difference; b.Verdict != Broken && (d == results.Identical || d == results.LineTables) {
			part.Standing = ClaimRefuted
			part.Basis = claimText(part.Least, "better") + ", and both sides run the same machine code"
		}
		return part
	}
	c := &b.Comparisons[0]
	worse, better := words(c.Metric)
	part.Unit = c.Unit
	text := claimText(part.Least, better)
	lower := c.Lower
	if named > 1 && c.Pairs >= p.MinPairs {
		q := *p
		q.Alpha /= float64(named)
		strict, _, _ := r.compare(c.Metric, q.Alpha, r.looks(&q))
		lower = min(lower, strict.Lower)
	}
	switch {
	case c.Pairs < p.MinPairs:
		part.Basis = fmt.Sprintf("%s, and %s can't tell", text, plural(c.Pairs, "pair"))
	case c.Upper < -part.Least && b.Exposure != nil && b.Exposure.Reach == NotExposed:
		part.Basis = fmt.Sprintf("%s, and at least %s is shown, but the benchmark never ran the changed code", text, percentDown(-c.Upper))
	case c.Upper < -part.Least && c.Lost > 0:
		part.Basis = fmt.Sprintf("%s, but %s of %d have no usable value", text, plural(c.Lost, "pair"), c.Lost+c.Pairs)
	case c.Upper < -part.Least:
		part.Standing = ClaimHeld
		part.Basis = fmt.Sprintf("%s, and at least %s is shown", text, percentDown(-c.Upper))
	case lower >= 0:
		part.Standing = ClaimRefuted
		part.Basis = fmt.Sprintf("%s, and it is not %s at all", text, better)
	case lower > -part.Least:
		part.Standing = ClaimRefuted
		part.Basis = fmt.Sprintf("%s, and more than %s is excluded", text, percentUp(-lower))
	default:
		part.Basis = fmt.Sprintf("%s, and it may be anything from %s to %s", text, directed(c.Upper, worse, better), directed(lower, worse, better))
	}
	return part
}

// claimText states a claim of at least x in the metric's own word.
func claimText(x float64, better string) string {
	return fmt.Sprintf("at least %.4g %% %s was claimed", 100*x, better)
}

// directed states a change in the word of its direction: "1 % slower".
func directed(x float64, worse, better string) string {
	switch {
	case math.IsInf(x, 0):
		return "any"
	case x > 0:
		return percentUp(x) + " " + worse
	}
	return percentUp(-x) + " " + better
}

// part is what is claimed of the benchmark called name, nil if nothing is.
func (c *Claim) part(name string) *ClaimedPart {
	if c != nil {
		for i := range c.Parts {
			if c.Parts[i].Benchmark == name {
				return &c.Parts[i]
			}
		}
	}
	return nil
}

const mostParts = 3 // of a claim that a sentence goes into

// clause says whether the claim holds, and the parts that decide that.
func (c *Claim) clause() string {
	text := map[Standing]string{ClaimHeld: "the claim holds", ClaimRefuted: "the claim does not hold", ClaimOpen: "the claim is open"}[c.Standing]
	var parts []string
	n := 0
	for _, part := range c.Parts {
		if part.Standing != c.Standing {
			continue
		}
		if n++; n <= mostParts {
			parts = append(parts, part.Benchmark+": "+part.Basis)
		}
	}
	if n > mostParts {
		parts = append(parts, fmt.Sprintf("and %d more", n-mostParts))
	}
	return text + " (" + strings.Join(parts, "; ") + ")"
}
