package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/version"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/mod/modfile"

	"patchbench/results"
	"patchbench/toolchain"
)

// OwnSuite is the suite of the benchmarks in a package of the user's own module
// that expr matches, as go test -bench does. pkg is named from the folder Own:
// ./mypkg. Each benchmark that before's test binary lists and the first part of
// expr matches becomes one of the suite.
// It returns what it compiled for that, too.
func (c *Compiler) OwnSuite(ctx context.Context, trees Trees, pkg, expr string) (*Suite, map[string]*Binary, error) {
	first, rest, sub := strings.Cut(expr, "/")
	match, err := regexp.Compile(first)
	if err != nil {
		return nil, nil, fmt.Errorf("--bench: %w", err)
	}
	name := ownPrefix + pkg
	bins, err := c.Compile(ctx, trees, []string{name}, 1)
	if err != nil {
		return nil, nil, err
	}
	bin := bins[name]
	if bin.Paths[results.Before][0] == "" {
		return nil, nil, fmt.Errorf("%s %s", pkg, bin.Broken)
	}
	names, err := c.listBenchmarks(ctx, bin)
	if err != nil {
		return nil, nil, fmt.Errorf("list the benchmarks of %s: %w", pkg, err)
	}
	s := &Suite{Name: "own", Title: "benchmarks of " + pkg, SHA256: digest(recipe, pkg, expr)}
	for _, n := range names {
		if !match.MatchString(n) {
			continue
		}
		pattern := "^" + n + "$"
		if sub {
			pattern += "/" + rest
		}
		s.Benchmarks = append(s.Benchmarks, SuiteBenchmark{
			Name: strings.TrimPrefix(n, "Benchmark"), Package: name, Pattern: pattern, Loads: "what its author wrote it for",
		})
	}
	switch {
	case len(names) == 0:
		return nil, nil, fmt.Errorf("%s has no benchmark", pkg)
	case len(s.Benchmarks) == 0:
		return nil, nil, fmt.Errorf("--bench %s matches none of %s's benchmarks: there are %s", expr, pkg, strings.Join(names, ", "))
	}
	return s, bins, nil
}

// listBenchmarks asks before's binary for the names of its benchmarks.
func (c *Compiler) listBenchmarks(ctx context.Context, bin *Binary) ([]string, error) {
	scratch, done, err := c.Cache.Scratch()
	if err != nil {
		return nil, err
	}
	defer done()
	w, err := newWorkdir(scratch, map[string]*Binary{bin.Package: {Dir: bin.Dir}})
	if err != nil {
		return nil, err
	}
	var out, printed bytes.Buffer
	cmd := exec.CommandContext(ctx, bin.Paths[results.Before][0], "-test.list=^Benchmark")
	cmd.Dir, cmd.Stdout, cmd.Stderr = w.dirs[bin.Package], &out, &printed
	cmd.Env = []string{"PATH=/usr/bin:/bin", "HOME=" + w.root, "TMPDIR=" + w.tmp(), "LC_ALL=C"}
	if err := runGroup(ctx, cmd); err != nil {
		return nil, fmt.Errorf("%w: %s", err, reasonOf(printed.String()+out.String()))
	}
	var names []string
	for line := range strings.Lines(out.String()) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "Benchmark") {
			names = append(names, line)
		}
	}
	return names, nil
}

// ExecSuite is the suite of one command of the user's: a program and its
// arguments, split at spaces. A folder is a package main, built with each side;
// a file is run as it is. Of several results that it prints, expr picks one.
// path is the file, or empty.
func ExecSuite(dir, command, expr string) (s *Suite, path string, err error) {
	if _, err := regexp.Compile(expr); err != nil {
		return nil, "", fmt.Errorf("--bench: %w", err)
	}
	words := strings.Fields(command)
	if len(words) == 0 {
		return nil, "", errors.New("--exec names no program")
	}
	path = words[0]
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, "", fmt.Errorf("--exec: %w: name a program by its path", err)
	}
	b := SuiteBenchmark{
		Name: camelCase(filepath.Base(path)), Program: true, Args: words[1:], Pattern: expr,
		Package: ownPrefix + words[0], Loads: "what its author wrote it for",
	}
	if !info.IsDir() {
		if info.Mode()&0o111 == 0 {
			return nil, "", fmt.Errorf("--exec: %s is neither a folder nor executable", words[0])
		}
		b.Package = execPrefix + filepath.Base(path)
		return &Suite{Name: "exec", Title: command, SHA256: digest(recipe, command, expr), Benchmarks: []SuiteBenchmark{b}}, path, nil
	}
	return &Suite{Name: "exec", Title: command, SHA256: digest(recipe, command, expr), Benchmarks: []SuiteBenchmark{b}}, "", nil
}

