package report

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"patchbench/analysis"
	"patchbench/analysis/gctrace"
	"patchbench/analysis/prof"
	"patchbench/analysis/stats"
	"patchbench/analysis/traces"
	"patchbench/results"
)

var (
	wallTime = withMargin(results.OpMetric)
	cpuTime  = withMargin(results.CPUMetric)
	peakRSS  = withMargin(results.RSSMetric)
)

func withMargin(m results.Metric) results.Metric {
	m.Margin = 0.02
	return m
}

// fabricated returns the analyses the golden files are made of, by name.
func fabricated() map[string]*analysis.Analysis {
	return map[string]*analysis.Analysis{
		"regression":   regressed(),
		"inconclusive": undecided(),
		"identical":    identical(),
		"broken":       broken(),
		"hostile":      hostile(),
		"distrusted":   distrusted(),
		"single":       single(),
		"exposure":     unlikely(),
		"refuted":      claimed(),
		"hosts":        onTwoHosts(),
	}
}

// onTwoHosts stands beside a run on arm64 that contradicts it in a metric.
func onTwoHosts() *analysis.Analysis {
	a, other := regressed(), undecided()
	other.Protocol.Host.Class = "linux-arm64-neoverse-n1-4"
	for i := range other.Benchmarks {
		for j := range other.Benchmarks[i].Comparisons {
			other.Benchmarks[i].Comparisons[j].Verdict = analysis.NoLoss
		}
	}
	a.Others = []*analysis.Analysis{other}
	return a
}

// empty is an analysis of the seed's experiment with no benchmark in it.
func empty() *analysis.Analysis {
	day := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	return &analysis.Analysis{
		Format: 1,
		Protocol: &results.Protocol{
			Format: 1, Experiment: "mark-worker-preemption", Title: "runtime: simplify gcBgMarkWorker preemption",
			Claim: "no-loss", Base: "release:go1.16.15", BaseSum: "checked against the checksum database",
			Created: day, Harness: "patchbench devel, go1.26.8", Suite: "quick", SuiteSHA256: strings.Repeat("5e", 32),
			Host: results.Host{Name: "gopher", Class: "linux-amd64-xeon-2", GOOS: "linux", GOARCH: "amd64",
				CPU: "Intel(R) Xeon(R) Processor", Cores: 2, Kernel: "6.18", Memory: 8 << 30},
			Trees: map[results.Side]results.Tree{
				results.Before: {Digest: strings.Repeat("b0", 32), Version: "go1.16.15",
					Series: []results.Patch{{File: "before/0001.patch", Subject: "runtime: keep the M while a mark worker parks"}}},
				results.After: {Digest: strings.Repeat("a1", 32), Version: "go1.16.15",
					Series: []results.Patch{
						{File: "before/0001.patch", Subject: "runtime: keep the M while a mark worker parks"},
						{File: "after/0001.patch", Subject: "runtime: let mark workers be preempted", Offsets: []string{"mgc.go: hunk 2 at 1873, not 1870"}},
					}},
			},
			Seed: 42, Alpha: 0.05, MinPairs: 10, Rounds: 10, Budget: 600,
			Margins: map[results.Kind]float64{results.Time: 0.02, results.Space: 0.02, results.Latency: 0.10}, Geomean: 0.01,
			Exclusion: "a block during which steal exceeded 20 %",
			Gate: &results.Gate{Subset: "default", Date: day, Seconds: 81,
				Passed:  map[results.Side]int{results.Before: 62, results.After: 63},
				Failed:  map[results.Side]int{results.Before: 1, results.After: 0},
				LeftOut: map[results.Side]int{results.Before: 4, results.After: 4},
				Known:   []string{"runtime-8 GODEBUG=clobberfree=1"}},
			Doctor: &results.Doctor{Score: 72, Doubts: []string{"cpu quota: 1.5 CPUs, benchmarks use up to 2", "governor: schedutil by acpi-cpufreq", "unknown: thermal"}},
		},
		ProtocolSHA256: strings.Repeat("c0ffee00", 8),
		Complete:       true, Started: day.Add(time.Minute), Ended: day.Add(13 * time.Minute), Sessions: 1,
		Noise: analysis.Noise{LoadMedian: 1.41, LoadMax: 3.2, StealMedian: 0.002, StealMax: 0.031, BusyMedian: 0.04, BusyMax: 0.38, PressureMedian: 0.06, PressureMax: 0.41},
	}
}

