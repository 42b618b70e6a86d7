package analysis

import (
	"cmp"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/perf/benchmath"

	"patchbench/analysis/stats"
	"patchbench/results"
)

// Calibrated says what the run in the folder dir showed, of before against a
// copy of itself, or, where planted is above 0, against an after that is slower
// by that: one trial for each primary metric of each benchmark that has pairs
// enough for a verdict.
func Calibrated(dir string, planted float64) ([]results.Calibrated, error) {
	a, err := Analyze(dir, Question{})
	if err != nil {
		return nil, err
	}
	samples, _, err := results.ReadSamples(dir)
	if err != nil {
		return nil, err
	}
	p := a.Protocol
	var trials []results.Calibrated
	for i := range p.Benchmarks {
		pb := &p.Benchmarks[i]
		if pb.Difference != results.Copied {
			if pb.Measured() && planted == 0 {
				return nil, fmt.Errorf("%s: %s differs between its sides; that is no calibration", dir, pb.Name)
			}
			if !pb.Measured() {
				continue
			}
		}
		b := a.named(pb.Name)
		for j := range b.Comparisons {
			c := &b.Comparisons[j]
			if c.Pairs < p.MinPairs || b.Verdict == Broken {
				continue
			}
			t := results.Calibrated{
				Run: filepath.Base(dir), Date: p.Created, Harness: p.Harness,
				Benchmark: pb.Name, Unit: c.Unit, Binary: pb.Binaries[results.Before], Iterations: pb.Iterations, First: j == 0, Planted: planted, Effect: c.Effect, Layouts: len(pb.Layouts),
				Alpha: p.Alpha, Pairs: c.Pairs, Verdict: string(c.Verdict),
				Lower: finite(c.Lower), Upper: finite(c.Upper), Sigma: c.Spread,
			}
			if s := c.Stopped; s != nil {
				t.Effect = s.Effect
				t.Lower, t.Upper = finite(s.Lower), finite(s.Upper)
			}
			tell(&t, c, p, samples)
			trials = append(trials, t)
		}
	}
	return trials, nil
}

// tell fills in what t says of the noise. Early stopping chooses among later
// pairs, so the p-value is of the first ones, which every trial has.
func tell(t *results.Calibrated, c *Comparison, p *results.Protocol, samples []results.Sample) {
	var d, order, processes []float64
	for i, x := range c.Differences {
		d, order = append(d, x.D), append(order, float64(i))
	}
	t.P = stats.NewSignedRank(d[:p.MinPairs]).PGreater(0)
	t.Drift, _ = stats.Spearman(order, d)
	var logs []float64
	for i := range samples {
		s := &samples[i]
		if v, ok := s.Value(t.Unit); ok && s.Benchmark == t.Benchmark && v > 0 {
			processes, logs = append(processes, v), append(logs, math.Log(v))
		}
	}
	t.Rho = stats.Neighbours(logs)
	thresholds := benchmath.DefaultThresholds
	half := len(processes) / 2
	t.BatchP = benchmath.AssumeNothing.Compare(
		benchmath.NewSample(slices.Clone(processes[:half]), &thresholds), benchmath.NewSample(slices.Clone(processes[half:]), &thresholds)).P
}

func (a *Analysis) named(name string) *Benchmark {
	for i := range a.Benchmarks {
		if a.Benchmarks[i].Name == name {
			return &a.Benchmarks[i]
		}
	}
	return nil
}

// Calibrate sums up the trials of a host class, nil if there are none.
func Calibrate(f *results.CalibrationFile) *results.Calibration {
	if f == nil {
		return nil
	}
	c := &results.Calibration{Class: f.Host.Class}
	runs := make(map[string]bool)
	var first []results.Calibrated
	for _, t := range f.Trials {
		if t.First && t.Planted == 0 {
			first = append(first, t)
			runs[t.Run] = true
			c.Alpha = max(c.Alpha, t.Alpha)
			if t.Date.After(c.Newest) {
				c.Newest = t.Date
			}
		}
	}
	if len(first) == 0 {
		return nil
	}
	c.Runs = len(runs)
	r := ratesOf(first)
	c.Regression, c.Improvement, c.LowerHolds, c.UpperHolds = r.regression, r.improvement, r.lower, r.upper
	c.BatchAlarms, c.UniformityP = r.batch, r.uniformity
	if varied := slices.DeleteFunc(first, func(t results.Calibrated) bool { return t.InLayouts() == 1 }); len(varied) > 0 {
		c.InLayouts = ratesOf(varied).regression
	}
	c.RunAlarms = runAlarms(f, func(t *results.Calibrated) bool { return t.Verdict == string(Regression) })
	return c
}

// runAlarms is the rate of runs with a trial of nothing that is called. Verdicts
// are adjusted for all comparisons of their run, so it is the run that is
// promised to err no more often than Protocol.Alpha.
func runAlarms(f *results.CalibrationFile, called func(t *results.Calibrated) bool) results.Rate {
	alarm := make(map[string]bool)
	for i := range f.Trials {
		if t := &f.Trials[i]; t.Planted == 0 {
			alarm[t.Run] = alarm[t.Run] || called(t)
		}
	}
	k := 0
	for _, a := range alarm {
		if a {
			k++
		}
	}
	return rate(k, len(alarm))
}

