package toolchain

import (
	"context"
	"errors"
	"fmt"
	"runtime"
)

// A Tree is a GOROOT in the store, made from a base and a series of patches.
type Tree struct {
	GOROOT  string
	GOCACHE string         // shared with the trees that have the same compiler, and no others
	Key     string         // of everything it was made from, in hexadecimal
	Digest  string         // SHA-256 over every file of it, in hexadecimal
	Version string         // first line of its VERSION file
	Base    string         // the base, made exact
	BaseSum string         // checksum of the base, and who vouches for it
	Series  []AppliedPatch // all applied to it, in order; an after tree's begins with the before series
	Reused  bool           // it was in the store
	Seconds float64        // wall time its making took
	Slow    string         // why its commands had to be built by make.bash; empty where the base's serve
	Copy    bool           // it has the files of another tree, whose digest it shares, and nothing that was built with that

	cgo      bool
	plan     *plan
	manifest *manifest
}

// Check reads every file of t again and compares it with the manifest. It
// fails if any differs, is missing or was added since t was built, and when
// ctx ends.
func (t *Tree) Check(ctx context.Context) error {
	err := t.manifest.check(ctx, t.GOROOT, nil)
	if d, ok := errors.AsType[*damage](err); ok {
		return fmt.Errorf("tree %s is damaged: %w; build again to replace it", t.GOROOT, d)
	}
	return err
}

// built reports whether t's commands are built from its own source: those of a
// base are, and those that make.bash or Complete built.
func (t *Tree) built() bool {
	return t.plan.from == nil || t.plan.install || t.manifest.Compiler == t.Key
}

// target names what trees are built for, with sep between its parts: the
// system patchbench itself runs on.
func target(sep string) string { return runtime.GOOS + sep + runtime.GOARCH }