// add puts a measured benchmark with n pairs of each metric into a. Its true
// effect and the spread of its differences are relative; margins and verdicts
// follow from a normal approximation, good enough for a picture.
func add(a *analysis.Analysis, rng *rand.Rand, name string, n int, effect, spread float64, metrics ...results.Metric) *analysis.Benchmark {
	procs := 4
	a.Protocol.Benchmarks = append(a.Protocol.Benchmarks, results.Benchmark{
		Name: name, Procs: procs, Package: "patchbench/programs/cycles", Pattern: "^" + strings.SplitN(name, "-", 2)[0] + "$",
		Loads: "start and end of mark, over and over on a tiny heap", Iterations: 20000, Seconds: 1.1, Difference: results.Code,
		Changed: []string{"runtime.gcBgMarkWorker", "runtime.gcBgMarkWorker.func1"}, NumChanged: 2, Moved: 1263, Primary: metrics,
	})
	b := analysis.Benchmark{Name: name, Iterations: 20000}
	rank := map[analysis.Verdict]int{analysis.Improvement: 0, analysis.NoLoss: 1, analysis.Inconclusive: 2, analysis.Regression: 3}
	for i, m := range metrics {
		c := fabricatedComparison(rng, m, n, effect/float64(i+1), spread)
		if i == 0 || rank[c.Verdict] > rank[b.Verdict] {
			b.Verdict = c.Verdict
		}
		b.Comparisons = append(b.Comparisons, c)
		b.Basis = c.Unit + ": " + c.Basis
	}
	b.Exploratory = []analysis.Comparison{fabricatedComparison(rng, results.Metric{Unit: "p99-sec", Kind: results.Latency, Better: "lower"}, n, effect, 2*spread)}
	b.Exploratory[0].Differences, b.Exploratory[0].Primary, b.Exploratory[0].Q = nil, false, 0.3/float64(len(a.Benchmarks)+1)
	b.GC = map[results.Side]*gctrace.Stats{results.Before: trace(1), results.After: trace(1 + effect)}
	b.Trace = map[results.Side]*traces.Stats{results.Before: execTrace(1), results.After: execTrace(1 + effect)}
	b.Exposure = exposed(b, 62, 71)
	b.Runtime = map[results.Side]*analysis.RuntimeMeasures{results.Before: runtimeMeasures(1), results.After: runtimeMeasures(1 + effect)}
	shares := func(samples int64) *analysis.GCShares {
		part := func(k int64) prof.Part { return prof.Part{Samples: samples, Flat: k / 5, Within: k} }
		return &analysis.GCShares{Processes: 6, Workers: part(62), Assists: part(17), Sweep: part(131)}
	}
	b.GCShares = map[results.Side]*analysis.GCShares{results.Before: shares(912), results.After: shares(934)}
	b.Profile = fabricatedProfile()
	b.Flame, b.Top, b.Peek = "flame/"+name+".html", "flame/"+name+".top.html", "flame/"+name+".peek.html"
	b.Merged = map[results.Side]string{results.Before: "flame/" + name + ".before.pb.gz", results.After: "flame/" + name + ".after.pb.gz"}
	a.Benchmarks = append(a.Benchmarks, b)
	a.Samples += 2 * n
	a.Planned += 2 * n
	return &a.Benchmarks[len(a.Benchmarks)-1]
}

// fabricatedProfile is of 12 pairs, in which one function moved.
func fabricatedProfile() *prof.Diff {
	return &prof.Diff{
		Processes: [2]int{12, 13}, Samples: [2]int64{912, 934}, Pairs: 12, FlatTested: 24, CumulativeTested: 61,
		Groups: []prof.GroupDiff{
			{Group: prof.Mark, Share: [2]float64{0.312, 0.355}, Change: &prof.Change{Estimate: 0.043, Lower: 0.011, Upper: 0.08, P: 0.007, Q: 0.035}},
			{Group: prof.Sweep, Share: [2]float64{0.143, 0.14}, Change: &prof.Change{Estimate: -0.003, Lower: -0.02, Upper: 0.013, P: 0.67, Q: 0.67}},
			{Group: prof.WriteBarrier, Share: [2]float64{0.0011, 0.002}},
			{Group: prof.Program, Share: [2]float64{0.51, 0.488}, Change: &prof.Change{Estimate: -0.022, Lower: math.Inf(-1), Upper: math.Inf(1), P: 1, Q: 1}},
		},
		Functions: []prof.FunctionDiff{
			{Name: "runtime.gcDrain", Flat: [2]float64{0.112, 0.158}, Cumulative: [2]float64{0.31, 0.36},
				FlatChange:       &prof.Change{Estimate: 0.046, Lower: 0.021, Upper: 0.071, P: 0.0005, Q: 0.012},
				CumulativeChange: &prof.Change{Estimate: 0.05, Lower: 0.006, Upper: 0.083, P: 0.012, Q: 0.24}},
			{Name: "runtime.(*lfstack).pop", Flat: [2]float64{0.021, 0.034}, Cumulative: [2]float64{0.021, 0.034},
				FlatChange:       &prof.Change{Estimate: 0.013, Lower: -0.002, Upper: 0.026, P: 0.09, Q: 0.72},
				CumulativeChange: &prof.Change{Estimate: 0.013, Lower: -0.002, Upper: 0.026, P: 0.09, Q: 0.91}},
			{Name: "main.main", Flat: [2]float64{0, 0.0011}, Cumulative: [2]float64{0.5, 0.49},
				CumulativeChange: &prof.Change{Estimate: -0.01, Lower: -0.04, Upper: 0.03, P: 0.8, Q: 0.97}},
		},
	}
}

