package toolchain

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// linkTree makes the new tree to, whose files are hard links to those of from.
// It takes no more disk than the folders do. Where a file can't be linked it
// is copied.
//
// A link must never be written through: git apply removes a file before it
// writes it, builds write below bin and pkg only, and unshare comes first.
func linkTree(ctx context.Context, from, to string) error {
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
		if os.Link(path, filepath.Join(to, rel)) == nil {
			return nil
		}
		return copyFile(path, filepath.Join(to, rel))
	})
}

// unshare makes the files below these folders of a tree its own.
func unshare(root string, folders ...string) error {
	for _, folder := range folders {
		err := filepath.WalkDir(filepath.Join(root, folder), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			if err := copyFile(path, path+".own"); err != nil {
				return err
			}
			return os.Rename(path+".own", path)
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// plainModes gives the files of a tree the modes that git knows, whatever the
// umask. Files that are not there are passed over.
func plainModes(root string, names []string) error {
	for _, name := range names {
		path := filepath.Join(root, filepath.FromSlash(name))
		info, err := os.Lstat(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		mode := fs.FileMode(0o644)
		if info.Mode()&0o100 != 0 {
			mode = 0o755
		}
		if info.Mode().IsRegular() && info.Mode().Perm() != mode {
			if err := os.Chmod(path, mode); err != nil {
				return err
			}
		}
	}
	return nil
}

// copyFile copies a file with its mode and time. The copy must not exist yet.
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
	if _, err := io.Copy(dst, src); err != nil {
		return errors.Join(err, dst.Close())
	}
	if err := errors.Join(dst.Chmod(info.Mode().Perm()), dst.Close()); err != nil {
		return err
	}
	return os.Chtimes(to, info.ModTime(), info.ModTime())
}
