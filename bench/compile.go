package bench

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"go/version"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/mod/sumdb/dirhash"
	"golang.org/x/sync/errgroup"

	"patchbench/results"
	"patchbench/toolchain"
)

// recipe changes whenever the way binaries are compiled or compared does.
const recipe = "7"

// compileFlags give the same bytes for the same code: no path of a tree in
// them, and no build id, which holds a digest of the sources. There are no
// tables for debuggers, which take a third of the time of linking.
func compileFlags(b *Binary, tree *toolchain.Tree) []string {
	if !b.program {
		return []string{"test", "-c", "-trimpath", "-ldflags=" + linkFlags(tree), "-vet=off"}
	}
	flags := []string{"build", "-trimpath", "-ldflags=" + linkFlags(tree)}
	if version.Compare(releaseOf(tree.Version), "go1.18") >= 0 {
		flags = append(flags, "-buildvcs=false") // older releases don't know it
	}
	return flags
}

// linkFlags are the linker's. A copy is marked as one by its build id, which is
// kept apart from the code and moves none of it: it would be the very same file
// otherwise.
func linkFlags(tree *toolchain.Tree) string {
	if tree.Copy {
		return "-buildid=copy -w"
	}
	return "-buildid= -w"
}

// objectsLimit bounds what compiled packages take of the cache, in bytes.
const objectsLimit = 2 << 30

// Trees are the two built trees.
type Trees map[results.Side]*toolchain.Tree

// A Compiler makes test binaries and programs, and keeps them in the cache by
// content.
type Compiler struct {
	Cache    *toolchain.Cache
	Programs string            // the folder bench/programs
	Modules  string            // the folder bench/modules
	Own      string            // the folder that packages of the user's own module are named from
	Exec     string            // an executable file of the user's
	Source   map[string]string // by folder of Modules: where the module lies instead of the proxy
	GOARCH   string            // to compile for; empty is what patchbench itself runs on
	Cutoff   string            // the program that runs toolchain.CutoffMain; empty to let the go command compile all it wants to
	Log      func(format string, args ...any)

	// Network returns the variables that decide where modules come from.
	Network func(ctx context.Context) ([]string, error)
}

func (c *Compiler) arch() string { return cmp.Or(c.GOARCH, runtime.GOARCH) }

// Compile makes the binaries called names with both trees and in so many
// layouts. A package, as suites name it, is the name of its test binary; see
// [BinaryName] for others. A package that can't be had or does not compile is no
// error of Compile: its Binary says so.
//
// Before comes first, as after then finds most of its packages compiled (see
// toolchain.CutoffMain), and of each side and layout one package alone, which
// leaves the others little more than themselves to compile.
func (c *Compiler) Compile(ctx context.Context, trees Trees, names []string, layouts int) (map[string]*Binary, error) {
	programs, err := dirhash.HashDir(c.Programs, "programs", dirhash.Hash1)
	if err != nil {
		return nil, fmt.Errorf("read the programs: %w", err)
	}
	list, err := c.layouts(ctx, trees, layouts)
	if err != nil {
		return nil, err
	}
	bins := make(map[string]*Binary)
	var unique []*Binary
	for _, name := range names {
		if bins[name] == nil {
			b := newBinary(name, list)
			b.copied = trees[results.After].Copy
			bins[name] = b
			unique = append(unique, b)
			if err := c.locate(ctx, trees, b, programs); err != nil {
				return nil, err
			}
		}
	}
	had := slices.DeleteFunc(slices.Clone(unique), func(b *Binary) bool { return b.Unavailable != "" || b.opaque })
	for _, side := range results.Sides() {
		for k, l := range list {
			outputs, err := c.compileAll(ctx, trees[side], side, had, l)
			if err != nil {
				return nil, err
			}
			for i, b := range had {
				b.take(c, side, k, outputs[i])
			}
			had = slices.DeleteFunc(had, func(b *Binary) bool { return b.Broken != "" })
		}
	}
	if err := c.Cache.PruneObjects(objectsLimit); err != nil {
		return nil, fmt.Errorf("tidy the compiled packages: %w", err)
	}
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for _, b := range had {
		g.Go(func() (err error) {
			if b.Diff, err = c.compare(b.SHA256[results.Before][0], b.SHA256[results.After][0]); err != nil {
				return fmt.Errorf("compare the two binaries of %s: %w", b.Package, err)
			}
			return nil
		})
	}
	return bins, g.Wait()
}

