package bench

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"patchbench/bench/load"
	"patchbench/results"
	"patchbench/toolchain"
)

// A Runner starts the processes of one experiment.
type Runner struct {
	Exec     Exec
	Cache    *toolchain.Cache
	Class    string // of the host
	Trees    Trees
	Binaries map[string]*Binary  // by package
	Cross    map[string]*Binary  // likewise, for the other architecture: of what is counted there
	Counters map[string]*Counter // for counted benchmarks, by GOARCH
	Memory   int64               // bound in bytes on what a sample may take; 0 for none
	Log      func(format string, args ...any)
	Now      func() time.Time

	// Judge says of the benchmarks of a run folder that are decided by what it
	// holds, by name, how: they get no more samples. Nil lets each run through
	// all its rounds.
	Judge func(dir string) (decided map[string]string, err error)

	// Load reads the machine's counters, and Sleep waits for d or the end of
	// ctx. Where nil, they are this machine's.
	Load  func() load.Reading
	Sleep func(ctx context.Context, d time.Duration) error

	// Network returns the variables that decide where modules come from, for
	// drivers.
	Network func(ctx context.Context) ([]string, error)
}

func (r *Runner) readLoad() load.Reading {
	if r.Load != nil {
		return r.Load()
	}
	return load.Read("/", time.Now())
}

// open makes the folders samples run in. The caller removes them with done.
func (r *Runner) open(ctx context.Context) (w *workdir, done func(), err error) {
	scratch, done, err := r.Cache.Scratch()
	if err != nil {
		return nil, nil, err
	}
	if w, err = newWorkdir(scratch, r.Binaries); err == nil {
		err = r.prepareDrivers(ctx, w)
	}
	if err != nil {
		done()
		return nil, nil, err
	}
	return w, done, nil
}

// binary is what b runs.
func (r *Runner) binary(b *results.Benchmark) *Binary {
	if b.GOARCH != "" {
		return r.Cross[BinaryName(b)]
	}
	return r.Binaries[BinaryName(b)]
}

// command is the process of one sample of b, in one of its layouts.
func (r *Runner) command(w *workdir, b *results.Benchmark, side results.Side, layout int, benchtime string) *Command {
	name, binary := BinaryName(b), r.binary(b)
	c := &Command{
		Path: binary.Paths[side][layout],
		Args: []string{
			"-test.run=^$",
			"-test.bench=" + b.Pattern,
			"-test.benchtime=" + benchtime,
			"-test.count=1",
			"-test.timeout=0",
		},
		Env:     w.env(r.Trees, b.Procs),
		Dir:     w.dirs[name],
		Timeout: time.Duration(b.Timeout * float64(time.Second)),
		Memory:  r.Memory,
	}
	switch {
	case b.Package == results.CompilerPackage:
		c.Args = compilerArgs(binary, b.Procs)
	case b.Program:
		if b.Opaque {
			c.Env = execEnv(w, r.Trees[side], side, b.Procs)
		}
		c.Args = programArgs(b, strings.TrimSuffix(benchtime, "x"))
	}
	return c
}

// sample runs one process of b, in one of its layouts, and returns what it
// reported and what was measured of it.
func (r *Runner) sample(ctx context.Context, w *workdir, b *results.Benchmark, side results.Side, layout int, benchtime string) (o *Outcome, iterations int, values []results.Value, err error) {
	if driven(b) {
		return r.drive(ctx, w, b, side)
	}
	c := r.command(w, b, side, layout, benchtime)
	var count func() (Count, error)
	if b.Counted {
		counter := r.Counters[cmp.Or(b.GOARCH, runtime.GOARCH)]
		if counter == nil {
			return nil, 0, nil, fmt.Errorf("%s is counted, and this host has nothing to count with: start a new run", b.Name)
		}
		c, count = counter.Wrap(c, filepath.Join(w.root, "count"))
	}
	o, err = r.Exec(ctx, c)
	if err != nil {
		return nil, 0, nil, err
	}
	if err := o.Err(); err != nil {
		return o, 0, nil, &failure{err}
	}
	iterations, values, err = readResult(b, o)
	if err != nil {
		return o, 0, nil, &failure{err}
	}
	if count == nil {
		return o, iterations, withProcess(b, values, processValues(o, iterations)), nil
	}
	n, err := count()
	if err != nil {
		return o, 0, nil, &failure{err}
	}
	return o, iterations, append(values, n.values(iterations)...), nil
}

// A failure is a benchmark's own fault, told from what stops the run.
type failure struct{ error }

func (f *failure) Unwrap() error { return f.error }

// fixed is a -test.benchtime of n iterations.
func fixed(n int) string { return strconv.Itoa(n) + "x" }

// writeLog keeps what a failing process printed in the run folder and returns
// the file's name there.
func writeLog(dir, name string, o *Outcome) (string, error) {
	name = filepath.Join(results.LogsDir, logName(name)+".txt")
	if err := os.MkdirAll(filepath.Join(dir, results.LogsDir), 0o755); err != nil {
		return "", err
	}
	data := fmt.Appendf(nil, "%s\n", o.Stdout)
	return name, results.WriteFile(filepath.Join(dir, name), append(data, o.Stderr...))
}

// logName makes the name of a benchmark fit for a file's.
func logName(name string) string { return strings.ReplaceAll(name, "/", "_") }
