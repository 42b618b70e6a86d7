package bench

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"golang.org/x/perf/benchunit"

	"patchbench/results"
)

// trialTimeout bounds each process of a trial, when nothing is known yet of
// how long one takes.
const trialTimeout = 2 * time.Minute

// A Trial is what trying a benchmark showed.
type Trial struct {
	results.Benchmark
	Output *Outcome // of the process that failed, if one did
}

// Try runs b on both sides before anything is measured. It fixes the
// iteration count on before, for a sample of about target, and finds what
// can't be measured: then Broken says why. An error stops the whole run.
func (r *Runner) Try(ctx context.Context, w *workdir, b results.Benchmark, target time.Duration) (*Trial, error) {
	b.Timeout = firstTimeout(&b).Seconds()
	t := &Trial{Benchmark: b}
	err := r.try(ctx, w, t, target)
	var fail *failure
	if errors.As(err, &fail) {
		t.Broken = fail.Error()
		return t, nil
	}
	if err != nil {
		return nil, fmt.Errorf("try %s: %w", b.Name, err)
	}
	return t, nil
}

func (r *Runner) try(ctx context.Context, w *workdir, t *Trial, target time.Duration) error {
	run := func(side results.Side, benchtime string) (*Outcome, int, []results.Value, error) {
		o, n, values, err := r.sample(ctx, w, &t.Benchmark, side, 0, benchtime)
		var fail *failure
		if errors.As(err, &fail) {
			t.Output = o
			err = &failure{fmt.Errorf("on %s: %w", side, fail.error)}
		}
		return o, n, values, err
	}

	if driven(&t.Benchmark) { // the first process of each side compiles what it runs
		for _, side := range results.Sides() {
			if _, _, _, err := run(side, fixed(1)); err != nil {
				return err
			}
		}
	}
	tried := ""
	known, err := r.pace(&t.Benchmark, target, func(benchtime string) (*Outcome, int, []results.Value, error) {
		o, n, values, err := run(results.Before, benchtime)
		if err == nil {
			tried = fmt.Sprintf("%.2f s on before, ", o.Wall.Seconds())
		}
		return o, n, values, err
	})
	if err != nil {
		return err
	}
	t.Iterations, t.Units = known.Iterations, known.Units

	after, _, values, err := run(results.After, fixed(t.Iterations))
	if err != nil {
		return err
	}
	if err := sameUnits(t.Units, units(values)); err != nil {
		t.Output = after
		return &failure{err}
	}
	if err := reportsPrimary(&t.Benchmark, values); err != nil {
		t.Output = after
		return &failure{err}
	}
	t.Seconds = max(known.Seconds, after.Wall.Seconds())
	// Of before only what was seen just now: a pace that was kept is of another
	// day, and would look like a comparison.
	r.Log("%s: %d iterations took %s%.2f s on after", t.Name, t.Iterations, tried, after.Wall.Seconds())
	t.Timeout = max(30, math.Ceil(20*t.Seconds))
	return nil
}

// firstTimeout bounds processes of b of which nothing is known yet.
func firstTimeout(b *results.Benchmark) time.Duration {
	if driven(b) {
		return driverTimeout
	}
	return trialTimeout
}

// pace is the pace of b, from the cache or by trying it on before with run.
func (r *Runner) pace(b *results.Benchmark, target time.Duration, run tryRun) (*pace, error) {
	if known := r.knownPace(b, target); known != nil && !driven(b) {
		return known, nil
	}
	find := findPace
	switch {
	case b.Chooses() || b.Package == results.CompilerPackage:
		find = func(run tryRun, _ time.Duration) (*pace, error) { return runOnce(run, 1) }
	case b.Program:
		find = findProgramPace
	}
	p, err := find(run, target)
	if err != nil {
		return nil, err
	}
	return p, r.keepPace(b, target, p)
}

// A tryRun runs a process for a -test.benchtime and returns what it reported.
type tryRun func(benchtime string) (o *Outcome, iterations int, values []results.Value, err error)

