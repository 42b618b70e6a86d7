package results

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Format is the version of the run folder this package writes.
const Format = 1

// Names of the files and folders of a run folder.
const (
	ProtocolFile = "protocol.json"
	SamplesFile  = "samples.bench"
	EventsFile   = "events.jsonl"
	GCTraceDir   = "gctrace"
	ProfilesDir  = "profiles"
	AllocsDir    = "memprofiles"
	TracesDir    = "traces"
	MetricsDir   = "metrics"
	LogsDir      = "logs"
)

// A Side is one of the two toolchains compared.
type Side string

// The two sides, in the order they are always listed.
const (
	Before Side = "before"
	After  Side = "after"
)

// Control is a copy of before, built apart. It is no side of the comparison: what
// pairs of before with it show, there was to find without a patch.
const Control Side = "control"

// controlEvery is how many blocks of a benchmark bring one with the control.
const controlEvery = 5

// Controls reports whether b has a block with the control beside its own in a
// round: in the second, and in each fifth from there, so that short runs have one.
func (b *Benchmark) Controls(round int) bool {
	return b.Control != "" && round%controlEvery == 1
}

// ControlBlocks is how many blocks with the control go with so many rounds of b.
func (b *Benchmark) ControlBlocks(rounds int) int {
	if b.Control == "" {
		return 0
	}
	return (rounds + controlEvery - 2) / controlEvery
}

// Sides lists both sides.
func Sides() []Side { return []Side{Before, After} }

// A Kind says what sort of quantity a metric is; margins are set by kind.
type Kind string

// The metric kinds.
const (
	Time    Kind = "time"    // wall clock or CPU time
	Space   Kind = "space"   // memory
	Latency Kind = "latency" // pauses and percentiles of waiting
	Count   Kind = "count"   // events counted
)

// A Metric is one measured quantity, named by its unit in benchfmt spelling
// after tidying (sec/op, not ns/op).
type Metric struct {
	Unit   string  `json:"unit"`
	Kind   Kind    `json:"kind"`
	Better string  `json:"better"`           // "lower" or "higher"
	Margin float64 `json:"margin,omitempty"` // relative: 0.02 is 2 %; 0 where nothing was promised
}

// The metrics every process has, whatever its benchmark reports. All but sec/op
// are the whole process's, start-up included.
var (
	OpMetric   = Metric{Unit: "sec/op", Kind: Time, Better: "lower"}
	CPUMetric  = Metric{Unit: "cpu-sec", Kind: Time, Better: "lower"}
	WallMetric = Metric{Unit: "wall-sec", Kind: Time, Better: "lower"}
	RSSMetric  = Metric{Unit: "peak-RSS-bytes", Kind: Space, Better: "lower"}

	MinorFaultsMetric = Metric{Unit: "minor-faults", Kind: Count, Better: "lower"} // pages mapped without reading a disk
	MajorFaultsMetric = Metric{Unit: "major-faults", Kind: Count, Better: "lower"} // pages read from a disk
	SwitchesMetric    = Metric{Unit: "ctx-switches", Kind: Count, Better: "lower"} // of all threads, asked for or not
)

// The metrics that are counted where the host can, divided by the iterations
// of the benchmark. What the processor counts is of the whole process, start-up
// included; what an emulator counts of a counted benchmark, of the time that
// its timer runs.
var (
	InstructionsMetric       = Metric{Unit: "instructions/op", Kind: Count, Better: "lower"}        // in user mode; a counted benchmark's without those of SearchMetric
	SearchMetric             = Metric{Unit: "search-instructions/op", Kind: Count, Better: "lower"} // of threads that look for something to run; counted benchmarks only
	KernelInstructionsMetric = Metric{Unit: "kernel-instructions/op", Kind: Count, Better: "lower"}
	CyclesMetric             = Metric{Unit: "cycles/op", Kind: Count, Better: "lower"}        // in user mode
	CacheMissesMetric        = Metric{Unit: "cache-misses/op", Kind: Count, Better: "lower"}  // of the last level, in user mode
	BranchMissesMetric       = Metric{Unit: "branch-misses/op", Kind: Count, Better: "lower"} // in user mode
)

// ProcessMetrics lists the metrics of the process itself, which no benchmark
// prints. A sample has those that its host can measure.
func ProcessMetrics() []Metric {
	return []Metric{
		CPUMetric, RSSMetric, WallMetric, MinorFaultsMetric, MajorFaultsMetric, SwitchesMetric,
		InstructionsMetric, SearchMetric, KernelInstructionsMetric, CyclesMetric, CacheMissesMetric, BranchMissesMetric,
	}
}

// A Difference says how the two binaries of a benchmark differ.
type Difference string

// The differences, from least to most.
const (
	Identical  Difference = "identical"   // the same file
	LineTables Difference = "line tables" // the same machine code, other line numbers
	Code       Difference = "code"        // other machine code
	Copied     Difference = "copy"        // the same machine code on purpose, built apart
)