func fabricatedComparison(rng *rand.Rand, m results.Metric, n int, effect, spread float64) analysis.Comparison {
	before := map[string]float64{"peak-RSS-bytes": 9.4e6, "p99-sec": 1.1e-4}[m.Unit]
	if before == 0 {
		before = 4.1e-5
	}
	c := analysis.Comparison{Metric: m, Primary: true, Pairs: n, Before: before, Spread: spread, BeforeSpread: 1.4 * spread, AfterSpread: 1.3 * spread}
	var sum float64
	for i := range n {
		d := math.Log1p(effect) + spread*rng.NormFloat64()
		sum += d
		c.Differences = append(c.Differences, analysis.PairDifference{
			Round: i / 2, Pair: i % 2, D: d, AfterFirst: rng.IntN(2) == 1, Torn: i == 7 && n > 16,
			Load: 1 + rng.Float64(), Steal: 0.03 * rng.Float64(), Busy: 0.3 * rng.Float64() * rng.Float64(),
		})
	}
	mean, half := sum/float64(n), 1.7*spread/math.Sqrt(float64(n))
	bounds := [3]float64{math.Expm1(mean - half), math.Expm1(mean), math.Expm1(mean + half)}
	c.Effect, c.After, c.TEffect = bounds[1], before*(1+bounds[1]), bounds[1]
	setBounds(&c, bounds[0], bounds[2])
	c.PWorse, c.PBetter, c.MannWhitneyP = 0.21, 0.79, 0.43
	switch {
	case bounds[2] < 0:
		c.Verdict = analysis.Improvement
	case bounds[2] < m.Margin:
		c.Verdict = analysis.NoLoss
	case bounds[0] > 0:
		c.Verdict, c.PWorse, c.MannWhitneyP = analysis.Regression, 0.0004, 0.00002
	default:
		c.Verdict, c.PairsNeeded = analysis.Inconclusive, int(8.56*1.2*math.Pow(spread/0.02, 2))+1
		c.SecondsNeeded = 2.2 * float64(c.PairsNeeded)
	}
	c.Basis = fmt.Sprintf("%s, as %d pairs of a made-up benchmark have it", c.Verdict, n)
	return c
}

func setBounds(c *analysis.Comparison, lower, upper float64) {
	c.Lower, c.Upper, c.TLower, c.TUpper, c.ProvenMargin = lower, upper, lower, upper, upper
}

func trace(scale float64) *gctrace.Stats {
	pause := stats.Distribution{Mean: 2.1e-5 * scale, P50: 1.4e-5 * scale, P99: 1.9e-4 * scale, Max: 8e-4 * scale}
	return &gctrace.Stats{Processes: 2, Cycles: 1394, Forced: 12, CyclesPerSec: 697 / scale, GCCPUPercent: 21,
		AssistCPU: 0.2, BackgroundCPU: 1.1, IdleCPU: 0.4, SweepTermSTW: pause, MarkTermSTW: pause,
		Mark: stats.Distribution{Mean: 3e-4, P50: 2.4e-4, P99: 1.2e-3, Max: 4.2e-3}, HeapStart: 4, HeapEnd: 4, HeapLive: 1, HeapGoal: 5, Procs: 4}
}

