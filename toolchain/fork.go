package toolchain

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// A fork is a git work tree of an experiment's source: the base as the first
// commit, and a commit for each patch.
//
//	tag base     the base
//	tag before   the last patch of the before series, or the base
//	tag after    the last patch, as the fork was made or saved
type fork struct {
	repo
	b     *Builder
	name  string // of the experiment
	state forkState
}

// A forkState is what a fork remembers of the experiment it was made from. It
// is a file in the repository.
type forkState struct {
	Base       string        `json:"base"` // as experiment.toml has it
	BaseCommit string        `json:"base_commit"`
	Series     []forkedPatch `json:"series"` // before, then after
	Onto       *forkBase     `json:"onto,omitempty"`
}

// A forkedPatch is a patch file and the commit that stands for it.
type forkedPatch struct {
	File   string `json:"file"`
	SHA256 string `json:"sha256"`
	Commit string `json:"commit"`
}

// A forkBase is another base that the fork is being carried to.
type forkBase struct {
	Base   string `json:"base"`
	Commit string `json:"commit"`
}

// References of patchbench's own in a fork: the commits that the patch files
// stand for, kept from git's garbage collection, and where the before series
// ends on another base.
const (
	refSeries = "refs/patchbench/series"
	refBefore = "refs/patchbench/before"
)

// ignoredInForks are files that editors and git leave beside sources. They are
// no edits.
const ignoredInForks = "*~\n.*.sw?\n.#*\n\\#*#\n*.orig\n*.rej\n.DS_Store\n"

// forkPath is a path in the cache for the fork of an experiment. Experiments'
// names don't start with a dot.
func (b *Builder) forkPath(name, ext string) string {
	if ext != "" {
		name = "." + name + ext
	}
	return filepath.Join(b.forksDir(), name)
}

// forksDir is the folder of the project's forks.
func (b *Builder) forksDir() string {
	if b.Project == "" {
		return b.Cache.path("forks")
	}
	return b.Cache.path("forks", filepath.Base(b.Project)+"-"+keyOf(b.Project)[:8])
}

// lockFork keeps other processes from the fork of an experiment.
func (b *Builder) lockFork(ctx context.Context, name string) (*os.File, error) {
	if err := os.MkdirAll(b.forksDir(), 0o777); err != nil {
		return nil, err
	}
	return lockFile(ctx, b.forkPath(name, ".lock"), func() { b.logf("waiting for another process that works on the fork of %s", name) })
}

// repoAt is the repository of a work tree.
func (b *Builder) repoAt(dir string, lock *os.File) (repo, error) {
	git, err := lookPath(b.Env, "git")
	if err != nil {
		return repo{}, err
	}
	return repo{git: git, dir: dir, gitDir: filepath.Join(dir, ".git"), lock: lock}, nil
}

// Fork returns the git work tree of the experiment called name in patchesDir,
// making it if there is none: the base as a commit, then a commit for each
// patch, with the tags base, before and after. The same experiment gives the
// same commits. A work tree that is there is left as it is.
//
// It fails when there is no such experiment, its base can't be had or a patch
// does not apply; then there is no work tree either.
func (b *Builder) Fork(ctx context.Context, patchesDir, name string) (dir string, err error) {
	e, err := loadExperiment(patchesDir, name)
	if err != nil {
		return "", err
	}
	lock, err := b.lockFork(ctx, name)
	if err != nil {
		return "", b.Cache.advise(err)
	}
	defer unlockFile(lock)
	f, err := b.forkOf(ctx, e, lock)
	if err != nil {
		return "", fmt.Errorf("forking %s: %w", name, b.Cache.advise(err))
	}
	return f.dir, nil
}

