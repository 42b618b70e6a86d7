package bench

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"patchbench/results"
)

// A workdir is where samples run: a folder for temporary files, and a copy of
// each package's folder, since benchmarks read testdata and write beside it.
// Both sides run in the same copy, made from before's tree.
type workdir struct {
	root string
	dirs map[string]string // by package, as suites name them
}

// newWorkdir makes the folders that the packages need.
func newWorkdir(root, programs string, trees Trees, pkgs []string) (*workdir, error) {
	w := &workdir{root: root, dirs: make(map[string]string)}
	if err := os.MkdirAll(w.tmp(), 0o755); err != nil {
		return nil, err
	}
	for _, pkg := range pkgs {
		if w.dirs[pkg] != "" {
			continue
		}
		from := filepath.Join(trees[results.Before].GOROOT, "src", strings.TrimPrefix(pkg, "std/"))
		if rest, ok := strings.CutPrefix(pkg, "programs/"); ok {
			from = filepath.Join(programs, rest)
		}
		to := filepath.Join(root, "src", pkg)
		if err := os.CopyFS(to, os.DirFS(from)); err != nil {
			return nil, fmt.Errorf("copy the folder of %s: %w", pkg, err)
		}
		w.dirs[pkg] = to
	}
	return w, nil
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
