package toolchain

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"
)

// Rebase carries an experiment to another base, in its fork, which is made if
// there is none: by three-way merge, commit by commit, as git rebase does. What
// results is saved as SaveFork does, with base in experiment.toml; Rebase
// returns what was written, a line for each file.
//
// Where a patch is in conflict with the new base it fails with a *Conflict.
// Then the fork is in the middle of a git rebase, and SaveFork saves once that
// is finished. It also fails as SaveFork does, and when nothing of the after
// series is left because the new base contains it; then the fork is as it was.
func (b *Builder) Rebase(ctx context.Context, patchesDir, name, base string) (did []string, err error) {
	e, err := loadExperiment(patchesDir, name)
	if err != nil {
		return nil, err
	}
	lock, err := b.lockFork(ctx, name)
	if err != nil {
		return nil, b.Cache.advise(err)
	}
	defer unlockFile(lock)
	f, err := b.forkOf(ctx, e, lock)
	if err == nil {
		did, err = f.carry(ctx, e, base)
	}
	if err != nil {
		return nil, fmt.Errorf("carrying %s to %s: %w", name, base, b.Cache.advise(err))
	}
	return did, nil
}

// A Conflict stops a series on its way to another base.
type Conflict struct {
	Dir     string   // of the fork
	Files   []string // slash-separated, relative to Dir
	Subject string   // of the patch
}

func (c *Conflict) Error() string {
	return fmt.Sprintf("%q is in conflict with it in %s; in %s, resolve that, git add it and git rebase --continue, then save with patchbench fork --save (git rebase --abort gives up)",
		c.Subject, strings.Join(c.Files, ", "), c.Dir)
}

// carry rebases the fork and saves it.
func (f *fork) carry(ctx context.Context, e *Experiment, base string) (did []string, err error) {
	v, err := f.view(ctx)
	if err != nil {
		return nil, err
	}
	edits, err := f.edits(ctx)
	if err != nil {
		return nil, err
	}
	switch {
	case len(edits) > 0:
		return nil, fmt.Errorf("the fork %s has uncommitted edits (%s); commit them or take them back", f.dir, few(edits))
	case !f.state.matches(e):
		return nil, fmt.Errorf("%s has changed since the fork %s was made; move the fork away to have it made anew", e.Dir, f.dir)
	case len(v.after) == 0:
		return nil, fmt.Errorf("there is no after series yet; commit the change to be measured in the fork %s", f.dir)
	case v.base != f.state.Base:
		return nil, fmt.Errorf("the fork %s has been carried to %s and that is not saved; save it with patchbench fork --save", f.dir, v.base)
	}
	onto, err := f.importOnto(ctx, base)
	if err != nil {
		return nil, err
	}
	f.state.Onto = &forkBase{Base: base, Commit: onto}
	if err := f.writeState(); err != nil {
		return nil, err
	}
	if err := f.rebase(ctx, v, onto); err != nil {
		return nil, err
	}
	moved, err := f.view(ctx)
	if err != nil {
		return nil, err
	}
	if n := len(v.before) + len(v.after) - len(moved.before) - len(moved.after); n > 0 {
		f.b.logf("%s dropped: the new base already contains what they change", countPatches(n))
	}
	if len(moved.after) == 0 {
		return nil, errors.Join(fmt.Errorf("it already contains all of the after series, so there is nothing left to compare"), f.putBack(ctx, v))
	}
	return f.save(ctx, e)
}

// importOnto commits another base beside the fork's own.
func (f *fork) importOnto(ctx context.Context, base string) (commit string, err error) {
	dir := f.b.forkPath(f.name, ".onto")
	if err := os.RemoveAll(dir); err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return "", err
	}
	if err := f.b.placeSource(ctx, base, dir); err != nil {
		return "", err
	}
	return f.importBase(ctx, dir, base)
}

// rebase runs git rebase with a list of its own, which also notes where the
// before series ends, however many of its commits are dropped on the way.
func (f *fork) rebase(ctx context.Context, v *forkView, onto string) error {
	var list strings.Builder
	for _, commit := range v.before {
		fmt.Fprintf(&list, "pick %s\n", commit)
	}
	fmt.Fprintf(&list, "exec git update-ref %s HEAD\n", refBefore)
	for _, commit := range v.after {
		fmt.Fprintf(&list, "pick %s\n", commit)
	}
	todo := f.path("patchbench-todo")
	if err := os.WriteFile(todo, []byte(list.String()), 0o666); err != nil {
		return err
	}
	defer os.Remove(todo)
	env := []string{
		"GIT_SEQUENCE_EDITOR=cp '" + strings.ReplaceAll(todo, "'", `'\''`) + "'",
		"GIT_COMMITTER_NAME=patchbench", "GIT_COMMITTER_EMAIL=" + plainMessage("").email,
	}
	_, err := f.do(ctx, env, nil, "rebase", "--interactive", "--empty=drop", "--committer-date-is-author-date", "--onto", onto, v.baseCommit)
	if err == nil {
		return nil
	}
	if ctx.Err() != nil || f.unfinished() == "" {
		return errors.Join(err, f.putBack(ctx, v))
	}
	files, listErr := f.do(ctx, nil, nil, "diff", "--name-only", "--diff-filter=U", "-z")
	subject, subjectErr := f.line(ctx, "show", "--no-patch", "--format=%s", "REBASE_HEAD")
	if files == "" || listErr != nil || subjectErr != nil {
		return errors.Join(err, f.putBack(ctx, v))
	}
	return &Conflict{Dir: f.dir, Files: strings.Split(strings.TrimSuffix(files, "\x00"), "\x00"), Subject: subject}
}

// putBack takes the fork back to where it was before it was to be carried,
// even when ctx has ended.
func (f *fork) putBack(ctx context.Context, v *forkView) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	if err := os.Remove(f.path("index.lock")); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if f.unfinished() != "" {
		if _, err := f.line(ctx, "rebase", "--abort"); err != nil {
			return err
		}
	}
	if _, err := f.line(ctx, "reset", "--quiet", "--hard", v.head); err != nil {
		return err
	}
	f.state.Onto = nil
	return f.writeState()
}
