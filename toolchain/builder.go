package toolchain

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"
)

// A Builder builds the trees of experiments into the store.
type Builder struct {
	Cache *Cache
	Go    string   // the host's go command, which downloads releases and bootstraps: a path, or a name in PATH
	Env   []string // the caller's environment: PATH to find git and Go, and network settings for downloads

	// Project is the folder that holds the experiments. The forks of two
	// projects lie apart, as their experiments may have the same names.
	Project string
	Log     func(format string, args ...any)
}

func (b *Builder) logf(format string, args ...any) {
	if b.Log != nil {
		b.Log(format, args...)
	}
}

// Build returns the two trees of e. Trees that are in the store and undamaged
// are used as they are, the others are made. If another process is making the
// same tree, Build waits for it.
//
// It fails when a base can't be had, a patch does not apply, the patched
// source does not compile, and when the cache's disk is full or read-only.
// When it fails or ctx ends, what was begun is removed.
func (b *Builder) Build(ctx context.Context, e *Experiment) (before, after *Tree, err error) {
	first, second, err := b.plans(ctx, e)
	if err != nil {
		return nil, nil, fmt.Errorf("building experiment %s: %w", e.Name, b.Cache.advise(err))
	}
	memo := new(hashMemo)
	var wg sync.WaitGroup
	wg.Go(func() { before, _ = b.stored(ctx, first, memo) })
	wg.Go(func() { after, _ = b.stored(ctx, second, memo) })
	wg.Wait()
	if before == nil {
		if before, err = b.provide(ctx, first); err != nil {
			return nil, nil, fmt.Errorf("building the before tree of %s: %w", e.Name, b.Cache.advise(err))
		}
	}
	if after == nil {
		if after, err = b.provide(ctx, second); err != nil {
			return nil, nil, fmt.Errorf("building the after tree of %s: %w", e.Name, b.Cache.advise(err))
		}
	}
	return before, after, nil
}

// Complete returns a tree like t, one that Build returned, whose standard
// library and commands are built from t's own source. It lies in the store
// beside t, and shares with it all files but those. Only who runs the
// commands themselves needs it: what t compiles is the same.
//
// If goarch is another architecture than the host's, the library and the
// commands are there for that one too, where the go command puts what it builds
// for others: bin/linux_arm64, pkg/linux_arm64, pkg/tool/linux_arm64.
func (b *Builder) Complete(ctx context.Context, t *Tree, goarch string) (*Tree, error) {
	c, err := t, error(nil)
	if !t.built() {
		c, err = b.tree(ctx, t.plan.complete())
	}
	if err == nil && goarch != runtime.GOARCH {
		c, err = b.tree(ctx, c.plan.cross(goarch))
	}
	if err != nil {
		return nil, fmt.Errorf("completing the tree %s: %w", t.GOROOT, b.Cache.advise(err))
	}
	return c, nil
}

// Copy returns a tree with the same files as t, one that Build returned, at a
// place and with a build cache of its own: what is compiled with it is compiled
// anew. Whether t differs from its copy is known, which makes them a control.
func (b *Builder) Copy(ctx context.Context, t *Tree) (*Tree, error) {
	c, err := b.tree(ctx, t.plan.copy())
	if err != nil {
		return nil, fmt.Errorf("copying the tree %s: %w", t.GOROOT, b.Cache.advise(err))
	}
	return c, nil
}

// tree returns the plan's tree from the store, or makes it.
func (b *Builder) tree(ctx context.Context, p *plan) (*Tree, error) {
	if t, err := b.stored(ctx, p, new(hashMemo)); err == nil {
		return t, nil
	}
	return b.provide(ctx, p)
}

// treePath is a path in the folder of the plan's tree.
func (b *Builder) treePath(p *plan, elem ...string) string {
	return b.Cache.path(append([]string{"trees", p.key}, elem...)...)
}

// stored returns the plan's tree if it is in the store and passes the quick
// check. The error is a *damage if it is there but damaged.
func (b *Builder) stored(ctx context.Context, p *plan, memo *hashMemo) (*Tree, error) {
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
	if err := m.check(ctx, t.GOROOT, memo); err != nil {
		return nil, err
	}
	t.Reused = true
	return t, nil
}

// treeOf describes the plan's tree, with what its manifest says.
func (b *Builder) treeOf(p *plan, m *manifest) *Tree {
	t := &Tree{
		GOROOT: b.treePath(p, "goroot"), GOCACHE: b.Cache.path("gocache", m.Compiler),
		Key: p.key, Digest: m.Digest, Version: m.Version, Base: p.base.name(), BaseSum: m.BaseSum, Seconds: m.Seconds,
		Slow: m.Slow, Copy: p.copied, cgo: p.cgo, plan: p, manifest: m,
	}
	for i, patch := range p.patches() {
		applied := AppliedPatch{Patch: patch}
		if i < len(m.Offsets) {
			applied.Offsets = m.Offsets[i]
		}
		t.Series = append(t.Series, applied)
	}
	return t
}

// provide returns the plan's tree, making it unless another process has done
// so by the time the lock is free.
func (b *Builder) provide(ctx context.Context, p *plan) (t *Tree, err error) {
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
	t, err = b.stored(ctx, p, new(hashMemo))
	if err == nil {
		return t, nil
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if d, ok := errors.AsType[*damage](err); ok {
		b.logf("the %s tree in the store is damaged (%v): building it again", p.side, d)
	}
	var from *Tree
	if p.from != nil {
		if from, err = b.tree(ctx, p.from); err != nil {
			return nil, err
		}
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
	m := &manifest{
		Format: manifestFormat, Key: p.key, GOROOT: b.treePath(p, "goroot"), Compiler: p.key,
		BaseSum: fmt.Sprintf("%s (%s)", p.base.sum(), p.base.vouched()),
	}
	if err := b.make(ctx, p, from, m, lock); err != nil {
		return nil, err
	}
	m.Seconds = time.Since(start).Seconds()
	if err := b.seal(ctx, p, from, m); err != nil {
		return nil, err
	}
	b.logf("built the %s tree in %.1f s", p.side, m.Seconds)
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

// seal makes a tree of what has been built: it writes the manifest. Files that
// are links to those of from have the hashes they have there.
func (b *Builder) seal(ctx context.Context, p *plan, from *Tree, m *manifest) error {
	version, err := os.ReadFile(filepath.Join(m.GOROOT, "VERSION"))
	if err != nil {
		return err
	}
	line, _, _ := strings.Cut(string(version), "\n")
	m.Version = strings.TrimSpace(line)
	if m.Files, err = listFiles(m.GOROOT); err != nil {
		return err
	}
	if from != nil {
		if err := inheritHashes(m, from.manifest); err != nil {
			return err
		}
	}
	if err := hashFiles(ctx, m.GOROOT, m.Files, func(i int) bool { return m.Files[i].SHA256 == "" }, new(hashMemo)); err != nil {
		return err
	}
	m.Digest = filesDigest(m.Files)
	return m.write(b.treePath(p, "manifest.json"))
}

// keyOf derives a tree's key from the lines that describe it.
func keyOf(lines ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return hex.EncodeToString(sum[:16])
}
