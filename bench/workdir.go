package bench

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"patchbench/results"
)

// A workdir is where samples run: a folder for temporary files, and a copy of
// each package's folder, since benchmarks read testdata and write beside it.
// Both sides run in the same copy, made from before's tree.
type workdir struct {
	root string
	dirs map[string]string // by the binary's name
}

// newWorkdir makes the folders that the packages of bins need.
func newWorkdir(root string, bins map[string]*Binary) (*workdir, error) {
	w := &workdir{root: root, dirs: make(map[string]string)}
	if err := os.MkdirAll(w.tmp(), 0o755); err != nil {
		return nil, err
	}
	for name, b := range bins {
		if b.Broken != "" || b.Unavailable != "" {
			continue
		}
		if b.opaque {
			w.dirs[name] = b.Dir
			continue
		}
		to := filepath.Join(root, "src", filepath.FromSlash(name))
		if err := copyFolder(to, b.Dir); err != nil {
			return nil, fmt.Errorf("copy the folder of %s: %w", name, err)
		}
		w.dirs[name] = to
	}
	return w, nil
}

// copyFolder copies a folder so that the copy can be written to, which files of
// a module cache can't.
func copyFolder(to, from string) error {
	return filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		switch {
		case entry.IsDir():
			return os.MkdirAll(target, 0o755)
		case !entry.Type().IsRegular():
			return nil
		}
		return copyFile(target, path)
	})
}

func (w *workdir) tmp() string { return filepath.Join(w.root, "tmp") }

// env is the whole environment of a sample. It is the same for both sides,
// GOROOT too: some benchmarks read the library's sources, and both must read
// the same. The size of the environment moves the stack, so it is not only
// the contents that have to agree.
func (w *workdir) env(trees Trees, procs int, more ...string) []string {
	return append([]string{
		"PATH=/usr/bin:/bin",
		"HOME=" + w.root,
		"TMPDIR=" + w.tmp(),
		"GOROOT=" + trees[results.Before].GOROOT,
		"GOENV=off",
		"GOTRACEBACK=all",
		fmt.Sprintf("GOMAXPROCS=%d", procs),
		"LC_ALL=C",
	}, more...)
}
