package analysis

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"patchbench/analysis/gctrace"
	"patchbench/analysis/prof"
	"patchbench/analysis/stats"
	"patchbench/analysis/traces"
	"patchbench/results"
)

// A Reach says whether a benchmark ran the code that the patch changes.
type Reach string

// The reaches. A benchmark that is not exposed can speak against a patch, but
// not for it.
const (
	Exposed      Reach = "exposed"
	NotExposed   Reach = "not exposed"
	UnknownReach Reach = "unknown"
)

// An Exposure is how much of a benchmark's time the changed functions have, by
// its unscored passes.
type Exposure struct {
	Reach     Reach                          `json:"reach"`
	Basis     string                         `json:"basis"`     // why, in one phrase
	Functions int                            `json:"functions"` // that the patch changes
	Listed    int                            `json:"listed"`    // of them by name in the protocol: the ones looked for
	Sides     map[results.Side]*SideExposure `json:"sides"`
}

// A SideExposure is one side's part of an Exposure.
type SideExposure struct {
	CPU *prof.Part `json:"cpu"` // nil without CPU profiles

	// Upper is the upper bound of the share of CPU time in the changed
	// functions and what they call, one-sided at Protocol.Alpha (Clopper and
	// Pearson 1934); 1 where nothing is known. Samples of one process depend
	// on each other a little, so the true bound is somewhat larger.
	Upper float64 `json:"upper"`

	// A sample's GC cycles, by gctrace or else by execution traces, and its
	// worker starts, by execution traces. Of a trace that was cut short both
	// are scaled up to the sample's iterations. Nil where there is no trace.
	Cycles  *float64 `json:"cycles"`
	Workers *Workers `json:"workers"`
}

// Workers are starts of mark workers by mode.
type Workers struct {
	Dedicated  float64 `json:"dedicated"`
	Fractional float64 `json:"fractional"`
	Idle       float64 `json:"idle"`
}

func (w *Workers) all() float64 { return w.Dedicated + w.Fractional + w.Idle }

// markWorker begins the names of the function that mark workers run and of
// its closures.
const markWorker = "runtime.gcBgMarkWorker"

// expose finds the exposure of a measured benchmark from its evidence. A copy
// has no changed code to reach: that is nil.
func expose(b *results.Benchmark, alpha float64, profiles map[results.Side]*prof.Side, gc map[results.Side]*gctrace.Stats, trace map[results.Side]*traces.Stats) *Exposure {
	if b.Difference == results.Copied {
		return nil
	}
	e := &Exposure{Functions: b.NumChanged, Listed: len(b.Changed), Sides: make(map[results.Side]*SideExposure)}
	for _, side := range results.Sides() {
		s := &SideExposure{Upper: 1}
		if read := profiles[side]; read != nil && e.Listed > 0 {
			s.CPU = read.Part(profileNames(b.Changed))
			if e.Listed == e.Functions {
				s.Upper = stats.ProportionUpper(s.CPU.Within, s.CPU.Samples, alpha)
			}
		}
		if t := trace[side]; t != nil && t.Iterations > 0 {
			scale := float64(b.Iterations) / float64(t.Iterations)
			s.Workers = &Workers{scale * float64(t.Dedicated.Starts), scale * float64(t.Fractional.Starts), scale * float64(t.Idle.Starts)}
			cycles := scale * float64(t.Cycles)
			s.Cycles = &cycles
		}
		if g := gc[side]; g != nil && g.Processes > 0 {
			cycles := float64(g.Cycles) / float64(g.Processes)
			s.Cycles = &cycles
		}
		e.Sides[side] = s
	}
	e.Reach, e.Basis = e.reach(b.Changed)
	return e
}

// shareExposure gives counted benchmarks, which no unscored pass runs, the
// exposure of the entries of the same benchmark that are timed.
func (a *Analysis) shareExposure() {
	for i, p := range a.Protocol.Benchmarks {
		if !p.Counted || !p.Measured() {
			continue
		}
		timed := slices.IndexFunc(a.Protocol.Benchmarks, func(q results.Benchmark) bool {
			return !q.Counted && q.Package == p.Package && q.Pattern == p.Pattern && q.Procs == p.Procs
		})
		if timed >= 0 && a.Benchmarks[timed].Exposure != nil {
			a.Benchmarks[i].Exposure = a.Benchmarks[timed].Exposure
		}
	}
}

