package toolchain

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A Proof is what Verify found about the trees of an experiment.
type Proof struct {
	Comparisons []Comparison // of the bases first, then of before, then of after
}

// Proven reports whether everything that had to be identical is.
func (p *Proof) Proven() bool {
	for _, c := range p.Comparisons {
		if c.Needed && !c.Identical() {
			return false
		}
	}
	return len(p.Comparisons) > 0
}

// Verify proves that the trees of e are what they claim to be. Nothing of it
// is taken on trust: from the base and the patches, each side is built anew by
// make.bash, and every file is compared by SHA-256 with what the fast path
// makes at the same path, for old releases compile their own path into files.
// A test binary compiled with the side's tree as measurements do is compared
// with one compiled by what make.bash made. And a base that is a release must
// come out again as it was shipped.
//
// It takes minutes a side, and the disk of two trees in the folder verify of
// the cache, which is empty again when it ends. A difference is no error. It
// fails where Build does, when a build does, and when ctx ends.
func (b *Builder) Verify(ctx context.Context, e *Experiment) (*Proof, error) {
	before, after, err := b.Build(ctx, e)
	if err != nil {
		return nil, err
	}
	proof := new(Proof)
	seen := make(map[string]bool)
	for _, t := range []*Tree{before, after} {
		base := t.plan.bottom()
		if seen[base.key] || !base.base.complete() {
			continue
		}
		seen[base.key] = true
		c, err := b.verifyBase(ctx, base)
		if err != nil {
			return nil, fmt.Errorf("verifying %s: %w", base.base.name(), b.Cache.advise(err))
		}
		b.tell(proof, c)
	}
	for i, t := range []*Tree{before, after} {
		if i == 1 && after.Key == before.Key {
			break
		}
		side := []string{"before", "after"}[i]
		cs, err := b.verifyTree(ctx, side, t)
		if err != nil {
			return nil, fmt.Errorf("verifying the %s tree of %s: %w", side, e.Name, b.Cache.advise(err))
		}
		b.tell(proof, cs...)
	}
	return proof, nil
}

// tell adds to the proof what was found, and logs it, as there is long to wait
// for the rest.
func (b *Builder) tell(proof *Proof, found ...Comparison) {
	for _, c := range found {
		b.logf("%s, %s: %d of %d identical", c.Side, c.What, c.Same, c.Total)
	}
	proof.Comparisons = append(proof.Comparisons, found...)
}

// bottom is the plan of the base that p's tree stands on.
func (p *plan) bottom() *plan {
	for p.from != nil {
		p = p.from
	}
	return p
}

// A workbench is a folder of the cache to build in, at a path that stays the
// same.
type workbench struct {
	root    string // for the tree; not there yet
	scratch string
	gocache string
	lock    *os.File
}

// onWorkbench calls f with an empty workbench for key that nobody else uses,
// and clears it again whatever f's outcome.
func (b *Builder) onWorkbench(ctx context.Context, key string, f func(workbench) error) (err error) {
	if _, err := b.Cache.mkdir("verify"); err != nil {
		return err
	}
	home := b.Cache.path("verify", key)
	lock, err := lockFile(ctx, home+".lock", func() { b.logf("waiting for another process that verifies %s", key) })
	if err != nil {
		return err
	}
	defer unlockFile(lock)
	if err := os.RemoveAll(home); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(home)) }()
	w := workbench{
		root: filepath.Join(home, "goroot"), scratch: filepath.Join(home, "scratch"), gocache: filepath.Join(home, "gocache"),
		lock: lock,
	}
	if err := MakeScratch(w.scratch); err != nil {
		return err
	}
	return f(w)
}

// clear makes room for another tree at the same path.
func (w workbench) clear() error {
	return errors.Join(os.RemoveAll(w.root), os.RemoveAll(w.gocache))
}