func execTrace(scale float64) *traces.Stats {
	wait := stats.Distribution{Mean: 3.1e-4 * scale, P50: 2.1e-4 * scale, P99: 1.9e-3 * scale, Max: 7.1e-3 * scale}
	pause := stats.Distribution{Mean: 2.1e-5 * scale, P50: 1.3e-5 * scale, P99: 7.9e-4 * scale, Max: 1.9e-3 * scale}
	var mmu []results.MMUPoint
	for _, w := range results.MMUWindows()[:20] { // half a second was traced
		mmu = append(mmu, results.MMUPoint{Window: w, Utilisation: math.Max(0, 0.8-0.3/scale/math.Sqrt(w.Seconds()/1e-3))})
	}
	return &traces.Stats{Processes: 1, Iterations: 20000, Cycles: 363, Restarts: 4, Workerless: 77,
		Dedicated: traces.Work{Starts: 345, Parks: 344, Time: 0.21 * scale}, Idle: traces.Work{Starts: 301, Parks: 301, Time: 0.04}, Assist: traces.Work{Starts: 1320, Time: 0.11},
		Attempts: stats.Distribution{Mean: 1.01, P50: 1, P99: 2, Max: 3}, Starts: stats.Distribution{Mean: 1.8, P50: 2, P99: 4, Max: 5},
		Detailed: 1, Preempted: 12, PreemptedParking: 3, Blocked: 7, Queued: traces.Spread{Count: 19, Distribution: pause},
		AssistTime: traces.Spread{Count: 410, Distribution: wait}, Latency: traces.Spread{Count: 90210, Distribution: pause},
		MMU: mmu, Picture: cyclePicture(scale), MarkStart: wait, MarkResume: wait, MarkEnd: stats.Distribution{Mean: 1e-5, P99: 3e-3, Max: 5.6e-3}, Mark: wait, SweepTermSTW: pause, MarkTermSTW: pause}
}

// cyclePicture has each kind of span once, on two Ps.
func cyclePicture(scale float64) *traces.Picture {
	us := func(x float64) time.Duration { return time.Duration(1000 * scale * x) }
	return &traces.Picture{
		Cycle: results.Cycle{Begin: 1, SweepTermBegin: 1 + us(4), SweepTermEnd: 1 + us(20), MarkTermBegin: 1 + us(180), MarkTermEnd: 1 + us(210)},
		Picture: results.Picture{Spans: []results.Span{
			{Kind: results.SpanStop, P: -1, From: us(4), To: us(20)},
			{Kind: results.SpanStop, P: -1, From: us(180), To: us(210)},
			{Kind: results.SpanMutator, P: 0, From: 0, To: us(70)},
			{Kind: results.SpanAssist, P: 0, From: us(70), To: us(84)},
			{Kind: results.SpanFractional, P: 0, Worker: 19, From: us(90), To: us(120)},
			{Kind: results.SpanMutator, P: 0, From: us(121), To: us(210)},
			{Kind: results.SpanDedicated, P: 1, Worker: 18, From: us(24), To: us(150)},
			{Kind: results.SpanQueued, P: -1, Worker: 18, From: us(150), To: us(158)},
			{Kind: results.SpanDedicated, P: 1, Worker: 18, From: us(158), To: us(210)},
			{Kind: results.SpanIdle, P: 3, Worker: 20, From: us(30), To: us(31)},
		}},
	}
}

func runtimeMeasures(scale float64) *analysis.RuntimeMeasures {
	second := func(x float64) *float64 { x *= scale; return &x }
	return &analysis.RuntimeMeasures{Processes: 1, Assist: second(2e-6), Dedicated: second(1.1e-5), Idle: second(3e-6), GC: second(1.9e-5),
		Pauses: &analysis.Quantiles{Count: 1394, P50: 1.4e-5 * scale, P99: 2e-4 * scale, Max: 8e-4}}
}

// exposed is the exposure of a benchmark with so many of 912 CPU samples
// before and 934 after in the changed code.
func exposed(b analysis.Benchmark, before, after int64) *analysis.Exposure {
	side := func(s results.Side, within, samples int64) *analysis.SideExposure {
		x := &analysis.SideExposure{
			CPU:   &prof.Part{Samples: samples, Flat: within / 9, Within: within},
			Upper: stats.ProportionUpper(within, samples, 0.05),
		}
		if g := b.GC[s]; g != nil {
			cycles := float64(g.Cycles) / float64(g.Processes)
			x.Cycles = &cycles
		}
		if t := b.Trace[s]; t != nil {
			x.Workers = &analysis.Workers{Dedicated: float64(t.Dedicated.Starts), Fractional: float64(t.Fractional.Starts), Idle: float64(t.Idle.Starts)}
		}
		return x
	}
	return &analysis.Exposure{Reach: analysis.Exposed, Functions: 2, Listed: 2,
		Basis: fmt.Sprintf("CPU samples in the changed functions or what they call: %d of 912 before and %d of 934 after", before, after),
		Sides: map[results.Side]*analysis.SideExposure{results.Before: side(results.Before, before, 912), results.After: side(results.After, after, 934)}}
}

