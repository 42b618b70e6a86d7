package analysis

import (
	"time"

	"patchbench/analysis/gctrace"
	"patchbench/analysis/prof"
	"patchbench/analysis/stats"
	"patchbench/analysis/traces"
	"patchbench/results"
)

// A Verdict is the answer for a metric, a benchmark or a run.
type Verdict string

// The verdicts. The package comment says how they come about.
const (
	NoLoss       Verdict = "no loss"
	Regression   Verdict = "regression"
	Improvement  Verdict = "improvement"
	Inconclusive Verdict = "inconclusive"
	Broken       Verdict = "broken"
	Refuted      Verdict = "refuted" // of a run alone: a claimed improvement is excluded
)

// ExitCode is the status patchbench gate ends with.
func (v Verdict) ExitCode() int {
	switch v {
	case NoLoss, Improvement:
		return 0
	case Regression, Refuted:
		return 1
	case Inconclusive:
		return 2
	}
	return 3
}

// An Analysis is everything a report says, computed from a run folder alone.
// It is what verdict.json holds.
type Analysis struct {
	Format         int               `json:"format"`
	Protocol       *results.Protocol `json:"protocol"`
	ProtocolSHA256 string            `json:"protocol_sha256"`
	Verdict        Verdict           `json:"verdict"`
	Sentence       string            `json:"sentence"` // the answer, in one sentence
	Benchstat      string            `json:"-"`        // what benchstat.txt holds, for a page to show
	Others         []*Analysis       `json:"-"`        // runs on other hosts, for a page to show beside this one
	ExitCode       int               `json:"exit_code"`
	PostHoc        string            `json:"post_hoc,omitempty"` // what was asked that the protocol does not ask
	Claim          *Claim            `json:"claim,omitempty"`    // nil where the experiment names no benchmark that improves
	Complete       bool              `json:"complete"`           // every sample of the schedule is there
	Warnings       []string          `json:"warnings"`           // doubts about the whole run
	Benchmarks     []Benchmark       `json:"benchmarks"`         // worst first
	Geomeans       []Comparison      `json:"geomeans"`           // of each primary metric over the benchmarks that were measured; not part of the verdict
	Control        *ControlCheck     `json:"control"`            // nil for a run without a control
	Noise          Noise             `json:"noise"`
	Started        time.Time         `json:"started"`
	Ended          time.Time         `json:"ended"`
	Samples        int               `json:"samples"`
	Planned        int               `json:"planned"` // samples
	Sessions       int               `json:"sessions"`
}

// A Benchmark is the answer for one benchmark of the protocol.
type Benchmark struct {
	Name        string                            `json:"name"`
	Verdict     Verdict                           `json:"verdict"`
	Basis       string                            `json:"basis"`                // what the verdict rests on, in one phrase
	Iterations  int                               `json:"iterations"`           // of each process; 0 where a program decides that itself
	Comparisons []Comparison                      `json:"comparisons"`          // primary metrics first
	Exploratory []Comparison                      `json:"exploratory"`          // everything else that was measured; without pairs, and saying why, what only one side reported
	Control     []Comparison                      `json:"control,omitempty"`    // of each primary metric, before with a copy of itself in some blocks; bounds are those of few pairs
	GC          map[results.Side]*gctrace.Stats   `json:"gc"`                   // nil for a side without a trace
	Trace       map[results.Side]*traces.Stats    `json:"trace"`                // nil for a side without an execution trace
	TraceLack   map[results.Side]string           `json:"trace_lack,omitempty"` // why an execution trace is missing, of a side where one is
	RawTrace    map[results.Side]string           `json:"raw_trace,omitempty"`  // path of an execution trace itself, relative to the run folder, of a side where it was kept
	Runtime     map[results.Side]*RuntimeMeasures `json:"runtime"`              // nil for a side without the runtime's metrics
	GCShares    map[results.Side]*GCShares        `json:"gc_shares"`            // nil for a side without CPU profiles
	Exposure    *Exposure                         `json:"exposure"`             // nil for a benchmark that is not measured
	ProfileEvidence
	Allocations *ProfileEvidence `json:"allocations,omitempty"` // by allocation profiles; nil without those of both sides
	Warnings    []string         `json:"warnings"`
}

// ProfileEvidence is what profiles of both sides tell: those of CPU time, or of
// allocations.
type ProfileEvidence struct {
	Profile *prof.Diff              `json:"profile"`          // nil without profiles of both sides
	Flame   string                  `json:"flame,omitempty"`  // path of the flame graph page, relative to the run folder; set when there is a Profile
	Top     string                  `json:"top,omitempty"`    // likewise of the functions by what they gained
	Peek    string                  `json:"peek,omitempty"`   // likewise of each function with its callers and callees
	Merged  map[results.Side]string `json:"merged,omitempty"` // likewise of the profiles of a side in one
}