// rates are what trials of one kind come to.
type rates struct {
	regression, improvement, lower, upper, batch results.Rate
	uniformity                                   float64
}

func ratesOf(trials []results.Calibrated) rates {
	const usual = 0.05 // benchstat's level
	count := func(is func(t *results.Calibrated) bool) results.Rate {
		k := 0
		for i := range trials {
			if is(&trials[i]) {
				k++
			}
		}
		return rate(k, len(trials))
	}
	var r rates
	r.regression = count(func(t *results.Calibrated) bool { return t.Verdict == string(Regression) })
	r.improvement = count(func(t *results.Calibrated) bool { return t.Verdict == string(Improvement) })
	r.lower = count(func(t *results.Calibrated) bool { return t.Lower == nil || *t.Lower <= 0 })
	r.upper = count(func(t *results.Calibrated) bool { return t.Upper == nil || *t.Upper >= 0 })
	r.batch = count(func(t *results.Calibrated) bool { return t.BatchP < usual })
	var p []float64
	for _, t := range trials {
		p = append(p, t.P)
	}
	_, r.uniformity = stats.Uniform(p)
	return r
}

func rate(k, n int) results.Rate {
	const tail = 0.025
	return results.Rate{
		Count: k, Trials: n,
		Lower: stats.ProportionLower(int64(k), int64(n), tail),
		Upper: stats.ProportionUpper(int64(k), int64(n), tail),
	}
}

// rateText is a rate for people: 3 of 208 (1.4 %, 0.3 to 4.2 %).
func rateText(r results.Rate) string {
	return fmt.Sprintf("%d of %d (%.1f %%, between %.1f and %.1f %%)", r.Count, r.Trials,
		100*float64(r.Count)/float64(max(1, r.Trials)), 100*r.Lower, 100*r.Upper)
}

// CalibrationText says in a sentence what is known of a host class, at the time
// now, by comparisons of a program with itself.
func CalibrationText(c *results.Calibration, now time.Time) string {
	if c == nil {
		return "uncalibrated: nothing was compared with itself on this host class yet (make calibrate)"
	}
	days := int(now.Sub(c.Newest).Hours() / 24)
	age := "of the same day"
	if days > 0 {
		age = plural(days, "day") + " old"
	}
	inLayouts := ""
	if c.InLayouts.Trials > 0 {
		inLayouts = fmt.Sprintf("; also in layout variants, where a regression was called in %s of them", rateText(c.InLayouts))
	}
	inRuns := ""
	if c.RunAlarms.Trials > 0 {
		inRuns = fmt.Sprintf("; of whole runs %s called a regression of some metric", rateText(c.RunAlarms))
	}
	return fmt.Sprintf("%s of a program with itself in %s, %s: a regression called in %s, an improvement in %s%s%s; two batches under Mann-Whitney's test call a difference in %s",
		plural(c.Regression.Trials, "comparison"), plural(c.Runs, "run"), age, rateText(c.Regression), rateText(c.Improvement), inLayouts, inRuns, rateText(c.BatchAlarms))
}