// A Benchmark is one benchmark of the plan at one GOMAXPROCS.
type Benchmark struct {
	Name       string          `json:"name"` // with its GOMAXPROCS: CycleStorm-4
	Procs      int             `json:"procs"`
	Package    string          `json:"package"`
	Pattern    string          `json:"pattern"`           // regular expression given to -test.bench
	Loads      string          `json:"loads"`             // the part of the collector it works
	GOARCH     string          `json:"goarch,omitempty"`  // its binaries are for, where that is not the host's
	Counted    bool            `json:"counted,omitempty"` // its samples run under an emulator that counts instructions, and nothing else of them is used
	Program    bool            `json:"program,omitempty"` // a program of its own, not a test binary
	Args       []string        `json:"args,omitempty"`    // of the program; {n} stands for the iterations
	Opaque     bool            `json:"opaque,omitempty"`  // run as it is: nobody can tell what differs of it between the sides
	Iterations int             `json:"iterations"`        // of each sample, or of the one tried where the program chooses them
	Seconds    float64         `json:"seconds"`           // wall time of one sample, seen when calibrating
	Timeout    float64         `json:"timeout"`           // seconds after which a sample is killed
	Units      []string        `json:"units,omitempty"`   // what the benchmark itself reports, as printed, sorted
	Binaries   map[Side]string `json:"binaries,omitempty"`
	Layouts    []Layout        `json:"layouts,omitempty"` // where there are several; the first has Binaries
	Control    string          `json:"control,omitempty"` // digest of the binary of a copy of before, which takes part in some blocks; empty for none
	Difference Difference      `json:"difference,omitempty"`
	Changed    []string        `json:"changed,omitempty"` // functions whose machine code differs, at most 20
	NumChanged int             `json:"num_changed,omitempty"`
	Moved      int             `json:"moved,omitempty"`      // functions whose code is the same at another address
	Primary    []Metric        `json:"primary,omitempty"`    // what its verdict rests on
	Rounds     int             `json:"rounds,omitempty"`     // it takes part in the first so many at most; 0 for all
	Reserve    string          `json:"reserve,omitempty"`    // it is measured only if the others leave the time of the budget that it takes; why it is not otherwise, in one line
	Unmeasured string          `json:"unmeasured,omitempty"` // why it gets no samples though its code differs, in one line
	Pilot      []Noise         `json:"pilot,omitempty"`      // of each primary metric
	Broken     string          `json:"broken,omitempty"`     // why it could not be measured, in one line
}

// A Layout is one way to place the same code in memory, the same on both sides.
type Layout struct {
	Name     string          `json:"name"`
	Binaries map[Side]string `json:"binaries"`
}

// IterationsArg, in an argument of a program, stands for the iterations.
const IterationsArg = "{n}"

// Chooses reports whether b is a program that decides itself how many
// iterations it does. What its process takes as a whole then says nothing.
func (b *Benchmark) Chooses() bool {
	return b.Program && b.Package != CompilerPackage &&
		!slices.ContainsFunc(b.Args, func(arg string) bool { return strings.Contains(arg, IterationsArg) })
}

// CompilerPackage is the package of benchmarks that are each side's own
// compiler at work, which prints no result: one run is one iteration.
const CompilerPackage = "cmd/compile"

// Measured reports whether the protocol asks for samples of b.
func (b *Benchmark) Measured() bool {
	return b.Broken == "" && (b.Difference == Code || b.Difference == Copied) && b.Unmeasured == ""
}

// Noise is what pairs of before with itself showed of a metric, before anything
// was compared.
type Noise struct {
	Unit  string    `json:"unit"`
	Pairs int       `json:"pairs"`
	Sigma float64   `json:"sigma"` // robust standard deviation of the paired log-ratio
	Need  int       `json:"need"`  // pairs that decide at the margin, were there no effect
	Date  time.Time `json:"date"`

	Calibrated bool `json:"calibrated,omitempty"` // seen by a calibration of the host class, not by a pilot of this run
}

// A Patch is one file of a series.
type Patch struct {
	File    string   `json:"file"` // relative to the experiment
	Subject string   `json:"subject"`
	SHA256  string   `json:"sha256"`
	Offsets []string `json:"offsets,omitempty"` // hunks that applied at another line than they name
}

// A Tree is a built GOROOT.
type Tree struct {
	Digest  string  `json:"digest"` // of every file of the built tree
	Key     string  `json:"key"`    // of everything it was built from
	Version string  `json:"version"`
	Base    string  `json:"base,omitempty"`     // made exact: a git revision as its commit
	BaseSum string  `json:"base_sum,omitempty"` // how it was verified
	Series  []Patch `json:"series"`
}

// A Host is the machine the samples ran on. Results of different classes are
// never pooled.
type Host struct {
	Name   string `json:"name"`
	Class  string `json:"class"` // goos-goarch-cpu-cores, fit for a file name
	GOOS   string `json:"goos"`
	GOARCH string `json:"goarch"`
	CPU    string `json:"cpu"`
	Cores  int    `json:"cores"`
	Kernel string `json:"kernel"`
	Memory int64  `json:"memory"` // bytes
}

