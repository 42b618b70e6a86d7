package toolchain

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// recipeVersion is part of every tree's key. It changes when the steps below
// do, so that trees built by other steps are not used any more.
const recipeVersion = 1

// make builds the plan's tree at its place in the store, without a manifest
// yet, and returns the offsets of every patch in it. from is the tree to begin
// with, nil for the release itself.
//
// A release brings the binaries that compile it, so no bootstrap is needed.
// The first install builds the commands from the patched source with the
// release's own compiler; the second one builds everything with that compiler,
// after which every file is what the release's make.bash makes of the same
// source. A tree that is a copy of another one needs the second pass only if
// the compiler's own source has changed.
func (b *Builder) make(ctx context.Context, p *plan, from *Tree, lock *os.File) (offsets [][]string, err error) {
	root, scratch := b.treePath(p, "goroot"), b.treePath(p, "scratch")
	if err := errors.Join(os.MkdirAll(root, 0o777), MakeScratch(scratch)); err != nil {
		return nil, err
	}
	b.logf("building the %s tree: %s with %s", p.side, p.base.name(), countPatches(len(p.earlier)+len(p.series)))
	if from == nil {
		err = p.base.place(ctx, root)
	} else {
		err = copyTree(ctx, from.GOROOT, root)
		for _, applied := range from.Series {
			offsets = append(offsets, applied.Offsets)
		}
	}
	if err != nil {
		return nil, err
	}
	applied, err := b.applySeries(ctx, p, applier{root: root, scratch: scratch, lock: lock})
	if err != nil {
		return nil, err
	}
	for _, patch := range applied {
		offsets = append(offsets, patch.Offsets)
	}
	t := &Tree{GOROOT: root, GOCACHE: b.Cache.path("gocache", p.key), cgo: p.cgo}
	install := func(args ...string) error {
		_, err := t.run(ctx, scratch, lock, append([]string{"install"}, args...)...)
		return err
	}
	if err := install("std", "cmd"); err != nil {
		return nil, err
	}
	again := from == nil
	if !again {
		if again, err = t.compilerTouched(ctx, scratch, lock, p.series); err != nil {
			return nil, err
		}
	}
	if again {
		if err := install("-a", "std", "cmd"); err != nil {
			return nil, err
		}
	}
	return offsets, os.RemoveAll(scratch)
}

func countPatches(n int) string {
	if n == 1 {
		return "1 patch"
	}
	return fmt.Sprintf("%d patches", n)
}

// applySeries applies the plan's own series in order.
func (b *Builder) applySeries(ctx context.Context, p *plan, a applier) ([]AppliedPatch, error) {
	if len(p.series) == 0 {
		return nil, nil
	}
	var err error
	if a.git, err = lookPath(b.Env, "git"); err != nil {
		return nil, fmt.Errorf("applying patches: %w", err)
	}
	var applied []AppliedPatch
	for _, patch := range p.series {
		done, err := a.apply(ctx, patch)
		if err != nil {
			return nil, err
		}
		for _, offset := range done.Offsets {
			b.logf("%s: %s", patch.File, offset)
		}
		applied = append(applied, done)
	}
	return applied, nil
}

// compileError is a line of the go command's output that places an error in a
// source file.
var compileError = regexp.MustCompile(`(?m)^\S*?([\w./-]+\.(?:go|s|h)):(\d+)(?::\d+)?: .*$`)

// run runs t's go command in scratch and returns what it printed. Started in
// GOROOT/src, it would build other files.
func (t *Tree) run(ctx context.Context, scratch string, lock *os.File, args ...string) (string, error) {
	stdout, _, err := child{
		path: filepath.Join(t.GOROOT, "bin", "go"),
		args: args,
		dir:  scratch,
		env:  t.Environ(scratch),
		lock: lock,
	}.run(ctx)
	if failed, ok := errors.AsType[*childError](err); ok {
		if found := compileError.FindAllString(failed.output, -1); len(found) > 0 {
			more := ""
			if len(found) > 1 {
				more = fmt.Sprintf(" (and %d more)", len(found)-1)
			}
			at := strings.ReplaceAll(oneLine(found[0]), t.GOROOT+"/", "")
			return "", fmt.Errorf("the patched source does not compile: %s%s; correct the patch", at, more)
		}
	}
	return stdout, err
}

// compilerTouched reports whether the series changes what the compiler, the
// assembler or the linker write, or how the go command calls them: a file of
// one of them or of a package they are built from. The runtime does not count:
// they run on it, but it has no say in what they write.
func (t *Tree) compilerTouched(ctx context.Context, scratch string, lock *os.File, series []Patch) (bool, error) {
	var touched []string
	for _, p := range series {
		changes, err := parsePatch(p.data)
		if err != nil {
			return false, fmt.Errorf("%s: %w", p.File, err)
		}
		for _, c := range changes {
			touched = append(touched, c.old, c.new)
		}
	}
	within := func(name string, dirs ...string) bool {
		return slices.ContainsFunc(dirs, func(dir string) bool { return strings.HasPrefix(name, dir+"/") })
	}
	touched = slices.DeleteFunc(touched, func(name string) bool { return name == "" || within(name, "src/runtime") })
	if len(touched) == 0 {
		return false, nil
	}
	out, err := t.run(ctx, scratch, lock, "list", "-deps", "-f", "{{.Dir}}", "cmd/compile", "cmd/asm", "cmd/link")
	if err != nil {
		return false, err
	}
	built := make(map[string]bool)
	for dir := range strings.Lines(out) {
		if rel, err := filepath.Rel(t.GOROOT, strings.TrimSpace(dir)); err == nil {
			built[filepath.ToSlash(rel)] = true
		}
	}
	return slices.ContainsFunc(touched, func(name string) bool {
		return built[path.Dir(name)] || within(name, "src/cmd/go", "src/cmd/cgo", "src/cmd/internal", "pkg/include") || name == "VERSION"
	}), nil
}