// unlikely has an effect that the changed code can't account for, a benchmark
// that never ran it, one of which that is not known, and counts of 0.
func unlikely() *analysis.Analysis {
	a, rng := empty(), random()
	a.Verdict, a.ExitCode = analysis.Regression, 1
	a.Warnings = []string{
		"every benchmark ran at GOMAXPROCS 3 or less, where the pacer wants no dedicated mark worker; 6 execution traces saw worker starts: 0 dedicated, 412 fractional, 95 idle",
		"never ran the changed code: Buffers-2; what they show does not count as no loss",
	}
	a.Sentence = "Regression: after is 10 % slower on CycleStorm-2 (sec/op), more than the changed code's share of CPU time explains: layout or noise suspected; 1 of 3 benchmarks regressed."
	doubtful := add(a, rng, "CycleStorm-2", 24, 0.10, 0.03, wallTime)
	doubtful.Comparisons[0].Suspicion = "layout or noise suspected: the changed functions and what they call have 1.6 % of after's CPU time at most, and 9.1 % would be needed"
	doubtful.Warnings = []string{"sec/op: " + doubtful.Comparisons[0].Suspicion}
	faults := fabricatedComparison(rng, results.MajorFaultsMetric, 18, 0.5, 0.8)
	faults.Before, faults.After, faults.PlusOne, faults.Lost, faults.Primary, faults.Differences = 0, 1, true, 6, false, nil
	doubtful.Exploratory = append(doubtful.Exploratory, faults)
	for _, t := range doubtful.Trace {
		t.Dedicated, t.Fractional, t.Idle = traces.Work{}, traces.Work{Starts: 412, Parks: 411, Time: 0.1}, traces.Work{Starts: 95, Time: 0.01}
	}
	allocations := &prof.Diff{
		Processes: [2]int{6, 6}, Samples: [2]int64{89_300_000, 1_020_000_000}, Pairs: 6, FlatTested: 7, CumulativeTested: 7,
		Functions: fabricatedProfile().Functions,
	}
	doubtful.Allocations = &analysis.ProfileEvidence{
		Profile: allocations, Flame: "flame/a.allocs.html", Top: "flame/a.allocs.top.html", Peek: "flame/a.allocs.peek.html",
		Merged: map[results.Side]string{results.Before: "flame/a.allocs.before.pb.gz", results.After: "flame/a.allocs.after.pb.gz"},
	}
	old := doubtful.Trace[results.Before] // of an older patchbench
	old.Detailed, old.MMU, old.Picture = 0, nil, nil
	doubtful.Exposure = exposed(*doubtful, 9, 8)
	never := add(a, rng, "Buffers-2", 24, 0.001, 0.02, wallTime)
	never.Trace, never.TraceLack = nil, map[results.Side]string{results.After: "read the execution trace: unexpected EOF"}
	never.Exposure = exposed(*never, 0, 0)
	never.Exposure.Reach = analysis.NotExposed
	never.Exposure.Basis = "no CPU sample of 912 before and 934 after in a changed function or what it calls, which bounds their share at 0.33 % and 0.33 %"
	unknown := add(a, rng, "Latency-2", 24, 0.001, 0.02, wallTime)
	unknown.Profile, unknown.Trace[results.After], unknown.GCShares, unknown.Runtime = nil, nil, nil, nil
	unknown.Exposure = &analysis.Exposure{Reach: analysis.UnknownReach, Basis: "no CPU profiles of both sides", Functions: 45, Listed: 20,
		Sides: map[results.Side]*analysis.SideExposure{results.Before: {Upper: 1}, results.After: {Upper: 1}}}
	for i := range a.Protocol.Benchmarks {
		a.Protocol.Benchmarks[i].Procs = 2
	}
	return a
}

