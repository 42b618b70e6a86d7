package bench

import (
	"cmp"
	"math"
	"slices"
	"time"

	"patchbench/results"
)

// rounds is how many rounds there are: as many as a benchmark has at most, or
// those of all where none has its own.
func rounds(bs []results.Benchmark, all int) int {
	most := 0
	for _, b := range bs {
		most = max(most, b.Rounds)
	}
	if most == 0 {
		return all
	}
	return most
}

// An Allotment is how a budget is spent on benchmarks of which pilots tell what
// it takes to decide them.
type Allotment struct {
	Rounds  map[string]int  // by benchmark: at most so many
	Decides map[string]bool // by benchmark: that is enough to decide it, in nine of ten cases if there is no effect
	Reserve map[string]bool // by benchmark: it gets its rounds if the others leave the time for it, as they do where they are decided early
	Seconds float64         // for all of that without the reserve; less where benchmarks are decided early
}

// Allot spends seconds, the passes not counted, on the measured ones of bs. The
// cheapest to decide come first, and each gets the rounds it takes. What is left
// does not decide the others. If all is set they get it together, as many of them
// as have pairs enough for a verdict of some margin then. Else those that the whole
// of seconds would decide are kept in reserve. The rest get nothing, and end up
// with no rounds. A benchmark without a pilot is taken to
// need all there is.
func Allot(bs []results.Benchmark, seconds float64, all bool) Allotment {
	a := Allotment{Rounds: make(map[string]int), Decides: make(map[string]bool), Reserve: make(map[string]bool)}
	var measured []*results.Benchmark
	for i := range bs {
		if bs[i].Measured() {
			measured = append(measured, &bs[i])
		}
	}
	slices.SortStableFunc(measured, func(x, y *results.Benchmark) int {
		return cmp.Compare(roundSeconds(x)*float64(RoundsNeeded(x)), roundSeconds(y)*float64(RoundsNeeded(y)))
	})
	rest := 0.0 // seconds of a round of the others
	var others []*results.Benchmark
	for _, b := range measured {
		n := RoundsNeeded(b)
		cost := roundSeconds(b) * float64(n)
		if n == math.MaxInt32 || a.Seconds+cost > seconds {
			others = append(others, b)
			rest += roundSeconds(b)
			continue
		}
		a.Rounds[b.Name], a.Decides[b.Name] = n, true
		a.Seconds += cost
	}
	if !all {
		for _, b := range others {
			if n := RoundsNeeded(b); len(a.Decides) > 0 && roundSeconds(b)*float64(n) <= seconds {
				a.Rounds[b.Name], a.Reserve[b.Name] = n, true
			}
		}
		return a
	}
	left := seconds - a.Seconds
	some, round := len(others), rest
	for some > 0 && 2*int(left/round) < MinPairs {
		some--
		round -= roundSeconds(others[some])
	}
	if some > 0 {
		others, rest = others[:some], round
	}
	if n := int(left / rest); len(others) > 0 && n > 0 {
		for _, b := range others {
			a.Rounds[b.Name] = min(n, RoundsNeeded(b))
			a.Seconds += roundSeconds(b) * float64(a.Rounds[b.Name])
		}
	}
	return a
}

// AllotWithPasses is Allot with time kept for the passes of those benchmarks that
// get rounds. Fewer of them leave more time, which may do for another.
func (p *Plan) AllotWithPasses(bs []results.Benchmark, all bool) Allotment {
	passes := func(a *Allotment) float64 {
		taking := slices.Clone(bs)
		for i := range taking {
			if b := &taking[i]; a != nil && (a.Rounds[b.Name] == 0 || a.Reserve[b.Name]) {
				b.Unmeasured = "gets no rounds"
			}
		}
		return p.Lay(taking).Passes.Seconds()
	}
	a := Allot(bs, p.Budget.Seconds()-passes(nil), all)
	for kept := passes(&a); ; {
		// What does not fit with its own passes has the next try keep these.
		more := Allot(bs, p.Budget.Seconds()-kept, all)
		if len(more.Rounds)-len(more.Reserve) <= len(a.Rounds)-len(a.Reserve) {
			return a
		}
		if kept = passes(&more); more.Seconds+kept <= p.Budget.Seconds() {
			a = more
		}
	}
}

// AllotEvenly spends seconds on as many rounds of every measured one of bs, but on
// none more than decide it: what is to be learned is how verdicts come about, on
// benchmarks that spread as well as on quiet ones.
func AllotEvenly(bs []results.Benchmark, seconds float64) Allotment {
	a := Allotment{Rounds: make(map[string]int), Decides: make(map[string]bool)}
	round := 0.0
	for i := range bs {
		if bs[i].Measured() {
			round += roundSeconds(&bs[i])
		}
	}
	for i := range bs {
		if b := &bs[i]; b.Measured() {
			need, all := RoundsNeeded(b), max(1, int(seconds/round))
			a.Rounds[b.Name], a.Decides[b.Name] = min(need, all), need <= all
			a.Seconds += roundSeconds(b) * float64(min(need, all))
		}
	}
	return a
}

// roundSeconds is what a round of b takes, with its share of the blocks that the
// control takes part in.
func roundSeconds(b *results.Benchmark) float64 {
	const many = 100
	return 4 * (b.Seconds + overhead) * (1 + float64(b.ControlBlocks(many))/many)
}

// sparePairs are how many more than MinPairs every benchmark may have: without
// them a single block that is left out would leave it without a verdict.
const sparePairs = 4

// RoundsNeeded is how many rounds decide b by its pilot, math.MaxInt32 if it has
// none.
func RoundsNeeded(b *results.Benchmark) int {
	if len(b.Pilot) == 0 {
		return math.MaxInt32
	}
	pairs := MinPairs + sparePairs
	for _, n := range b.Pilot {
		pairs = max(pairs, n.Need)
	}
	return (pairs + 1) / 2
}

// Most is how long measuring p takes at most, passes included, but for what is in
// reserve: that takes no more than the budget has left.
func Most(p *results.Protocol) time.Duration {
	s := 0.0
	for i := range p.Benchmarks {
		if b := &p.Benchmarks[i]; b.Measured() && b.Reserve == "" {
			s += roundSeconds(b) * float64(p.RoundsOf(b))
			if passed(b) {
				s += 2 * float64(p.Profiles+p.MemProfiles+p.GCTraces+p.Traces+p.Metrics) * (b.Seconds + overhead)
			}
		}
	}
	return time.Duration(s * float64(time.Second))
}

// TooFew counts the benchmarks that p gives fewer pairs than a verdict needs.
func TooFew(p *results.Protocol) int {
	n := 0
	for i := range p.Benchmarks {
		if b := &p.Benchmarks[i]; b.Measured() && 2*p.RoundsOf(b) < p.MinPairs {
			n++
		}
	}
	return n
}