// A Protocol is everything decided before the first sample. It is written
// once and never changed; its digest is printed on the report.
type Protocol struct {
	Format      int              `json:"format"`
	Experiment  string           `json:"experiment"`
	Title       string           `json:"title"`
	Claim       string           `json:"claim"`    // "no-loss" or "improves"
	Base        string           `json:"base"`     // of the before tree
	BaseSum     string           `json:"base_sum"` // how it was verified
	Created     time.Time        `json:"created"`
	Harness     string           `json:"harness"` // version of patchbench and of the Go that built it
	Inputs      string           `json:"inputs"`  // digest of what was asked for; an unfinished run with the same inputs is gone on with
	Host        Host             `json:"host"`
	Suite       string           `json:"suite"`
	SuiteSHA256 string           `json:"suite_sha256"`
	Trees       map[Side]Tree    `json:"trees"`
	Seed        uint64           `json:"seed"`
	Alpha       float64          `json:"alpha"`           // of each one-sided bound
	MinPairs    int              `json:"min_pairs"`       // below this no verdict is given
	Rounds      int              `json:"rounds"`          // a round is one block, two pairs, of every benchmark
	Looks       []float64        `json:"looks,omitempty"` // shares of a benchmark's rounds after which it is judged, the last 1; none to judge once
	Budget      float64          `json:"budget"`          // seconds allowed for measuring
	Margins     map[Kind]float64 `json:"margins"`
	Geomean     float64          `json:"geomean_margin"`
	Exclusion   string           `json:"exclusion"`         // the rule by which whole blocks are left out, in words
	Exclude     *Exclusion       `json:"exclude,omitempty"` // that rule; nil for none
	Quiet       *Quiet           `json:"quiet,omitempty"`   // what a session waits for; nil for nothing
	Units       []Metric         `json:"units"`             // what is known of the benchmarks' own units
	Benchmarks  []Benchmark      `json:"benchmarks"`
	Profiles    int              `json:"profiles"`              // unscored profiled processes a side
	MemProfiles int              `json:"memprofiles,omitempty"` // likewise with an allocation profile, where those were asked for
	GCTraces    int              `json:"gctraces"`              // unscored processes a side under gctrace
	Traces      int              `json:"traces,omitempty"`      // unscored processes a side under the execution tracer
	Metrics     int              `json:"metrics,omitempty"`     // unscored processes a side that tell their runtime/metrics
	Missing     []string         `json:"missing,omitempty"`     // what of the suite could not be had, and why, a line each
	Gate        *Gate            `json:"gate,omitempty"`        // nil if the trees were not checked
	Calibration *Calibration     `json:"calibration,omitempty"` // of the host's class, as it was known; nil for none
	Doctor      *Doctor          `json:"doctor,omitempty"`      // nil if the host was not examined

	// Improves holds by how much which benchmarks are claimed to improve at
	// least, see Claimed. Empty where Claim is "improves" claims any improvement.
	Improves map[string]float64 `json:"improves,omitempty"`
}

// Benchmark returns the benchmark called name, or nil.
func (p *Protocol) Benchmark(name string) *Benchmark {
	for i := range p.Benchmarks {
		if p.Benchmarks[i].Name == name {
			return &p.Benchmarks[i]
		}
	}
	return nil
}

// WriteProtocol freezes p in the run folder dir and returns its digest. It
// fails if dir has a protocol already.
func WriteProtocol(dir string, p *Protocol) (digest string, err error) {
	data, err := json.MarshalIndent(p, "", "\t")
	if err != nil {
		return "", err
	}
	data = append(data, '\n')
	path := filepath.Join(dir, ProtocolFile)
	if _, err := os.Stat(path); err == nil {
		return "", fmt.Errorf("%s exists: a protocol is written once", path)
	}
	if err := WriteFile(path, data); err != nil {
		return "", err
	}
	return hexDigest(data), nil
}

// ReadProtocol reads the protocol of the run folder dir and its digest.
func ReadProtocol(dir string) (p *Protocol, digest string, err error) {
	path := filepath.Join(dir, ProtocolFile)
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, "", fmt.Errorf("%s is not a run folder: %w", dir, err)
	}
	p = new(Protocol)
	var head struct{ Format int }
	if err := json.Unmarshal(data, &head); err != nil {
		return nil, "", fmt.Errorf("%s: %w", path, err)
	}
	if head.Format > Format {
		return nil, "", fmt.Errorf("%s: made by a newer patchbench (format %d, this one reads up to %d); use that one", path, head.Format, Format)
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(p); err != nil {
		return nil, "", fmt.Errorf("%s: %w", path, err)
	}
	return p, hexDigest(data), nil
}

func hexDigest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// WriteFile writes a whole file or nothing: to a temporary name first, then
// renamed.
func WriteFile(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(data)
	if err == nil {
		err = f.Chmod(0o644)
	}
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return os.Rename(f.Name(), path)
}
