package bench

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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
const recipe = "3"

// compileFlags give the same bytes for the same code: no path of a tree in
// them, and no build id, which holds a digest of the sources.
var compileFlags = []string{"test", "-c", "-trimpath", "-ldflags=-buildid=", "-vet=off"}

// objectsLimit bounds what compiled packages take of the cache, in bytes.
const objectsLimit = 2 << 30

// Trees are the two built trees.
type Trees map[results.Side]*toolchain.Tree

// A Compiler makes test binaries and keeps them in the cache by content.
type Compiler struct {
	Cache    *toolchain.Cache
	Programs string // the folder bench/programs
	GOARCH   string // to compile for; empty is what patchbench itself runs on
	Cutoff   string // the program that runs toolchain.CutoffMain; empty to let the go command compile all it wants to
	Log      func(format string, args ...any)
}

// A Binary is a package's test binary on both sides.
type Binary struct {
	Package string
	Paths   map[results.Side]string
	SHA256  map[results.Side]string
	Diff    *toolchain.BinaryDiff // nil unless both sides compiled

	// Broken says in one line why a side did not compile, and Log is what
	// the go command printed then.
	Broken string
	Log    string
}

// Compile makes the binaries of pkgs, as suites name them, with both trees. A
// package that does not compile is no error of Compile: its Binary says so.
//
// Before comes first, as after then finds most of its packages compiled (see
// toolchain.CutoffMain), and of each side one package alone, which leaves the
// others little more than themselves to compile.
func (c *Compiler) Compile(ctx context.Context, trees Trees, pkgs []string) (map[string]*Binary, error) {
	sources, err := dirhash.HashDir(c.Programs, "programs", dirhash.Hash1)
	if err != nil {
		return nil, fmt.Errorf("read the programs: %w", err)
	}
	bins := make(map[string]*Binary)
	var unique []string
	for _, pkg := range pkgs {
		if bins[pkg] == nil {
			bins[pkg] = &Binary{Package: pkg, Paths: make(map[results.Side]string), SHA256: make(map[results.Side]string)}
			unique = append(unique, pkg)
		}
	}
	done := make(map[results.Side][]output)
	for _, side := range results.Sides() {
		outputs := make([]output, len(unique))
		done[side] = outputs
		g, ctx := errgroup.WithContext(ctx)
		g.SetLimit(runtime.GOMAXPROCS(0))
		for i, pkg := range unique {
			compile := func() (err error) {
				what := fmt.Sprintf("%s with %s (%d of %d)", pkg, side, i+1, len(unique))
				if outputs[i], err = c.compile(ctx, trees[side], pkg, what, sources); err != nil {
					return fmt.Errorf("compile %s with %s: %w", pkg, side, err)
				}
				return nil
			}
			if i > 0 {
				g.Go(compile)
			} else if err := compile(); err != nil {
				return nil, err
			}
		}
		if err := g.Wait(); err != nil {
			return nil, err
		}
	}
	if err := c.Cache.PruneObjects(objectsLimit); err != nil {
		return nil, fmt.Errorf("tidy the compiled packages: %w", err)
	}
	for i, pkg := range unique {
		b := bins[pkg]
		for _, side := range results.Sides() {
			out := done[side][i]
			if out.log != "" {
				b.Broken = fmt.Sprintf("does not compile on %s: %s", side, firstError(out.log))
				b.Log = out.log
				break
			}
			b.SHA256[side], b.Paths[side] = out.sum, c.path(out.sum)
		}
		if b.Broken == "" {
			if b.Diff, err = c.compare(b.SHA256[results.Before], b.SHA256[results.After]); err != nil {
				return nil, fmt.Errorf("compare the two binaries of %s: %w", pkg, err)
			}
		}
	}
	return bins, nil
}

// An output is what compiling a package gave.
type output struct {
	sum string // of the binary
	log string // what the go command printed, if it does not compile
}

// path is where the binary with a digest lies. All are equally long: the
// length of its own path is part of a process's memory layout.
func (c *Compiler) path(sum string) string {
	return filepath.Join(c.Cache.Dir, "binaries", sum, "bench.test")
}

// compile makes pkg's binary, unless it is stored already.
func (c *Compiler) compile(ctx context.Context, tree *toolchain.Tree, pkg, what, sources string) (out output, err error) {
	goarch := "GOARCH=" + cmp.Or(c.GOARCH, runtime.GOARCH)
	key := digest(recipe, tree.Digest, pkg, sources, strings.Join(compileFlags, " "), goarch)
	index := filepath.Join(c.Cache.Dir, "binaries", "index", key)
	if data, err := os.ReadFile(index); err == nil {
		sum := string(data)
		have, err := hashFile(c.path(sum))
		if err == nil && have == sum {
			return output{sum: sum}, nil
		}
		c.Log("the stored binary of %s is damaged: compiling it again", pkg)
	}

	c.Log("compiling %s", what)
	scratch, err := mkScratch(c.Cache)
	if err != nil {
		return out, err
	}
	defer os.RemoveAll(scratch)
	// Output and scratch stand apart: programs are compiled from their own
	// folder, packages of the library from one without a module.
	dir, arg := scratch, strings.TrimPrefix(pkg, "std/")
	if rest, ok := strings.CutPrefix(pkg, "programs/"); ok {
		dir, arg = c.Programs, "./"+rest
	}
	binary := filepath.Join(scratch, "bench.test")
	var printed bytes.Buffer
	flags, env := c.Cache.CutoffFlags(c.Cutoff)
	cmd := exec.CommandContext(ctx, filepath.Join(tree.GOROOT, "bin", "go"), slices.Concat(compileFlags, flags, []string{"-o", binary, arg})...)
	cmd.Dir = dir
	cmd.Env = append(append(tree.Environ(scratch), env...), goarch)
	if c.GOARCH != "" && c.GOARCH != runtime.GOARCH {
		cmd.Env = append(cmd.Env, "CGO_ENABLED=0") // there is no C compiler for it
	}
	cmd.Stdout, cmd.Stderr = &printed, &printed
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	err = cmd.Run()
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
	if err := os.MkdirAll(filepath.Dir(index), 0o755); err != nil {
		return out, err
	}
	return output{sum: sum}, results.WriteFile(index, []byte(sum))
}

// compare tells how two stored binaries differ, from the cache where that was
// asked before.
func (c *Compiler) compare(before, after string) (*toolchain.BinaryDiff, error) {
	path := filepath.Join(c.Cache.Dir, "binaries", "compared", digest(recipe, before, after))
	diff := new(toolchain.BinaryDiff)
	if data, err := os.ReadFile(path); err == nil && json.Unmarshal(data, diff) == nil {
		return diff, nil
	}
	diff, err := toolchain.CompareBinaries(c.path(before), c.path(after))
	if err != nil {
		return nil, err
	}
	data, err := json.Marshal(diff)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	return diff, results.WriteFile(path, data)
}

// firstError picks, from what the go command printed, the line that names the
// first error. Files of a tree are named from its root on.
func firstError(log string) string {
	for line := range strings.Lines(log) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			if _, inTree, ok := strings.Cut(line, "/goroot/"); ok {
				return inTree
			}
			return line
		}
	}
	return "the go command said nothing"
}

// mkScratch makes a folder in the cache that serves as a home too.
func mkScratch(cache *toolchain.Cache) (string, error) {
	tmp := filepath.Join(cache.Dir, "tmp")
	if err := os.MkdirAll(tmp, 0o755); err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp(tmp, "bench-")
	if err != nil {
		return "", err
	}
	return dir, toolchain.MakeScratch(dir)
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