// forkOf opens the fork of e or makes it. The caller holds its lock.
func (b *Builder) forkOf(ctx context.Context, e *Experiment, lock *os.File) (*fork, error) {
	f, err := b.openFork(e.Name, lock)
	if err == nil {
		if !f.state.matches(e) {
			b.logf("the patches of %s are not those that this fork was made from: carry over what you need of %s, then move it away to have it made from them", e.Name, f.dir)
		}
		return f, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return b.makeFork(ctx, e.Name, e.Base, lock, func(f *fork) error { return f.importSeries(ctx, e) })
}

// openFork opens the fork of an experiment. The error is fs.ErrNotExist when
// there is none.
func (b *Builder) openFork(name string, lock *os.File) (*fork, error) {
	dir := b.forkPath(name, "")
	if _, err := os.Lstat(dir); err != nil {
		return nil, err
	}
	r, err := b.repoAt(dir, lock)
	if err != nil {
		return nil, err
	}
	f := &fork{repo: r, b: b, name: name}
	data, err := os.ReadFile(f.statePath())
	if err == nil {
		err = json.Unmarshal(data, &f.state)
	}
	if err != nil {
		return nil, fmt.Errorf("%s is no fork that patchbench made (%s can't be read); move it away", dir, f.statePath())
	}
	return f, nil
}

// makeFork makes a fork with the base as its only commit, has fill add the
// others, and puts it in its place.
func (b *Builder) makeFork(ctx context.Context, name, base string, lock *os.File, fill func(*fork) error) (f *fork, err error) {
	partial := b.forkPath(name, ".partial")
	if err := os.RemoveAll(partial); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(partial))
		}
	}()
	if err := os.MkdirAll(partial, 0o777); err != nil {
		return nil, err
	}
	r, err := b.repoAt(partial, lock)
	if err != nil {
		return nil, err
	}
	f = &fork{repo: r, b: b, name: name, state: forkState{Base: base}}
	b.logf("making a work tree of %s", base)
	if err := b.placeSource(ctx, base, partial); err != nil {
		return nil, err
	}
	if _, err := f.do(ctx, nil, nil, "init", "--quiet", "--template=", "--initial-branch=series"); err != nil {
		return nil, err
	}
	if err := f.settle(); err != nil {
		return nil, err
	}
	if f.state.BaseCommit, err = f.importBase(ctx, partial, base); err != nil {
		return nil, err
	}
	if err := f.setRefs(ctx, map[string]string{"refs/heads/series": f.state.BaseCommit, "refs/tags/base": f.state.BaseCommit}); err != nil {
		return nil, err
	}
	if err := fill(f); err != nil {
		return nil, err
	}
	if err := f.writeState(); err != nil {
		return nil, err
	}
	f.dir = b.forkPath(name, "")
	f.gitDir = filepath.Join(f.dir, ".git")
	return f, os.Rename(partial, f.dir)
}

// settle writes what git reads in the repository. Line ends stay as they are,
// whatever the user's settings.
func (f *fork) settle() error {
	if err := os.MkdirAll(f.path("info"), 0o777); err != nil {
		return err
	}
	return errors.Join(
		os.WriteFile(f.path("info", "attributes"), []byte("* -text\n"), 0o666),
		os.WriteFile(f.path("info", "exclude"), []byte(ignoredInForks), 0o666),
	)
}

// placeSource puts the source of a base into a folder.
func (b *Builder) placeSource(ctx context.Context, base, dir string) error {
	s, err := b.source(ctx, base)
	if err != nil {
		return err
	}
	return s.place(ctx, dir)
}

// importBase commits the source in dir as a base.
func (f *fork) importBase(ctx context.Context, dir, base string) (commit string, err error) {
	tree, err := f.importTree(ctx, dir)
	if err != nil {
		return "", err
	}
	return f.record(ctx, tree, "", plainMessage(base+"\n"))
}

func (f *fork) statePath() string { return f.path("patchbench.json") }

func (f *fork) writeState() error {
	data, err := json.MarshalIndent(f.state, "", "\t")
	if err != nil {
		return err
	}
	return writeByRename(f.statePath(), append(data, '\n'))
}

// matches reports whether the experiment is still as the fork read it.
func (s *forkState) matches(e *Experiment) bool {
	series := append(append([]Patch(nil), e.Before...), e.After...)
	if s.Base != e.Base || len(s.Series) != len(series) {
		return false
	}
	for i, p := range series {
		if s.Series[i].File != p.File || s.Series[i].SHA256 != p.SHA256 {
			return false
		}
	}
	return true
}