// addUnmeasured puts in a benchmark that has no samples, and why.
func addUnmeasured(a *analysis.Analysis, name string, v analysis.Verdict, d results.Difference, basis string) {
	p := results.Benchmark{Name: name, Procs: 2, Package: "encoding/json", Pattern: "^BenchmarkCodeUnmarshal$", Loads: "allocation of small objects with pointers", Iterations: 24, Difference: d}
	if v == analysis.Broken {
		p.Broken = basis
	}
	a.Protocol.Benchmarks = append(a.Protocol.Benchmarks, p)
	a.Benchmarks = append(a.Benchmarks, analysis.Benchmark{Name: name, Verdict: v, Basis: basis})
}

func random() *rand.Rand { return rand.New(rand.NewPCG(1, 2)) }

func regressed() *analysis.Analysis {
	a, rng := empty(), random()
	a.Verdict, a.ExitCode = analysis.Regression, 1
	a.Warnings = []string{
		"this host's own rate of false alarms has not been measured",
		"one code layout only: 1263 functions moved, and placement alone can move results",
	}
	worst := add(a, rng, "CycleStorm-4", 24, 0.14, 0.06, wallTime, cpuTime).Comparisons[0]
	a.Sentence = fmt.Sprintf("Regression: after is %s slower %s on CycleStorm-4 (sec/op); 1 of 8 benchmarks regressed.", share(worst.Effect), interval(worst.Lower, worst.Upper, worst.Margin))
	add(a, rng, "IdleWorkers-4", 24, 0.012, 0.06, wallTime, cpuTime)
	drifting := add(a, rng, "AssistStorm-4", 24, 0.004, 0.03, wallTime, cpuTime)
	drifting.Warnings = []string{
		"sec/op: differences drift over the run (ρ = 0.71, p = 0.0001): they are not of one kind",
		"sec/op: neighbouring differences go together: 24 pairs say as much as 9 that did not, and the bounds are as wide as theirs",
	}
	wall := &drifting.Comparisons[0]
	wall.Trend, wall.EffectivePairs = 0.71, 9.2
	for i := range wall.Differences {
		wall.Differences[i].D += 0.004 * (float64(i) - 11.5)
	}
	add(a, rng, "std/json/CodeUnmarshal-2", 24, 0.002, 0.02, wallTime, cpuTime)
	add(a, rng, "PointerHeap-4", 24, -0.001, 0.02, wallTime, cpuTime)
	add(a, rng, "Buffers-4", 24, -0.03, 0.02, wallTime, cpuTime)
	addUnmeasured(a, "std/gob/DecodeInterfaceSlice-2", analysis.NoLoss, results.Identical, "identical binaries, not measured")
	addUnmeasured(a, "std/template/Execute-2", analysis.NoLoss, results.LineTables, "same machine code, other line tables, not measured")
	a.Geomeans = []analysis.Comparison{fabricatedComparison(rng, wallTime, 24, 0.008, 0.02), fabricatedComparison(rng, cpuTime, 24, 0.005, 0.02)}
	for i := range a.Geomeans {
		a.Geomeans[i].Margin, a.Geomeans[i].Differences, a.Geomeans[i].Primary = 0.01, nil, false
	}
	return a
}

func undecided() *analysis.Analysis {
	a, rng := empty(), random()
	a.Verdict, a.ExitCode, a.Complete, a.Sessions = analysis.Inconclusive, 2, false, 2
	a.Sentence = "Inconclusive: the schedule was not finished, and a loss of 2 % can't be excluded on 3 of 3 benchmarks."
	a.Noise.Excluded, a.Noise.Torn, a.Noise.Failures = 2, 1, 1
	a.Noise.Waited, a.Noise.Unquiet = 123, 1
	wide := add(a, rng, "CycleStorm-2", 3, 0.02, 0.09, wallTime, peakRSS)
	for i := range wide.Comparisons {
		setBounds(&wide.Comparisons[i], math.Inf(-1), math.Inf(1))
		wide.Comparisons[i].Verdict = analysis.Inconclusive
	}
	wide.Verdict, wide.Flame, wide.Profile, wide.GC, wide.Trace, wide.GCShares, wide.Runtime = analysis.Inconclusive, "", nil, nil, nil, nil, nil
	a.Protocol.Benchmarks[0].Procs = 2
	huge := add(a, rng, "Latency-2", 20, 0.3, 1.4, wallTime, peakRSS)
	huge.GC[results.After] = nil
	looked := add(a, rng, "PointerHeap-2", 20, 0.01, 0.05, wallTime, peakRSS)
	for i := range looked.Comparisons {
		c := &looked.Comparisons[i]
		c.Looks = []analysis.Look{{Rounds: 5, Pairs: 10, Lower: math.Inf(-1), Upper: math.Inf(1), Alpha: 0.0006}, {Rounds: 10, Pairs: 20, Lower: c.Lower, Upper: c.Upper, Alpha: 0.02}}
		c.Stopped = &analysis.Stopped{Effect: c.Effect / 2, Lower: c.Lower, Upper: c.Upper}
	}
	pb := &a.Protocol.Benchmarks[2]
	pb.Rounds, pb.Pilot = 10, []results.Noise{{Unit: wallTime.Unit, Pairs: 8, Sigma: 0.025, Need: 20}, {Unit: peakRSS.Unit, Pairs: 8, Sigma: 0.01, Need: 10}}
	addUnmeasured(a, "Loud-2", analysis.Inconclusive, results.Code, "not measured, as deciding it takes 41 min (sec/op spreads 25 % a pair)")
	a.Protocol.Benchmarks[3].Unmeasured = a.Benchmarks[3].Basis
	a.Planned += 40
	return a
}