// Control makes those of bins whose code differs between the sides with tree, a
// copy of before, in their first layout.
func (c *Compiler) Control(ctx context.Context, tree *toolchain.Tree, bins map[string]*Binary) error {
	var differ []*Binary
	for _, name := range slices.Sorted(maps.Keys(bins)) {
		if b := bins[name]; !b.opaque && b.Broken == "" && b.Unavailable == "" && b.Diff != nil && b.Diff.Kind == toolchain.Code {
			differ = append(differ, b)
		}
	}
	if len(differ) == 0 {
		return nil
	}
	first := layout{padded: strings.HasPrefix(differ[0].Layouts[0], padding)}
	outputs, err := c.compileAll(ctx, tree, results.Control, differ, first)
	if err != nil {
		return err
	}
	for i, b := range differ {
		b.SHA256[results.Control], b.Paths[results.Control] = []string{""}, []string{""}
		b.take(c, results.Control, 0, outputs[i])
	}
	return nil
}

// inTree stands for sources that the digest of a tree is of already.
const inTree = "in the tree"

// locate finds b's sources and fetches them if need be, or says why they can't
// be had. programs is a digest of our own.
func (c *Compiler) locate(ctx context.Context, trees Trees, b *Binary, programs string) error {
	if rest, ok := strings.CutPrefix(b.Package, programsPrefix); ok {
		b.Dir, b.sources = filepath.Join(c.Programs, rest), programs
		return nil
	}
	if rest, ok := strings.CutPrefix(b.Package, stdPrefix); ok {
		b.Dir, b.sources = filepath.Join(trees[results.Before].GOROOT, "src", rest), inTree
		return nil
	}
	if b.Package == results.CompilerPackage {
		b.sources = inTree
		return c.prepareInput(ctx, trees, b)
	}
	if strings.HasPrefix(b.Package, ownPrefix) {
		return c.locateOwn(ctx, trees, b)
	}
	if command, _ := splitDriver(b.Package); command != "" {
		return c.locateDriver(b)
	}
	if b.opaque {
		return c.locateExec(b)
	}
	p, err := c.pin(b.Package)
	if err != nil {
		return err
	}
	fetched := ""
	for _, side := range results.Sides() {
		if v := trees[side].Version; v != fetched {
			if b.Unavailable, err = c.fetch(ctx, trees[side], b.Package); err != nil || b.Unavailable != "" {
				return err
			}
			fetched = v
		}
	}
	b.sources = p.sum
	b.Dir, err = c.packageDir(b.Package)
	return err
}

// compileAll makes the binaries of one side in one layout.
func (c *Compiler) compileAll(ctx context.Context, tree *toolchain.Tree, side results.Side, bins []*Binary, l layout) ([]output, error) {
	outputs := make([]output, len(bins))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, b := range bins {
		compile := func() (err error) {
			what := fmt.Sprintf("%s with %s (%d of %d)", b.Package, side, i+1, len(bins))
			if l != (layout{}) {
				what += ", " + l.String()
			}
			if outputs[i], err = c.compile(ctx, tree, b, what, l); err != nil {
				return fmt.Errorf("compile %s with %s: %w", b.Package, side, err)
			}
			return nil
		}
		if i > 0 {
			g.Go(compile)
		} else if err := compile(); err != nil {
			return nil, err
		}
	}
	return outputs, g.Wait()
}

// An output is what compiling a package gave.
type output struct {
	sum string // of the binary
	log string // what the go command printed, if it does not compile
}

// compile makes b's binary in a layout, unless it is stored already.
func (c *Compiler) compile(ctx context.Context, tree *toolchain.Tree, b *Binary, what string, l layout) (out output, err error) {
	key := digest(recipe, tree.Digest, b.Package, b.sources, strings.Join(compileFlags(b, tree), " "), c.arch(), l.String())
	index := filepath.Join(c.Cache.Dir, "binaries", "index", key)
	if data, err := os.ReadFile(index); err == nil && b.sources != "" {
		sum := string(data)
		have, err := hashFile(c.path(sum))
		if err == nil && have == sum {
			return output{sum: sum}, nil
		}
		c.Log("the stored binary of %s is damaged: compiling it again", b.Package)
	}

	c.Log("compiling %s", what)
	scratch, done, err := c.Cache.Scratch()
	if err != nil {
		return out, err
	}
	defer done()
	binary := filepath.Join(scratch, "bench.test")
	cmd, err := c.command(ctx, tree, b, scratch, l)
	if err != nil {
		return out, err
	}
	var printed bytes.Buffer
	cmd.Stdout, cmd.Stderr = &printed, &printed
	err = runGroup(ctx, cmd)
	if ctx.Err() != nil {
		return out, ctx.Err()
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		if strings.Contains(printed.String(), syscall.ENOSPC.Error()) {
			return out, fmt.Errorf("%s: %w: free some, or set PATCHBENCH_CACHE to another disk", c.Cache.Dir, syscall.ENOSPC)
		}
		return output{log: printed.String() + "\n" + err.Error() + "\n"}, nil
	}
	if err != nil {
		return out, err
	}
	if _, err := os.Stat(binary); err != nil {
		return output{log: "has no test files\n"}, nil
	}
	if archive, err := isArchive(binary); err != nil {
		return out, err
	} else if archive {
		return output{log: "is no program: it is not a package main\n"}, nil
	}

	sum, err := hashFile(binary)
	if err != nil {
		return out, err
	}
	if err := os.MkdirAll(filepath.Dir(c.path(sum)), 0o755); err != nil {
		return out, err
	}
	if err := os.Rename(binary, c.path(sum)); err != nil {
		return out, err
	}
	if b.sources == "" {
		return output{sum: sum}, nil
	}
	if err := os.MkdirAll(filepath.Dir(index), 0o755); err != nil {
		return out, err
	}
	return output{sum: sum}, results.WriteFile(index, []byte(sum))
}

