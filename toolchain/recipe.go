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
// do, so that trees made by other steps are not used any more.
const recipeVersion = 2

// make makes the plan's tree at its place in the store, without a list of
// files yet, and writes into m what there is to tell. from is the tree of the
// layer below.
func (b *Builder) make(ctx context.Context, p *plan, from *Tree, m *manifest, lock *os.File) error {
	root, scratch := m.GOROOT, b.treePath(p, "scratch")
	if err := errors.Join(os.MkdirAll(root, 0o777), MakeScratch(scratch)); err != nil {
		return err
	}
	var err error
	switch {
	case from == nil:
		err = b.makeBase(ctx, p, root, scratch, lock)
	case p.install:
		err = b.makeComplete(ctx, p, from, m, scratch, lock)
	default:
		err = b.makeSide(ctx, p, from, m, scratch, lock)
	}
	if err != nil {
		return err
	}
	return os.RemoveAll(scratch)
}

// makeBase makes a tree of a base alone. A release brings the binaries that
// compile it, so nothing is built.
func (b *Builder) makeBase(ctx context.Context, p *plan, root, scratch string, lock *os.File) error {
	b.logf("preparing the base tree: %s", p.base.name())
	if err := p.base.place(ctx, root); err != nil {
		return err
	}
	if p.base.complete() {
		return nil
	}
	b.logf("building %s by make.bash, which takes minutes", p.base.name())
	return b.makeBash(ctx, root, scratch, p.cgo, lock)
}

// makeSide makes the tree of a series, on the fast path if it may be taken.
func (b *Builder) makeSide(ctx context.Context, p *plan, from *Tree, m *manifest, scratch string, lock *os.File) error {
	b.logf("building the %s tree: %s with %s", p.side, p.base.name(), countPatches(len(p.patches())))
	if err := linkTree(ctx, from.GOROOT, m.GOROOT); err != nil {
		return err
	}
	for _, applied := range from.Series {
		m.Offsets = append(m.Offsets, applied.Offsets)
	}
	offsets, err := b.applySeries(ctx, p, applier{root: m.GOROOT, scratch: scratch, lock: lock})
	if err != nil {
		return err
	}
	m.Offsets = append(m.Offsets, offsets...)
	t := b.treeOf(p, m)
	if p.copied {
		m.Slow = from.manifest.Slow
		return nil
	}
	if m.Slow, err = t.slowPath(ctx, scratch, lock, p.series); err != nil {
		return err
	}
	if m.Slow == "" {
		m.Compiler, m.Slow = from.manifest.Compiler, from.manifest.Slow
		t.GOCACHE = from.GOCACHE
		return t.compileTouched(ctx, scratch, lock, p.series)
	}
	b.logf("building the %s tree by make.bash, which takes minutes: %s", p.side, m.Slow)
	if err := unshare(m.GOROOT, "bin", "pkg"); err != nil {
		return err
	}
	return b.makeBash(ctx, m.GOROOT, scratch, p.cgo, lock)
}

// makeComplete makes the tree that has from's source, and commands built from
// it.
func (b *Builder) makeComplete(ctx context.Context, p *plan, from *Tree, m *manifest, scratch string, lock *os.File) error {
	b.logf("building all commands of the %s tree, which takes minutes", p.side)
	if err := linkTree(ctx, from.GOROOT, m.GOROOT); err != nil {
		return err
	}
	// What installs write must not be a link to a file of another tree.
	if err := unshare(m.GOROOT, "bin", "pkg"); err != nil {
		return err
	}
	for _, applied := range from.Series {
		m.Offsets = append(m.Offsets, applied.Offsets)
	}
	m.Compiler, m.Slow = from.manifest.Compiler, from.manifest.Slow
	t := b.treeOf(p, m)
	if p.goarch == "" {
		return t.installAll(ctx, scratch, lock, true)
	}
	// From's commands are those of its own source already.
	args, env, err := t.installs()
	if err != nil {
		return err
	}
	return t.install(ctx, scratch, lock, append(env, "GOARCH="+p.goarch), args...)
}

// compileTouched compiles the packages that the series changes, so that a
// patch with an error in it fails here and not in every benchmark. They are
// compiled as benchmarks are: what is made here is used there.
func (t *Tree) compileTouched(ctx context.Context, scratch string, lock *os.File, series []Patch) error {
	touched, err := touchedFiles(series)
	if err != nil {
		return err
	}
	var folders []string
	for _, name := range touched {
		folder := filepath.Join(t.GOROOT, filepath.FromSlash(path.Dir(name)))
		if within(name, "src") && path.Ext(name) != ".txt" && !slices.Contains(folders, folder) && isFolder(folder) {
			folders = append(folders, folder)
		}
	}
	if len(folders) == 0 {
		return nil
	}
	out, err := t.run(ctx, scratch, lock, append([]string{"list", "-find", "-e", "-f", "{{if .GoFiles}}{{if not .ForTest}}{{.ImportPath}}{{end}}{{end}}"}, folders...)...)
	if err != nil {
		return err
	}
	packages := strings.Fields(out)
	if len(packages) == 0 {
		return nil
	}
	_, err = t.run(ctx, scratch, lock, append([]string{"build", "-trimpath"}, packages...)...)
	return err
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

func countPatches(n int) string {
	if n == 1 {
		return "1 patch"
	}
	return fmt.Sprintf("%d patches", n)
}

// applySeries applies the plan's own series in order and returns the offsets
// of each patch.
func (b *Builder) applySeries(ctx context.Context, p *plan, a applier) (offsets [][]string, err error) {
	if a.git, err = lookPath(b.Env, "git"); err != nil {
		return nil, fmt.Errorf("applying patches: %w", err)
	}
	for _, patch := range p.series {
		touched, err := touchedFiles([]Patch{patch})
		if err != nil {
			return nil, err
		}
		done, err := a.apply(ctx, patch)
		if err != nil {
			return nil, err
		}
		for _, offset := range done.Offsets {
			b.logf("%s: %s", patch.File, offset)
		}
		offsets = append(offsets, done.Offsets)
		// git leaves modes to the user's umask.
		if err := plainModes(a.root, touched); err != nil {
			return nil, err
		}
	}
	return offsets, nil
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
		if at := firstCompileError(failed.output, t.GOROOT); at != "" {
			return "", fmt.Errorf("the patched source does not compile: %s; correct the patch", at)
		}
	}
	return stdout, err
}

// firstCompileError returns the first error that the compiler reports in what
// a build of the tree at root printed, with its place, and the number of the
// others; "" if there is none.
func firstCompileError(output, root string) string {
	found := compileError.FindAllString(output, -1)
	if len(found) == 0 {
		return ""
	}
	more := ""
	if len(found) > 1 {
		more = fmt.Sprintf(" (and %d more)", len(found)-1)
	}
	return strings.ReplaceAll(oneLine(found[0]), root+"/", "") + more
}