func identical() *analysis.Analysis {
	a := empty()
	a.Verdict = analysis.NoLoss
	a.Sentence = "No difference to measure: both sides compile to identical binaries for all 2 benchmarks."
	addUnmeasured(a, "CycleStorm-4", analysis.NoLoss, results.Identical, "identical binaries, not measured")
	addUnmeasured(a, "Buffers-4", analysis.NoLoss, results.Identical, "identical binaries, not measured")
	return a
}

func broken() *analysis.Analysis {
	a := empty()
	a.Verdict, a.ExitCode = analysis.Broken, 3
	a.Sentence = "Broken: 2 of 3 benchmarks gave no result."
	a.Protocol.Gate, a.Protocol.Doctor = nil, nil
	a.Protocol.Missing = []string{"Sweet-4: it needs go1.26", "no emulator on this host"}
	addUnmeasured(a, "std/http/ServerFakeConn-2", analysis.Broken, "", "after does not compile: undefined: releasem (logs/compile.after.txt)")
	halted := add(a, random(), "Latency-4", 12, 0, 0.02, wallTime, cpuTime)
	halted.Exploratory = append(halted.Exploratory, analysis.Comparison{Metric: results.Metric{Unit: "stalls", Kind: results.Count}, Basis: "stalls is reported by after only", Lower: math.Inf(-1), Upper: math.Inf(1)})
	halted.Verdict, halted.Basis = analysis.Broken, "after hung: killed after 11 s (logs/Latency-4.after.txt)"
	halted.Comparisons[1] = analysis.Comparison{Metric: cpuTime, Primary: true, Verdict: analysis.Inconclusive,
		Basis: "cpu-sec is reported by before only", Lower: math.Inf(-1), Upper: math.Inf(1), ProvenMargin: math.Inf(1)}
	add(a, random(), "PointerHeap-4", 20, 0, 0.02, wallTime)
	return a
}

// hostileName tries to break out of every place a name is put.
const hostileName = "<script>alert('x')</script>|`**_@all_**` \"]]>&--><svg onload=a> https://evil.example www.evil.example\n# $x$ \x00\u202e-4"

func hostile() *analysis.Analysis {
	a, rng := empty(), random()
	a.Verdict, a.Sentence = analysis.NoLoss, "No loss: after is no slower by more than 2 % on "+hostileName+"."
	a.Warnings, a.Benchstat = []string{hostileName}, hostileName
	a.Protocol.Title, a.Protocol.Base, a.Protocol.Host.CPU = hostileName, hostileName, hostileName
	a.Protocol.Gate.Known = []string{hostileName}
	a.Protocol.Missing = []string{hostileName + ": " + hostileName, hostileName}
	a.Protocol.Doctor.Doubts = slices.Repeat([]string{hostileName}, 9)
	metric := wallTime
	metric.Unit = hostileName
	b := add(a, rng, hostileName, 12, 0, 0.01, metric)
	b.Flame, b.Top, b.Merged[results.Before] = "javascript:alert(1)", hostileName, hostileName
	b.RawTrace = map[results.Side]string{results.Before: "javascript:alert(1)", results.After: "traces/" + hostileName}
	b.TraceLack = map[results.Side]string{results.Before: hostileName}
	b.Basis, b.Warnings = hostileName, []string{hostileName}
	b.Profile.Functions[0].Name = hostileName
	a.Protocol.Benchmarks[0].Loads, a.Protocol.Benchmarks[0].Package, a.Protocol.Benchmarks[0].Changed[0] = hostileName, hostileName, hostileName
	addUnmeasured(a, hostileName, analysis.NoLoss, results.Identical, hostileName)
	return a
}