// isArchive reports whether the go command wrote the archive of a package, as
// it does where go build is asked for a program and there is none.
func isArchive(path string) (bool, error) {
	const magic = "!<arch>\n"
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer f.Close()
	head, err := io.ReadAll(io.LimitReader(f, int64(len(magic))))
	return string(head) == magic, err
}

// command is the go command that compiles b into scratch.
func (c *Compiler) command(ctx context.Context, tree *toolchain.Tree, b *Binary, scratch string, l layout) (*exec.Cmd, error) {
	pkg := b.Package
	flags, env := c.Cache.CutoffFlags(c.Cutoff)
	placed, overlay, err := l.flags(c, tree)
	if err != nil {
		return nil, err
	}
	flags = append(flags, placed...)
	if reports(pkg, b.program, tree.Version) {
		dir := b.Dir
		if rest, ok := strings.CutPrefix(pkg, stdPrefix); ok {
			dir = filepath.Join(tree.GOROOT, "src", filepath.FromSlash(rest))
		}
		// A folder without a package gets its error from the go command.
		if added, err := c.reporter(dir); err == nil {
			if overlay == nil {
				overlay = make(map[string]string)
			}
			maps.Copy(overlay, added)
		}
	}
	overlaid, err := overlayFlag(overlay, scratch)
	if err != nil {
		return nil, err
	}
	flags = append(flags, overlaid...)
	// Output and scratch stand apart: programs are compiled from their own
	// folder, packages of the library from one without a module.
	dir, arg := scratch, strings.TrimPrefix(pkg, stdPrefix)
	if rest, ok := strings.CutPrefix(pkg, programsPrefix); ok {
		dir, arg = c.Programs, "./"+rest
	}
	if rest, ok := strings.CutPrefix(pkg, ownPrefix); ok {
		dir, arg = c.Own, rest
		flags = append(flags, "-modcacherw")
		env = append(env, "GOMODCACHE="+moduleCache(c.Cache))
	}
	if _, importPath := splitModule(pkg); importPath != "" {
		p, err := c.pin(pkg)
		if err != nil {
			return nil, err
		}
		dir, arg = filepath.Join(scratch, "module"), importPath
		if err := p.lay(dir, importPath); err != nil {
			return nil, err
		}
		flags = append(flags, p.flags()...)
		env = append(env, "GOMODCACHE="+moduleCache(c.Cache))
	}
	args := slices.Concat(compileFlags(b, tree), flags, []string{"-o", filepath.Join(scratch, "bench.test"), arg})
	cmd := exec.CommandContext(ctx, filepath.Join(tree.GOROOT, "bin", "go"), args...)
	cmd.Dir = dir
	cmd.Env = append(append(tree.Environ(scratch), env...), "GOARCH="+c.arch())
	if c.arch() != runtime.GOARCH {
		cmd.Env = append(cmd.Env, "CGO_ENABLED=0") // there is no C compiler for it
	}
	return cmd, nil
}

// runGroup runs a command in a process group of its own, all of which ends
// when ctx does.
func runGroup(ctx context.Context, cmd *exec.Cmd) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	if err := cmd.Run(); ctx.Err() == nil {
		return err
	}
	return ctx.Err()
}

// firstError picks, from what the go command printed, the line that names the
// first error. Files of a tree are named from its root on.
func firstError(log string) string {
	for line := range strings.Lines(log) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			if before, inTree, ok := strings.Cut(line, "/goroot/"); ok && !strings.Contains(before, " ") {
				return inTree
			}
			return line
		}
	}
	return "the go command said nothing"
}

func digest(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d %s\n", len(p), p)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func hashFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
