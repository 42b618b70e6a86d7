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

// editsFile and editsSubject name the patch that uncommitted edits are taken
// as, in a report too.
const (
	editsFile    = "after/uncommitted-edits.patch"
	editsSubject = "uncommitted edits of the fork"
)

// WithFork returns e as its fork has it now: with the commits that nobody has
// saved yet, and with uncommitted edits, new files among them, as one more
// patch of the after series. note says for people what that is; the title says
// so too. Without a fork, and where the fork has nothing of its own, it returns
// e itself and no note.
//
// It fails when git is in the middle of a rebase or the like in the fork, when
// the fork's commits are no series, and when both the fork and the experiment
// have changed.
func (b *Builder) WithFork(ctx context.Context, e *Experiment) (forked *Experiment, note string, err error) {
	f, err := b.openFork(e.Name, nil)
	if e.Dir == "" || errors.Is(err, fs.ErrNotExist) {
		return e, "", nil
	}
	if err == nil {
		forked, note, err = f.over(ctx, e)
	}
	if err != nil {
		return nil, "", fmt.Errorf("taking %s from its fork: %w", e.Name, err)
	}
	return forked, note, nil
}

// over returns e with what the fork has beyond it.
func (f *fork) over(ctx context.Context, e *Experiment) (*Experiment, string, error) {
	committed, err := f.asRecorded(ctx)
	if err != nil {
		return nil, "", err
	}
	edits, err := f.edits(ctx)
	if err != nil {
		return nil, "", err
	}
	if committed && len(edits) == 0 {
		if !f.state.matches(e) {
			return e, fmt.Sprintf("the fork %s was made from other patches and is not used", f.dir), nil
		}
		return e, "", nil
	}
	v, err := f.view(ctx)
	if err != nil {
		return nil, "", err
	}
	forked := *e
	forked.Base = v.base
	if forked.Before, forked.After, err = f.series(ctx, v, e); err != nil {
		return nil, "", err
	}
	var notes []string
	if !committed {
		notes = append(notes, "commits that are not saved")
	}
	if len(edits) > 0 {
		p, err := f.editsPatch(ctx)
		if err != nil {
			return nil, "", err
		}
		forked.After = append(forked.After, p)
		notes = append(notes, fmt.Sprintf("uncommitted edits (%s)", few(edits)))
	}
	if !f.state.matches(e) {
		return nil, "", fmt.Errorf("the fork %s has %s, and %s has changed since the fork was made; take back one of the two, or move the fork away", f.dir, strings.Join(notes, " and "), e.Dir)
	}
	if len(forked.After) == 0 {
		return nil, "", fmt.Errorf("the fork %s has no commit behind the tag before and no edit, so there is no after series; make the change to be measured there", f.dir)
	}
	what := strings.Join(notes, " and ") + " of the fork"
	forked.Title += ", with " + what
	return &forked, fmt.Sprintf("with %s %s", what, f.dir), nil
}

// asRecorded reports whether the fork has exactly the commits that were read
// or saved, and git is in the middle of nothing. It is quick: most forks that
// are looked at have nothing new.
func (f *fork) asRecorded(ctx context.Context) (bool, error) {
	before, head := f.state.BaseCommit, f.state.BaseCommit
	for _, p := range f.state.Series {
		head = p.Commit
		if strings.HasPrefix(p.File, "before/") {
			before = p.Commit
		}
	}
	found, err := f.list(ctx, "rev-parse", "HEAD^{commit}", "refs/tags/before^{commit}")
	if _, failed := errors.AsType[*childError](err); failed {
		return false, nil // view says what is missing
	}
	return slices.Equal(found, []string{head, before}) && f.unfinished() == "", err
}

// editsPatch makes a patch of the work tree's edits.
func (f *fork) editsPatch(ctx context.Context) (p Patch, err error) {
	scratch, err := os.MkdirTemp(f.gitDir, "edits-*")
	if err != nil {
		return Patch{}, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()
	// The copy keeps the index's time, by which git tells files that may
	// have been edited in the very second the index was written.
	index := filepath.Join(scratch, "index")
	if err := copyFile(f.path("index"), index); err != nil {
		return Patch{}, err
	}
	env := []string{"GIT_INDEX_FILE=" + index}
	if _, err := f.do(ctx, env, nil, "add", "--all", "."); err != nil {
		return Patch{}, err
	}
	out, err := f.do(ctx, env, nil, "diff", "--cached", "--binary", "--full-index", "--unified=3", "--diff-algorithm=myers", "--no-renames", "--no-ext-diff", "--no-textconv",
		"--no-color", "--src-prefix=a/", "--dst-prefix=b/", "HEAD")
	if err != nil {
		return Patch{}, err
	}
	if p, err = newPatch(editsFile, []byte(out)); err != nil {
		return Patch{}, fmt.Errorf("uncommitted edits of the fork %s: %w", f.dir, err)
	}
	p.Subject = editsSubject
	return p, nil
}