// findPace finds how many iterations make a process that takes about target.
func findPace(run tryRun, target time.Duration) (*pace, error) {
	o, n, values, err := run((target / 2).String())
	if err != nil {
		return nil, err
	}
	perOp := secondsPerOp(values)
	n = max(n, 1)
	// Some benchmarks report another time than that of their iterations, such
	// as that of one of many steps, or none.
	if perOp*float64(n) < o.Wall.Seconds()/100 {
		perOp = o.Wall.Seconds() / float64(n)
	}
	if perOp > 0 {
		n = roundIterations(target.Seconds() / perOp)
	}

	// The time an iteration takes can depend on their number, where heaps
	// grow, and a process has its start-up beside them.
	for tries := 1; ; tries++ {
		if o, _, values, err = run(fixed(n)); err != nil {
			return nil, err
		}
		ratio := target.Seconds() / o.Wall.Seconds()
		next := roundIterations(float64(n) * ratio)
		if ratio > 0.75 && ratio < 1.33 || next == n || tries == 3 {
			break
		}
		n = next
	}
	return &pace{Iterations: n, Units: units(values), Seconds: o.Wall.Seconds()}, nil
}

// secondsPerOp finds the time of one iteration in a result, 0 where it is not
// reported.
func secondsPerOp(values []results.Value) float64 {
	for _, v := range values {
		if v.Unit == "ns/op" {
			return v.Value * 1e-9
		}
	}
	return 0
}

// reportsPrimary tells in one line which of b's primary metrics is not among
// what a process of it measured.
func reportsPrimary(b *results.Benchmark, values []results.Value) error {
	have := make(map[string]bool)
	for _, v := range values {
		_, unit := benchunit.Tidy(v.Value, v.Unit)
		have[unit] = true
	}
	for _, m := range b.Primary {
		if !have[m.Unit] {
			return fmt.Errorf("reports no %s", m.Unit)
		}
	}
	return nil
}

// roundIterations rounds to two significant digits, which is as exact as a
// calibration is and easier to read.
func roundIterations(n float64) int {
	if n < 1 {
		return 1
	}
	scale := math.Pow(10, math.Max(0, math.Floor(math.Log10(n))-1))
	return int(math.Round(n/scale) * scale)
}

// sameUnits tells in one line how the metrics of the sides differ.
func sameUnits(before, after []string) error {
	if slices.Equal(before, after) {
		return nil
	}
	only := func(a, b []string) string {
		var us []string
		for _, u := range a {
			if !slices.Contains(b, u) {
				us = append(us, u)
			}
		}
		if us == nil {
			return "nothing more"
		}
		return strings.Join(us, ", ")
	}
	return fmt.Errorf("reports different metrics: before alone has %s; after alone has %s", only(before, after), only(after, before))
}

// Compiled lists the plan's benchmarks with what is known of their binaries.
// Those that are not compiled yet are taken to differ.
func (r *Runner) Compiled(p *Plan) []results.Benchmark {
	bs := p.Benchmarks()
	for i := range bs {
		if bin := r.binary(&bs[i]); bin != nil {
			setBinary(&bs[i], bin)
		} else {
			bs[i].Difference = results.Code
		}
	}
	return bs
}

// TryAll tries every benchmark of the plan that has different code on the two
// sides, calling report before each. It returns them as the protocol holds
// them, and what failing ones printed, by a name for the log.
//
// What runs on another architecture comes last, after cross has compiled it:
// who edits the runtime sees a first process of it so much sooner.
func (r *Runner) TryAll(ctx context.Context, p *Plan, cross func(context.Context) error, report func(name string, done, total int)) (bs []results.Benchmark, logs map[string]string, err error) {
	w, done, err := r.open(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer done()
	logs = make(map[string]string)
	bs = p.Benchmarks()
	order := make([]*results.Benchmark, len(bs))
	for i := range bs {
		order[i] = &bs[i]
	}
	slices.SortStableFunc(order, func(x, y *results.Benchmark) int { return cmp.Compare(len(x.GOARCH), len(y.GOARCH)) })
	for i, b := range order {
		bin := r.binary(b)
		if bin == nil {
			if err := cross(ctx); err != nil {
				return nil, nil, err
			}
			bin = r.binary(b)
		}
		setBinary(b, bin)
		if bin.Log != "" {
			logs["compile."+logName(BinaryName(b))] = bin.Log
		}
		if !b.Measured() {
			continue
		}
		report(b.Name, i, len(bs))
		t, err := r.Try(ctx, w, *b, time.Duration(b.Seconds*float64(time.Second)))
		if err != nil {
			return nil, nil, err
		}
		*b = t.Benchmark
		if b.Broken != "" {
			r.Log("%s is broken %s", b.Name, b.Broken)
			if t.Output != nil {
				logs[logName(b.Name)] = string(t.Output.Stdout) + "\n" + string(t.Output.Stderr)
				b.Broken += "; see " + results.LogsDir + "/" + logName(b.Name) + ".txt"
			}
		}
	}
	return bs, logs, nil
}
