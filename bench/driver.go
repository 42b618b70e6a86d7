package bench

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"patchbench/results"
	"patchbench/toolchain"
)

// A driver is a command of golang.org/x/benchmarks that builds benchmarks with
// the GOROOT it is told, runs them and writes their results to files. One
// process of it is one sample of one benchmark with one side, so that its
// results are as paired as any.
type driver interface {
	// missing says in one line what of it this host lacks, or nothing.
	missing() string
	// prepare does what comes once before the samples of the benchmarks called
	// names. run runs the command to its end.
	prepare(names []string, roots map[results.Side]string, run func(args ...string) error) error
	// args are the arguments of a process for one sample. It runs in folder.
	args(b *results.Benchmark, side results.Side) []string
	folder() string
	// results matches the files with the results of such a process.
	results(b *results.Benchmark, side results.Side) string
}

// The drivers, as the first part of a package.
const (
	sweetDriver = "sweet"
	bentDriver  = "bent"
)

// driverTimeout bounds processes of a driver of which nothing is known: the
// first build what they run.
const driverTimeout = 30 * time.Minute

// splitDriver splits sweet/NAME and bent/NAME. The parts are empty for other
// packages.
func splitDriver(pkg string) (command, name string) {
	command, name, ok := strings.Cut(pkg, "/")
	if !ok || command != sweetDriver && command != bentDriver {
		return "", ""
	}
	return command, name
}

// driven reports whether b is run by a driver.
func driven(b *results.Benchmark) bool {
	command, _ := splitDriver(b.Package)
	return command != ""
}

// newDriver is the driver whose command lies in the folder source and that
// writes to dir.
func newDriver(command, source, dir string) driver {
	if command == bentDriver {
		return &bent{dir: dir}
	}
	return &sweet{source: source, dir: dir}
}

// A side's name for a driver. All are equally long, as they are part of paths
// and environments, whose length moves a process's stack.
func driverSide(side results.Side) string {
	return map[results.Side]string{results.Before: "side-a", results.After: "side-b"}[side]
}

// driverConfig is a file that names both trees for a driver: table is what it
// calls one, and root the key of a tree's GOROOT.
func driverConfig(table, name, root string, roots map[results.Side]string) []byte {
	var text []byte
	for _, side := range results.Sides() {
		if goroot, ok := roots[side]; ok {
			text = fmt.Appendf(text, "[[%s]]\n%s = %q\n%s = %q\n\n", table, name, driverSide(side), root, goroot)
		}
	}
	return text
}

// locateDriver finds the command that b is run by, and what it needs.
func (c *Compiler) locateDriver(b *Binary) error {
	command, _ := splitDriver(b.Package)
	source := c.Source[command]
	if source == "" {
		b.Unavailable = fmt.Sprintf("%s is a command of golang.org/x/benchmarks: build it there, and name its folder by PATCHBENCH_SOURCE_%s or [source]", command, strings.ToUpper(command))
		return nil
	}
	b.Dir = source
	path := filepath.Join(source, command)
	if b.Unavailable = newDriver(command, source, "").missing(); b.Unavailable != "" {
		return nil
	}
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && (info.IsDir() || info.Mode()&0o111 == 0) {
		b.Unavailable = fmt.Sprintf("%s is no command: build it", path)
		return nil
	}
	if err != nil {
		return err
	}
	return b.asIs(path)
}

// driverFolder is where a driver keeps what it makes of both trees.
func (r *Runner) driverFolder(command string) string {
	return filepath.Join(r.Cache.Dir, "drivers", command, digest(r.Trees[results.Before].Digest, r.Trees[results.After].Digest)[:16])
}