// distrusted is a run on a calibrated host whose own control calls a difference.
func distrusted() *analysis.Analysis {
	a, rng := empty(), random()
	a.Protocol.Calibration = &results.Calibration{
		Newest: a.Protocol.Created.AddDate(0, 0, -3), Runs: 16, Alpha: 0.05,
		Regression:  results.Rate{Count: 2, Trials: 208, Lower: 0.001, Upper: 0.034},
		Improvement: results.Rate{Count: 0, Trials: 208, Upper: 0.018},
		BatchAlarms: results.Rate{Count: 71, Trials: 208, Lower: 0.277, Upper: 0.410},
	}
	b := add(a, rng, "CycleStorm-4", 40, 0.001, 0.02, wallTime, cpuTime)
	a.Verdict, a.ExitCode = analysis.Inconclusive, 2
	a.Control = &analysis.ControlCheck{Benchmarks: 1, Level: 0.01}
	for i, m := range []results.Metric{wallTime, cpuTime} {
		c := fabricatedComparison(rng, m, 8, 0.03-0.03*float64(i), 0.02)
		b.Control = append(b.Control, c)
		a.Control.Metrics = append(a.Control.Metrics, analysis.ControlMetric{
			Control: c, Patch: b.Comparisons[i], P: 0.002 + 0.4*float64(i), Calls: i == 0,
		})
	}
	a.Sentence = "Inconclusive: don't trust this run, as its own control calls a difference (sec/op: before and its copy differ by +1.5 %, p = 0.002). Without that it would say: No loss: nothing beyond 2 %."
	return a
}

func single() *analysis.Analysis {
	a := empty()
	a.Verdict, a.Sentence = analysis.NoLoss, "No loss: after is no slower by more than 1.2 % on the one benchmark, where 2 % was the margin."
	b := add(a, random(), "PointerHeap-4", 20, 0, 0.02, wallTime)
	b.RawTrace = map[results.Side]string{results.Before: "traces/PointerHeap-4.before.1.trace", results.After: "traces/PointerHeap-4.after.1.trace"}
	return a
}

// claimed has one claimed improvement of each standing.
func claimed() *analysis.Analysis {
	a, rng := empty(), random()
	a.Protocol.Claim, a.Verdict, a.ExitCode = "improves", analysis.Refuted, 1
	add(a, rng, "AssistStorm-4", 24, -0.05, 0.02, wallTime)
	add(a, rng, "PointerHeap-4", 24, -0.01, 0.01, wallTime)
	add(a, rng, "Buffers-4", 24, -0.03, 0.02, wallTime)
	a.Claim = &analysis.Claim{Standing: analysis.ClaimRefuted, Parts: []analysis.ClaimedPart{
		{Benchmark: "AssistStorm-4", Unit: "sec/op", Least: 0.03, Standing: analysis.ClaimHeld, Basis: "at least 3 % faster was claimed, and at least 4.1 % is shown"},
		{Benchmark: "Buffers-4", Unit: "sec/op", Least: 0.03, Standing: analysis.ClaimOpen, Basis: "at least 3 % faster was claimed, and it may be anything from 2.2 % faster to 4 % faster"},
		{Benchmark: "Gone", Least: 0.1, Standing: analysis.ClaimOpen, Basis: "an improvement was claimed, but the run has no such benchmark: it needs go1.26"},
		{Benchmark: "PointerHeap-4", Unit: "sec/op", Least: 0.03, Standing: analysis.ClaimRefuted, Basis: "at least 3 % faster was claimed, and more than 1.4 % is excluded"},
	}}
	a.Sentence = "Refuted: the claim does not hold (PointerHeap-4: at least 3 % faster was claimed, and more than 1.4 % is excluded); nothing regressed."
	return a
}

// many has n benchmarks with pairs pairs of three metrics each.
func many(n, pairs int) *analysis.Analysis {
	a, rng := empty(), random()
	a.Verdict, a.ExitCode = analysis.Inconclusive, 2
	a.Sentence = fmt.Sprintf("Inconclusive: a loss of 2 %% can't be excluded on some of %d benchmarks.", n)
	for i := range n {
		add(a, rng, fmt.Sprintf("Benchmark%03d/with=options/and_a_longish_name-4", i), pairs, 0.05*rng.Float64()-0.02, 0.06, wallTime, cpuTime, peakRSS)
	}
	return a
}