// A Comparison is one metric of one benchmark, after against before. Effects
// are relative changes oriented so that more is worse: 0.02 is 2 % slower, or
// 2 % fewer per second; for a unit whose better direction is unknown, more is
// more. Without pairs all numbers are 0 and the bounds infinite.
//
// In JSON, which knows no infinity, a bound that is infinite is null.
type Comparison struct {
	results.Metric
	Primary       bool             `json:"primary"`
	Verdict       Verdict          `json:"verdict"`             // empty for exploratory metrics: hints, not answers
	Basis         string           `json:"basis,omitempty"`     // what the verdict rests on, in one phrase
	Suspicion     string           `json:"suspicion,omitempty"` // why the changed code can't account for what the verdict says
	Pairs         int              `json:"pairs"`
	Lost          int              `json:"lost,omitempty"`     // further pairs that lack a value a ratio can be made of
	PlusOne       bool             `json:"plus_one,omitempty"` // effects are of the counts plus one, as some of them are 0
	Before        float64          `json:"before"`             // median
	After         float64          `json:"after"`              // median
	Effect        float64          `json:"effect"`             // Hodges-Lehmann
	Lower         float64          `json:"lower"`              // one-sided bounds at Protocol.Alpha each, over all looks; ±Inf when there are too few pairs
	Upper         float64          `json:"upper"`
	TEffect       float64          `json:"t_effect"` // paired t, the cross-check
	TLower        float64          `json:"t_lower"`
	TUpper        float64          `json:"t_upper"`
	PWorse        float64          `json:"p_worse"`      // one-sided, of "not worse", over all looks
	PBetter       float64          `json:"p_better"`     // one-sided, of "not better"
	PWorseHolm    float64          `json:"p_worse_holm"` // adjusted over all primary metrics of the run
	PBetterHolm   float64          `json:"p_better_holm"`
	Q             float64          `json:"q,omitempty"`       // exploratory metrics: two-sided p by Benjamini-Hochberg over all of them; below 0.1 worth a look
	Spread        float64          `json:"spread"`            // robust standard deviation of the paired log-ratio
	Layouts       *LayoutEffect    `json:"layouts,omitempty"` // nil with one layout
	Looks         []Look           `json:"looks,omitempty"`   // none where it is judged once
	Stopped       *Stopped         `json:"stopped,omitempty"` // nil where it is judged once, or nothing can be said
	ProvenMargin  float64          `json:"proven_margin"`     // smallest margin for which these data show no loss; +Inf if none
	PairsNeeded   int              `json:"pairs_needed"`      // in all, to decide at the margin, were there no effect; 0 once decided or if more would not help
	SecondsNeeded float64          `json:"seconds_needed"`    // to measure PairsNeeded of this benchmark
	MannWhitneyP  float64          `json:"mann_whitney_p"`    // benchstat's test, for comparison only
	BeforeSpread  float64          `json:"before_spread"`     // coefficient of variation between processes
	AfterSpread   float64          `json:"after_spread"`
	Differences   []PairDifference `json:"differences,omitempty"` // in run order; for primary metrics

	EffectivePairs float64 `json:"effective_pairs,omitempty"` // as many that do not go together say as much, and the bounds are theirs; 0 where all do
	Trend          float64 `json:"trend,omitempty"`           // rank correlation of the differences with the time; 0 where it may be chance
}

// A LayoutEffect is what the accidents of code layout do to a comparison, were
// each layout drawn from all there could be ([stats.Groups]). Where this says
// less for sure than the pairs themselves do, the comparison's bounds and
// p-values are these.
type LayoutEffect struct {
	Layouts int     `json:"layouts"`
	Share   float64 `json:"share"` // of the variance of a pair's difference, 0 to 1
	Lower   float64 `json:"lower"` // one-sided bounds of the effect at Protocol.Alpha each
	Upper   float64 `json:"upper"`
	Wider   bool    `json:"wider"` // a bound of the comparison is from here

	groups stats.Groups
}

// A PairDifference is one pair's log(after/before), oriented so that more is
// worse.
type PairDifference struct {
	Round      int     `json:"round"`
	Pair       int     `json:"pair"` // 0 or 1 in its block
	Layout     int     `json:"layout,omitempty"`
	D          float64 `json:"d"`
	AfterFirst bool    `json:"after_first"`
	Load       float64 `json:"load"`  // the larger of the two samples'
	Steal      float64 `json:"steal"` // likewise
	Busy       float64 `json:"busy"`  // likewise
	Torn       bool    `json:"torn"`  // its samples come from two sessions
}

// Noise tells how quiet the machine was during the scored samples.
type Noise struct {
	LoadMedian     float64 `json:"load_median"`
	LoadMax        float64 `json:"load_max"`
	StealMedian    float64 `json:"steal_median"`
	StealMax       float64 `json:"steal_max"`
	BusyMedian     float64 `json:"busy_median"`
	BusyMax        float64 `json:"busy_max"`
	PressureMedian float64 `json:"pressure_median"`
	PressureMax    float64 `json:"pressure_max"`
	Excluded       int     `json:"excluded"`          // blocks left out by the protocol's rule
	Torn           int     `json:"torn"`              // pairs
	Failures       int     `json:"failures"`          // processes that failed
	Waited         float64 `json:"waited,omitempty"`  // seconds, for a quiet machine, in all sessions
	Unquiet        int     `json:"unquiet,omitempty"` // times that none came
}
