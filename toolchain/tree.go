package toolchain

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// A Tree is a GOROOT in the store, built from a base and a series of patches.
type Tree struct {
	GOROOT  string
	GOCACHE string         // its own; no other tree may use it
	Key     string         // of everything it was built from, in hexadecimal
	Digest  string         // SHA-256 over every file of it, in hexadecimal
	Version string         // first line of its VERSION file
	BaseSum string         // checksum of the base, and who vouches for it
	Series  []AppliedPatch // all applied to it, in order; an after tree's begins with the before series
	Reused  bool           // it was in the store
	Seconds float64        // wall time its build took, when it was built

	cgo      bool
	manifest *manifest
}

// Check reads every file of t again and compares it with the manifest. It
// fails if any differs, is missing or was added since t was built, and when
// ctx ends.
func (t *Tree) Check(ctx context.Context) error {
	err := t.manifest.check(ctx, t.GOROOT, true)
	if d, ok := errors.AsType[*damage](err); ok {
		return fmt.Errorf("tree %s is damaged: %w; build again to replace it", t.GOROOT, d)
	}
	return err
}

// target names what trees are built for, with sep between its parts: the
// system patchbench itself runs on.
func target(sep string) string { return runtime.GOOS + sep + runtime.GOARCH }

// copyTree copies the plain files and folders below from to the new folder to,
// with their modes.
func copyTree(ctx context.Context, from, to string) error {
	return filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return os.MkdirAll(filepath.Join(to, rel), 0o777)
		}
		return copyFile(path, filepath.Join(to, rel))
	})
}

// copyFile copies a file with its mode. The file must not exist yet.
func copyFile(from, to string) (err error) {
	src, err := os.Open(from)
	if err != nil {
		return err
	}
	defer src.Close()
	info, err := src.Stat()
	if err != nil {
		return err
	}
	dst, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, dst.Close()) }()
	if _, err := io.Copy(dst, src); err != nil {
		return err
	}
	return dst.Chmod(info.Mode().Perm())
}