// prepareDrivers has the drivers do what comes before their first sample. What
// they made of other trees is removed.
func (r *Runner) prepareDrivers(ctx context.Context, w *workdir) error {
	names := make(map[string][]string)
	for _, b := range r.Binaries {
		if command, name := splitDriver(b.Package); command != "" && b.Unavailable == "" {
			names[command] = append(names[command], name)
		}
	}
	for command, names := range names {
		slices.Sort(names)
		dir := r.driverFolder(command)
		marker := filepath.Join(dir, "prepared")
		key := digest(append(names, recipe)...)
		if data, err := os.ReadFile(marker); err == nil && string(data) == key {
			continue
		}
		if err := removeAll(filepath.Dir(dir)); err != nil {
			return err
		}
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
		source := r.Binaries[path.Join(command, names[0])+programMark].Dir
		d := newDriver(command, source, dir)
		run := func(args ...string) error {
			c, err := r.driverCommand(ctx, w, results.Before, filepath.Join(source, command), d.folder(), args)
			if err != nil {
				return err
			}
			c.Timeout = driverTimeout
			r.Log("%s %s", command, strings.Join(args, " "))
			return r.finish(ctx, c)
		}
		roots := make(map[results.Side]string)
		for side, t := range r.Trees {
			roots[side] = t.GOROOT
		}
		if err := d.prepare(names, roots, run); err != nil {
			return fmt.Errorf("prepare %s: %w", command, err)
		}
		if err := results.WriteFile(marker, []byte(key)); err != nil {
			return err
		}
	}
	return nil
}

// removeAll removes a folder that may hold a module cache.
func removeAll(dir string) error {
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() {
			return os.Chmod(path, 0o755)
		}
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.RemoveAll(dir)
}

// driverCommand is a process of a driver, which the caller bounds in time. It
// has the go command of side, and the network: drivers fetch what they build.
func (r *Runner) driverCommand(ctx context.Context, w *workdir, side results.Side, path, dir string, args []string) (*Command, error) {
	settings, err := r.Network(ctx)
	if err != nil {
		return nil, err
	}
	env := append(r.Trees[side].Environ(w.root),
		"GOMODCACHE="+moduleCache(r.Cache),
		"GOFLAGS=-modcacherw",
		"GOTRACEBACK=all",
	)
	return &Command{Path: path, Args: args, Env: append(env, settings...), Dir: dir, Memory: r.Memory}, nil
}

// drive is sample for a benchmark that a driver runs.
func (r *Runner) drive(ctx context.Context, w *workdir, b *results.Benchmark, side results.Side) (o *Outcome, iterations int, values []results.Value, err error) {
	command, _ := splitDriver(b.Package)
	binary := r.binary(b)
	d := newDriver(command, binary.Dir, r.driverFolder(command))
	pattern := d.results(b, side)
	old, err := filepath.Glob(pattern)
	if err != nil {
		return nil, 0, nil, err
	}
	for _, path := range old { // else it could pass for this process's
		if err := os.Remove(path); err != nil {
			return nil, 0, nil, err
		}
	}
	c, err := r.driverCommand(ctx, w, side, binary.Paths[side][0], d.folder(), d.args(b, side))
	if err != nil {
		return nil, 0, nil, err
	}
	c.Env = append(c.Env, fmt.Sprintf("GOMAXPROCS=%d", b.Procs))
	c.Timeout = time.Duration(b.Timeout * float64(time.Second))
	if o, err = r.Exec(ctx, c); err != nil {
		return nil, 0, nil, err
	}
	if err := o.Err(); err != nil {
		return o, 0, nil, &failure{err}
	}
	paths, err := filepath.Glob(pattern)
	if err != nil {
		return nil, 0, nil, err
	}
	if len(paths) != 1 {
		return o, 0, nil, &failure{fmt.Errorf("%s left no results in %s", command, pattern)}
	}
	if o.Stdout, err = os.ReadFile(paths[0]); err != nil {
		return nil, 0, nil, err
	}
	if iterations, values, err = readResult(b, o); err != nil {
		return o, 0, nil, &failure{err}
	}
	return o, iterations, values, nil
}

// asIs makes of b a file that is run as it is for both sides.
func (b *Binary) asIs(path string) error {
	sum, err := hashFile(path)
	if err != nil {
		return err
	}
	b.Diff = &toolchain.BinaryDiff{Kind: toolchain.Code}
	for _, side := range results.Sides() {
		for k := range b.Paths[side] {
			b.Paths[side][k], b.SHA256[side][k] = path, sum
		}
	}
	return nil
}