// camelCase makes the name of a benchmark of a file's: server-bench is
// ServerBench.
func camelCase(file string) string {
	var name strings.Builder
	upper := true
	for _, r := range file {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			upper = true
			continue
		case upper:
			r = unicode.ToUpper(r)
		}
		upper = false
		name.WriteRune(r)
	}
	return name.String()
}

// locateOwn finds b's package in the user's own module, and fetches what that
// takes of others. Their vendor folder serves if they have one; their GOFLAGS
// and go.work don't.
func (c *Compiler) locateOwn(ctx context.Context, trees Trees, b *Binary) error {
	pkg := strings.TrimPrefix(b.Package, ownPrefix)
	if err := c.checkModule(trees); err != nil {
		return err
	}
	settings, err := c.Network(ctx)
	if err != nil {
		return err
	}
	scratch, done, err := c.Cache.Scratch()
	if err != nil {
		return err
	}
	defer done()
	tree := trees[results.Before]
	cmd := exec.CommandContext(ctx, filepath.Join(tree.GOROOT, "bin", "go"), "list", "-modcacherw", "-deps", "-test", "-f", "{{if not .DepOnly}}{{.Dir}}{{end}}", pkg)
	cmd.Dir = c.Own
	cmd.Env = append(append(tree.Environ(scratch), "GOMODCACHE="+moduleCache(c.Cache)), settings...)
	var out, printed strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &printed
	if err := runGroup(ctx, cmd); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) || ctx.Err() != nil {
			return err
		}
		return fmt.Errorf("find %s with before: %s", pkg, reasonOf(printed.String()))
	}
	for line := range strings.Lines(out.String()) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if b.Dir != "" && b.Dir != line {
			return fmt.Errorf("%s names more than one package: give one", pkg)
		}
		b.Dir = line
	}
	if b.Dir == "" {
		return fmt.Errorf("%s names no package", pkg)
	}
	return nil
}

// checkModule checks that Own is in a module that both sides are new enough
// for.
func (c *Compiler) checkModule(trees Trees) error {
	for dir := c.Own; ; dir = filepath.Dir(dir) {
		path := filepath.Join(dir, "go.mod")
		data, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) && dir != filepath.Dir(dir) {
			continue
		}
		if err != nil {
			return fmt.Errorf("%s is in no module: change to yours, or make one with go mod init", c.Own)
		}
		mod, err := modfile.ParseLax(path, data, nil)
		if err != nil {
			return err
		}
		for _, side := range results.Sides() {
			release := releaseOf(trees[side].Version)
			if mod.Go != nil && version.Compare("go"+mod.Go.Version, release) > 0 {
				return fmt.Errorf("%s says go %s, newer than %s on %s: lower it, or take a newer base", path, mod.Go.Version, release, side)
			}
		}
		return nil
	}
}

// locateExec takes the executable file as it is for both sides.
func (c *Compiler) locateExec(b *Binary) error {
	b.Dir = c.Own
	return b.asIs(c.Exec)
}

// execEnv is the environment of an executable file that is run as it is: the
// go command's, and which side it is.
func execEnv(w *workdir, tree *toolchain.Tree, side results.Side, procs int) []string {
	return append(tree.Environ(w.root),
		"PATCHBENCH_SIDE="+string(side),
		fmt.Sprintf("GOMAXPROCS=%d", procs),
		"GOTRACEBACK=all",
	)
}