// verifyTree compares what t is with what make.bash makes of its source.
func (b *Builder) verifyTree(ctx context.Context, side string, t *Tree) (cs []Comparison, err error) {
	err = b.onWorkbench(ctx, t.Key, func(w workbench) error {
		b.logf("building the %s tree by make.bash, which takes minutes", side)
		start := time.Now()
		if err := b.makeAnew(ctx, t.plan, w); err != nil {
			return err
		}
		makeTime := time.Since(start)
		made, err := sumFiles(ctx, w.root)
		if err != nil {
			return err
		}
		written, err := writtenByDist(w.root, made, sumsOf(t.manifest.Files))
		if err != nil {
			return err
		}
		madeTree := &Tree{GOROOT: w.root, GOCACHE: w.gocache, Base: t.Base, cgo: t.cgo}
		binary, err := compareTestBinary(ctx, t, madeTree, w)
		if err != nil {
			return err
		}
		if err := w.clear(); err != nil {
			return err
		}

		b.logf("building the %s tree on the fast path", side)
		start = time.Now()
		if err := linkTree(ctx, t.GOROOT, w.root); err != nil {
			return err
		}
		if err := unshare(w.root, "bin", "pkg"); err != nil {
			return err
		}
		for name, data := range written {
			if err := replaceFile(filepath.Join(w.root, filepath.FromSlash(name)), data); err != nil {
				return err
			}
		}
		fastTree := &Tree{GOROOT: w.root, GOCACHE: w.gocache, Base: t.Base, cgo: t.cgo}
		if err := fastTree.installAll(ctx, w.scratch, w.lock, true); err != nil {
			return err
		}
		fastTime := time.Since(start)
		fast, err := sumFiles(ctx, w.root)
		if err != nil {
			return err
		}

		products := compareProducts(fast, made, sumsOf(t.manifest.Files))
		products.Needed = t.Slow == ""
		products.Notes = append(products.Notes, fmt.Sprintf("fast path %.0f s, make.bash %.0f s", fastTime.Seconds(), makeTime.Seconds()))
		if t.Slow != "" {
			products.Notes = append(products.Notes, "the tree does not come from the fast path but from make.bash: "+t.Slow)
		}
		sources := compareSources(fast, made)
		for _, name := range slices.Sorted(maps.Keys(written)) {
			sources.Notes = append(sources.Notes, name+" is written by make.bash for the cgo setting of its build; the fast path was given the same")
		}
		cs = []Comparison{sources, products, binary}
		for i := range cs {
			cs[i].Side = side
		}
		return nil
	})
	return cs, err
}

// generatedByDist is how sources begin that make.bash writes.
const generatedByDist = "// Code generated by go tool dist; DO NOT EDIT."

// writtenByDist returns the sources that make.bash wrote at root and that
// differ from ours. They depend on the environment of the build.
func writtenByDist(root string, made, ours map[string]string) (map[string][]byte, error) {
	written := make(map[string][]byte)
	for name, sum := range made {
		if isProduct(name) || ours[name] == "" || ours[name] == sum {
			continue
		}
		data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if err != nil {
			return nil, err
		}
		if strings.HasPrefix(string(data), generatedByDist) {
			written[name] = data
		}
	}
	return written, nil
}

// replaceFile writes a file anew, so that no other name of it changes.
func replaceFile(path string, data []byte) error {
	if err := os.Remove(path); err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o644)
}

// makeAnew builds the plan's tree by make.bash from the base's files and all
// patches, without the help of the store.
func (b *Builder) makeAnew(ctx context.Context, p *plan, w workbench) error {
	if err := os.Mkdir(w.root, 0o777); err != nil {
		return err
	}
	if err := p.base.place(ctx, w.root); err != nil {
		return err
	}
	anew := &plan{series: p.patches()}
	if _, err := b.applySeries(ctx, anew, applier{root: w.root, scratch: w.scratch, lock: w.lock}); err != nil {
		return err
	}
	// Nothing that the release ships may be taken for something built.
	if err := errors.Join(os.RemoveAll(filepath.Join(w.root, "bin")), os.RemoveAll(filepath.Join(w.root, "pkg"))); err != nil {
		return err
	}
	return b.makeBash(ctx, w.root, w.scratch, p.cgo, w.lock)
}

// testBinary compiles the test binary of a small package of the library as
// measurements compile theirs, and returns its hash.
func (t *Tree) testBinary(ctx context.Context, w workbench) (string, error) {
	file := filepath.Join(w.scratch, "heap.test")
	_, err := t.run(ctx, w.scratch, w.lock, "test", "-c", "-trimpath", "-ldflags=-buildid=", "-vet=off", "-o", file, "container/heap")
	if err != nil {
		return "", err
	}
	sum, err := new(hashMemo).hash(ctx, file)
	return sum, errors.Join(err, os.Remove(file))
}

// compareTestBinary compiles the same package with t and with made.
func compareTestBinary(ctx context.Context, t, made *Tree, w workbench) (Comparison, error) {
	c := Comparison{What: "test binary", Total: 1, Needed: true}
	ours, err := t.testBinary(ctx, w)
	if err != nil {
		return c, err
	}
	theirs, err := made.testBinary(ctx, w)
	if err != nil {
		return c, err
	}
	if ours == theirs {
		c.Same = 1
	} else {
		c.Differ = []string{"heap.test"}
	}
	return c, nil
}
