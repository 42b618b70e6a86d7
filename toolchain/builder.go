package toolchain

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// A Builder builds the trees of experiments into the store.
type Builder struct {
	Cache *Cache
	Go    string   // the host's go command, which only downloads releases: a path, or a name in PATH
	Env   []string // the caller's environment: PATH to find git and Go, and network settings for the download
	Log   func(format string, args ...any)
}

func (b *Builder) logf(format string, args ...any) {
	if b.Log != nil {
		b.Log(format, args...)
	}
}

// A plan is all that one tree is made from.
type plan struct {
	side    string
	base    source
	cgo     bool
	earlier []Patch // applied already to the tree this one is copied from
	series  []Patch
	from    *plan // the tree to copy; nil to begin with the release
	key     string
}

// newPlan fills in the key. Everything that can change a file of the tree goes
// into it.
func newPlan(p plan) *plan {
	h := sha256.New()
	fmt.Fprintf(h, "recipe %d\ntarget %s\nbase %s\ncgo %t\n", recipeVersion, target("/"), p.base.sum(), p.cgo)
	for _, kv := range (&Tree{GOROOT: "goroot", GOCACHE: "gocache", cgo: p.cgo}).Environ("scratch") {
		fmt.Fprintf(h, "environment %q\n", kv)
	}
	if p.from != nil {
		fmt.Fprintf(h, "from %s\n", p.from.key)
	}
	for _, patch := range p.series {
		fmt.Fprintf(h, "patch %s\n", patch.SHA256)
	}
	p.key = hex.EncodeToString(h.Sum(nil)[:16])
	return &p
}

// Build returns the two trees of e. Trees that are in the store and undamaged
// are used as they are; the others are built, which takes minutes. If another
// process is building the same tree, Build waits for it.
//
// It fails when the base can't be had, a patch does not apply, the patched
// source does not build, and when the cache's disk is full or read-only. When
// it fails or ctx ends, what was begun is removed.
func (b *Builder) Build(ctx context.Context, e *Experiment) (before, after *Tree, err error) {
	base, err := b.source(ctx, e.Base)
	if err != nil {
		return nil, nil, fmt.Errorf("building experiment %s: %w", e.Name, b.Cache.advise(err))
	}
	first := newPlan(plan{side: "before", base: base, cgo: e.CGO, series: e.Before})
	second := newPlan(plan{side: "after", base: base, cgo: e.CGO, earlier: e.Before, series: e.After, from: first})

	var wg sync.WaitGroup
	wg.Go(func() { before, _ = b.stored(ctx, first) })
	wg.Go(func() { after, _ = b.stored(ctx, second) })
	wg.Wait()
	if before == nil {
		if before, err = b.provide(ctx, first, nil); err != nil {
			return nil, nil, fmt.Errorf("building the before tree of %s: %w", e.Name, b.Cache.advise(err))
		}
	}
	if after == nil {
		if after, err = b.provide(ctx, second, before); err != nil {
			return nil, nil, fmt.Errorf("building the after tree of %s: %w", e.Name, b.Cache.advise(err))
		}
	}
	return before, after, nil
}

// treePath is a path in the folder of the plan's tree.
func (b *Builder) treePath(p *plan, elem ...string) string {
	return b.Cache.path(append([]string{"trees", p.key}, elem...)...)
}

// stored returns the plan's tree if it is in the store and passes the quick
// check. The error is a *damage if it is there but damaged.
func (b *Builder) stored(ctx context.Context, p *plan) (*Tree, error) {
	m, err := readManifest(b.treePath(p, "manifest.json"))
	if err != nil {
		return nil, err
	}
	t := b.treeOf(p, m)
	if m.Key != p.key || len(m.Offsets) != len(t.Series) {
		return nil, &damage{"manifest.json", "is of another tree"}
	}
	if m.GOROOT != t.GOROOT {
		return nil, &damage{"goroot", "was moved here from " + m.GOROOT}
	}
	if err := m.check(ctx, t.GOROOT, false); err != nil {
		return nil, err
	}
	t.Reused = true
	return t, nil
}

// treeOf describes the plan's tree, with what its manifest says.
func (b *Builder) treeOf(p *plan, m *manifest) *Tree {
	t := &Tree{
		GOROOT: b.treePath(p, "goroot"), GOCACHE: b.Cache.path("gocache", p.key),
		Key: p.key, Digest: m.Digest, Version: m.Version, BaseSum: m.BaseSum, Seconds: m.Seconds,
		cgo: p.cgo, manifest: m,
	}
	for i, patch := range slices.Concat(p.earlier, p.series) {
		applied := AppliedPatch{Patch: patch}
		if i < len(m.Offsets) {
			applied.Offsets = m.Offsets[i]
		}
		t.Series = append(t.Series, applied)
	}
	return t
}

// provide returns the plan's tree, building it unless another process has
// done so by the time the lock is free. from is the tree of p.from.
func (b *Builder) provide(ctx context.Context, p *plan, from *Tree) (t *Tree, err error) {
	for _, dir := range []string{"trees", "gocache"} {
		if _, err := b.Cache.mkdir(dir); err != nil {
			return nil, err
		}
	}
	lock, err := lockFile(ctx, b.Cache.path("trees", p.key+".lock"), func() {
		b.logf("waiting for another process that builds the %s tree %s", p.side, p.key)
	})
	if err != nil {
		return nil, err
	}
	defer unlockFile(lock)
	t, err = b.stored(ctx, p)
	if err == nil {
		return t, nil
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if d, ok := errors.AsType[*damage](err); ok {
		b.logf("the %s tree in the store is damaged (%v): building it again", p.side, d)
	}
	if err := b.wipe(p); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, b.wipe(p))
		}
	}()
	start := time.Now()
	offsets, err := b.make(ctx, p, from, lock)
	if err != nil {
		return nil, err
	}
	m := &manifest{
		Format: manifestFormat, Key: p.key, GOROOT: b.treePath(p, "goroot"),
		BaseSum: fmt.Sprintf("%s (%s)", p.base.sum(), p.base.vouched()), Offsets: offsets, Seconds: time.Since(start).Seconds(),
	}
	if err := b.seal(ctx, p, m); err != nil {
		return nil, err
	}
	b.logf("built the %s tree in %.0f s", p.side, m.Seconds)
	return b.treeOf(p, m), nil
}

// wipe removes whatever is under the plan's key, the manifest first: from then
// on nobody takes the rest for a tree. The caller holds the lock.
func (b *Builder) wipe(p *plan) error {
	if err := os.Remove(b.treePath(p, "manifest.json")); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return errors.Join(os.RemoveAll(b.treePath(p)), os.RemoveAll(b.Cache.path("gocache", p.key)))
}

// seal makes a tree of what has been built: it writes the manifest.
func (b *Builder) seal(ctx context.Context, p *plan, m *manifest) error {
	version, err := os.ReadFile(filepath.Join(m.GOROOT, "VERSION"))
	if err != nil {
		return err
	}
	line, _, _ := strings.Cut(string(version), "\n")
	m.Version = strings.TrimSpace(line)
	if m.Files, err = listFiles(m.GOROOT); err != nil {
		return err
	}
	if err := hashFiles(ctx, m.GOROOT, m.Files, func(int) bool { return true }); err != nil {
		return err
	}
	m.Digest = filesDigest(m.Files)
	return m.write(b.treePath(p, "manifest.json"))
}
