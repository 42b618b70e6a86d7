package toolchain

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A gorootSource is the source of a Go tree in some folder. What counts is
// every file below the folder, by name, contents and whether it is executable,
// but not what builds put there and git keeps there: bin, pkg, .git and
// VERSION.cache at the top.
type gorootSource struct {
	dir    string // as the user names it
	root   string // absolute, links followed
	digest string
}

// gorootSource reads the tree in dir, which a relative name is resolved for
// from the working directory. Files of it are never written.
func (b *Builder) gorootSource(ctx context.Context, dir string) (source, error) {
	root, err := filepath.Abs(dir)
	if err == nil {
		root, err = filepath.EvalSymlinks(root)
	}
	if err != nil {
		return nil, fmt.Errorf("base goroot:%s: there is no such folder; name the top folder of a Go tree", dir)
	}
	var found []string
	for _, name := range goTreeNames() {
		if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(name))); err == nil {
			found = append(found, name)
		}
	}
	if err := missingFrom(found); err != nil {
		return nil, fmt.Errorf("base goroot:%s: %w", dir, err)
	}
	s := gorootSource{dir: dir, root: root}
	files, err := sourceFiles(root)
	if err == nil {
		s.digest, err = sourceDigest(ctx, root, files)
	}
	if err != nil {
		return nil, fmt.Errorf("base goroot:%s: %w", dir, err)
	}
	return s, nil
}

func (s gorootSource) name() string    { return "goroot:" + s.dir }
func (s gorootSource) sum() string     { return "sha256:" + s.digest }
func (s gorootSource) vouched() string { return "as the folder was found" }
func (s gorootSource) complete() bool  { return false }

// place copies the files below dir. It fails if they are no longer those the
// digest was taken of.
func (s gorootSource) place(ctx context.Context, dir string) error {
	changed := fmt.Errorf("base goroot:%s changed while it was copied; start again", s.dir)
	files, err := sourceFiles(s.root)
	if err != nil {
		return err
	}
	for _, f := range files {
		if err := ctx.Err(); err != nil {
			return err
		}
		name := filepath.FromSlash(f.Name)
		err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o777)
		if err == nil {
			err = copyFile(filepath.Join(s.root, name), filepath.Join(dir, name))
		}
		if err == nil {
			err = os.Chmod(filepath.Join(dir, name), f.Mode)
		}
		if errors.Is(err, fs.ErrNotExist) {
			return changed
		}
		if err != nil {
			return err
		}
	}
	if files, err = sourceFiles(dir); err != nil {
		return err
	}
	digest, err := sourceDigest(ctx, dir, files)
	if err != nil {
		return err
	}
	if digest != s.digest {
		return changed
	}
	return nameVersion(dir, s.digest)
}

// sourceFiles lists the files of a tree that count as its source, with the
// mode that git would give them.
func sourceFiles(root string) ([]treeFile, error) {
	var files []treeFile
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || path == root {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		switch {
		case slices.Contains([]string{"bin", "pkg", ".git", "VERSION.cache"}, name):
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		case entry.IsDir():
			return nil
		case !entry.Type().IsRegular():
			return fmt.Errorf("%s is neither a plain file nor a folder; trees hold nothing else", path)
		case strings.ContainsRune(name, '\n'):
			return fmt.Errorf("%q has a line break in its name; rename it", path)
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		mode := fs.FileMode(0o644)
		if info.Mode()&0o100 != 0 {
			mode = 0o755
		}
		files = append(files, treeFile{Name: filepath.ToSlash(name), Size: info.Size(), Mode: mode})
		return nil
	})
	return files, err
}

// sourceDigest is the digest of a tree's source files.
func sourceDigest(ctx context.Context, root string, files []treeFile) (string, error) {
	if err := hashFiles(ctx, root, files, func(int) bool { return true }, nil); err != nil {
		return "", err
	}
	return filesDigest(files), nil
}