// profileNames are the names that profiles have for functions. Since Go 1.18
// they leave type arguments out, and linker symbols may say which ABI they are
// of.
func profileNames(functions []string) []string {
	var names []string
	for _, f := range functions {
		f = strings.TrimSuffix(f, ".abi0")
		names = append(names, f)
		if i, j := strings.Index(f, "["), strings.LastIndex(f, "]"); 0 <= i && i < j {
			names = append(names, f[:i]+"[...]"+f[j+1:])
		}
	}
	return names
}

func (e *Exposure) reach(changed []string) (Reach, string) {
	before, after := e.Sides[results.Before], e.Sides[results.After]
	hits, profiled := int64(0), []string{}
	for _, side := range results.Sides() {
		if part := e.Sides[side].CPU; part != nil {
			hits += part.Within
			profiled = append(profiled, fmt.Sprintf("%d of %d %s", part.Within, part.Samples, side))
		}
	}
	if hits > 0 {
		return Exposed, "CPU samples in the changed functions or what they call: " + list(profiled)
	}
	ran, of, seen := 0.0, "", false // how often the mark workers did, by what is known of it
	worker := slices.ContainsFunc(changed, func(name string) bool { return strings.HasPrefix(name, markWorker) })
	if worker {
		for _, s := range e.Sides {
			switch {
			case s.Workers != nil:
				ran, of, seen = max(ran, s.Workers.all()), "worker starts", true
			case s.Cycles != nil: // in which workers take part, but for the odd one
				ran, of, seen = max(ran, *s.Cycles), "GC cycles", true
			}
		}
	}
	switch {
	case ran > 0:
		return Exposed, fmt.Sprintf("no CPU sample in the changed functions or what they call, but mark workers run them, and a sample has about %.0f %s", ran, of)
	case e.Listed == 0:
		return UnknownReach, "the protocol does not name the changed functions"
	case len(profiled) < len(e.Sides):
		return UnknownReach, "no CPU profiles of both sides"
	case e.Listed < e.Functions:
		return UnknownReach, fmt.Sprintf("no CPU sample in the %d changed functions that the protocol names, of %d", e.Listed, e.Functions)
	case worker && !seen:
		return UnknownReach, "no CPU sample in the changed functions or what they call, and no trace that shows whether a mark worker started"
	}
	return NotExposed, fmt.Sprintf("no CPU sample of %d before and %d after in a changed function or what it calls, which bounds their share at %s and %s",
		before.CPU.Samples, after.CPU.Samples, percentUp(before.Upper), percentUp(after.Upper))
}

// suspicion says why the change that c claims is larger than the changed
// code can account for, or returns "". Of a process that takes 1 second, code
// with a share s of its CPU time can have taken 0 to s seconds before: after
// can be slower than before by a factor of at most 1/(1−s), with s the share
// on after. Likewise it can be faster by a factor of at most 1/(1−s), with s
// the share on before. This bounds time alone, and only as far as it is spent
// on a CPU and not made elsewhere by what the code does: hence no more than a
// suspicion.
func (e *Exposure) suspicion(c *Comparison) string {
	if e == nil || c.Kind != results.Time || c.Verdict != Regression && c.Verdict != Improvement {
		return ""
	}
	side, part := results.After, c.Effect/(1+c.Effect) // 1 − exp(−θ)
	if c.Verdict == Improvement {
		side, part = results.Before, -c.Effect // 1 − exp(θ)
	}
	s := e.Sides[side]
	if s == nil || s.CPU == nil || math.IsNaN(part) || part <= s.Upper {
		return ""
	}
	return fmt.Sprintf("layout or noise suspected: the changed functions and what they call have %s of %s's CPU time at most, and %s would be needed",
		percentUp(s.Upper), side, percent(part))
}