// CalibrationMarkdown tells all of a calibration.
func CalibrationMarkdown(f *results.CalibrationFile) string {
	c := Calibrate(f)
	if c == nil {
		return fmt.Sprintf("# Calibration of %s\n\nNothing was compared with itself yet.\n%s", f.Host.Class, plantedMarkdown(f))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# Calibration of %s\n\n", f.Host.Class)
	fmt.Fprintf(&b, "Before against a copy of itself, built apart, through the pipeline of every run: %s of benchmarks in %s up to %s, on %s with %s (%s), by `patchbench calibrate`. "+
		"There is nothing to find: what is called is false. Intervals are of 95 %%; promised is at most %.0f %% for each alarm, and at least %.0f %% for each bound.\n\n",
		plural(c.Regression.Trials, "comparison"), plural(c.Runs, "run"), c.Newest.Format(time.DateOnly), f.Host.CPU, plural(f.Host.Cores, "core"), f.Host.Kernel, 100*c.Alpha, 100*(1-c.Alpha))
	fmt.Fprintln(&b, "| trials | regression called | improvement called | lower bound holds | upper bound holds | p-values uniform | two batches, Mann-Whitney |")
	fmt.Fprintln(&b, "|---|---|---|---|---|---:|---|")
	row := func(name string, trials []results.Calibrated) {
		if len(trials) == 0 {
			return
		}
		r := ratesOf(trials)
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | p = %.2g | %s |\n", name,
			rateText(r.regression), rateText(r.improvement), rateText(r.lower), rateText(r.upper), r.uniformity, rateText(r.batch))
	}
	pick := func(is func(t results.Calibrated) bool) []results.Calibrated {
		return slices.DeleteFunc(slices.Clone(f.Trials), func(t results.Calibrated) bool { return t.Planted > 0 || !is(t) })
	}
	row("**each benchmark's first metric**", pick(func(t results.Calibrated) bool { return t.First }))
	row("of these, in several layouts", pick(func(t results.Calibrated) bool { return t.First && t.InLayouts() > 1 }))
	var units, names []string
	for _, t := range f.Trials {
		if t.Planted > 0 {
			continue
		}
		if !slices.Contains(units, t.Unit) {
			units = append(units, t.Unit)
		}
		if key := t.Benchmark + "\x00" + t.Unit; !slices.Contains(names, key) {
			names = append(names, key)
		}
	}
	for _, unit := range units {
		row(unit+", of all benchmarks", pick(func(t results.Calibrated) bool { return t.Unit == unit }))
	}
	improved := runAlarms(f, func(t *results.Calibrated) bool { return t.Verdict == string(Improvement) })
	fmt.Fprintf(&b, "\nVerdicts are adjusted for all metrics of a run, so the promise is one for whole runs: %s called a regression of some metric, %s an improvement.\n", rateText(c.RunAlarms), rateText(improved))
	b.WriteString(plantedMarkdown(f))
	fmt.Fprint(&b, "\nThe rows overlap, and metrics of one process go along with each other, so only the first counts as independent trials.\n\n## Noise by benchmark\n\n"+
		"Medians over the trials: the spread of a pair (robust standard deviation of the log-ratio), how neighbouring processes correlate, and how differences drift over a run (largest absolute rank correlation).\n\n")
	fmt.Fprintln(&b, "| benchmark | metric | trials | pairs | spread of a pair % | neighbours | drift |")
	fmt.Fprintln(&b, "|---|---|---:|---:|---:|---:|---:|")
	slices.SortFunc(names, func(x, y string) int { return cmp.Compare(x, y) })
	for _, key := range names {
		name, unit, _ := strings.Cut(key, "\x00")
		var pairs, sigma, rho []float64
		drift := 0.0
		for _, t := range f.Trials {
			if t.Planted == 0 && t.Benchmark == name && t.Unit == unit {
				pairs, sigma, rho = append(pairs, float64(t.Pairs)), append(sigma, t.Sigma), append(rho, t.Rho)
				drift = max(drift, math.Abs(t.Drift))
			}
		}
		fmt.Fprintf(&b, "| %s | %s | %d | %.0f | %.2g | %.2f | %.2f |\n", name, unit, len(pairs),
			stats.Median(pairs), 100*math.Expm1(stats.Median(sigma)), stats.Median(rho), drift)
	}
	return b.String()
}

// planted is what became of the trials with a planted loss of one size.
type planted struct {
	found, lossless, hold results.Rate
	effect, pairs         float64 // medians
}

func plantedOf(f *results.CalibrationFile, size float64) planted {
	var found, lossless, hold, n int
	var effects, pairs []float64
	for _, t := range f.Trials {
		if t.Planted != size || !t.First {
			continue
		}
		n++
		switch t.Verdict {
		case string(Regression):
			found++
		case string(NoLoss), string(Improvement):
			lossless++
		}
		if (t.Lower == nil || *t.Lower <= size) && (t.Upper == nil || *t.Upper >= size) {
			hold++
		}
		effects, pairs = append(effects, t.Effect), append(pairs, float64(t.Pairs))
	}
	return planted{rate(found, n), rate(lossless, n), rate(hold, n), stats.Median(effects), stats.Median(pairs)}
}

// PlantedText says in a sentence how often a planted loss of a size was found.
func PlantedText(f *results.CalibrationFile, size float64) string {
	p := plantedOf(f, size)
	return fmt.Sprintf("a planted loss of %s: found in %s, said to be no loss in %s; estimated at %s in the median",
		percent(size), rateText(p.found), rateText(p.lossless), percent(p.effect))
}

// plantedMarkdown tells how often planted losses were found, nothing where none
// was planted.
func plantedMarkdown(f *results.CalibrationFile) string {
	var sizes []float64
	for _, t := range f.Trials {
		if t.Planted > 0 && !slices.Contains(sizes, t.Planted) {
			sizes = append(sizes, t.Planted)
		}
	}
	if len(sizes) == 0 {
		return ""
	}
	slices.Sort(sizes)
	var b strings.Builder
	fmt.Fprint(&b, "\n## Planted losses\n\nPositive controls: after burns a share of the time in the allocator. A loss of just the margin is to be called no loss in 5 % at most; one of twice the margin is to be found.\n\n"+
		"| planted | comparisons | pairs, median | regression found | said to be no loss | estimated, median | both bounds hold |\n|---:|---:|---:|---|---|---:|---|\n")
	for _, size := range sizes {
		p := plantedOf(f, size)
		fmt.Fprintf(&b, "| %s | %d | %.0f | %s | %s | %s | %s |\n", percent(size), p.found.Trials, p.pairs,
			rateText(p.found), rateText(p.lossless), percent(p.effect), rateText(p.hold))
	}
	return b.String()
}
