package toolchain

import (
	"context"
	"fmt"
	"strings"
)

// A forkView is the series as a fork has it in its commits.
type forkView struct {
	base          string // as experiment.toml would have it
	baseCommit    string
	beforeCommit  string // the last of the before series, or the base
	head          string
	before, after []string // commits, in order
}

// view reads the fork's commits. It fails when git is in the middle of
// something, and when the commits are no series on the base; the fork is left
// as it is.
func (f *fork) view(ctx context.Context) (*forkView, error) {
	if what := f.unfinished(); what != "" {
		way := "finish it with git " + strings.Fields(what)[0] + " --continue or --abort"
		if what == "bisect" {
			way = "end it with git bisect reset"
		}
		return nil, fmt.Errorf("the fork %s is in the middle of a %s; %s", f.dir, what, way)
	}
	v := &forkView{base: f.state.Base, baseCommit: f.state.BaseCommit}
	var err error
	if v.head, err = f.commit(ctx, "HEAD"); err != nil {
		return nil, err
	}
	if v.head == "" {
		return nil, fmt.Errorf("the fork %s has no commit checked out; check out one, or remove the fork to have it made anew", f.dir)
	}
	carried, err := f.carried(ctx, v.head)
	if err != nil {
		return nil, err
	}
	if carried {
		v.base, v.baseCommit = f.state.Onto.Base, f.state.Onto.Commit
	} else if err := f.checkBase(ctx, v.head); err != nil {
		return nil, err
	}
	if v.beforeCommit, err = f.findBefore(ctx, v, carried); err != nil {
		return nil, err
	}
	if v.before, err = f.list(ctx, "rev-list", "--reverse", v.baseCommit+".."+v.beforeCommit); err != nil {
		return nil, err
	}
	if v.after, err = f.list(ctx, "rev-list", "--reverse", v.beforeCommit+".."+v.head); err != nil {
		return nil, err
	}
	merges, err := f.list(ctx, "rev-list", "--merges", v.baseCommit+".."+v.head)
	if err != nil {
		return nil, err
	}
	if len(merges) > 0 {
		return nil, fmt.Errorf("the fork %s has a merge, commit %.12s; a series is a line of commits: rebase it", f.dir, merges[0])
	}
	return v, nil
}

// carried reports whether the fork has been carried to another base and
// nobody has saved that yet.
func (f *fork) carried(ctx context.Context, head string) (bool, error) {
	if f.state.Onto == nil {
		return false, nil
	}
	return f.precedes(ctx, f.state.Onto.Commit, head)
}

// checkBase checks that the fork still grows out of its base.
func (f *fork) checkBase(ctx context.Context, head string) error {
	tag, err := f.commit(ctx, "refs/tags/base")
	if err != nil {
		return err
	}
	base, err := f.commit(ctx, f.state.BaseCommit)
	if err != nil {
		return err
	}
	switch {
	case base == "":
		return fmt.Errorf("the base commit of the fork %s is gone; make a fork anew and carry your commits over", f.dir)
	case tag != base:
		return fmt.Errorf("the tag base of the fork %s is gone or was moved; put it back with git tag -f base %.12s", f.dir, base)
	}
	grown, err := f.precedes(ctx, base, head)
	if err == nil && !grown {
		err = fmt.Errorf("the fork %s does not grow out of its base any more; rebase it on the tag base", f.dir)
	}
	return err
}

// findBefore finds where the before series ends: at the tag, which a rebase
// leaves behind, or after being carried where patchbench was told.
func (f *fork) findBefore(ctx context.Context, v *forkView, carried bool) (string, error) {
	names := []string{"refs/tags/before"}
	if carried {
		names = append(names, refBefore)
	}
	for _, name := range names {
		commit, err := f.commit(ctx, name)
		if err != nil {
			return "", err
		}
		if commit == "" {
			continue
		}
		above, err := f.precedes(ctx, v.baseCommit, commit)
		if err != nil {
			return "", err
		}
		below, err := f.precedes(ctx, commit, v.head)
		if err != nil {
			return "", err
		}
		if above && below {
			return commit, nil
		}
	}
	return "", fmt.Errorf("the tag before of the fork %s is not between its base and HEAD; put it on the last commit of the before series, with git tag -f before COMMIT", f.dir)
}

// edits lists the files of the work tree that differ from what is committed,
// as git names them.
func (f *fork) edits(ctx context.Context) ([]string, error) {
	out, err := f.do(ctx, []string{"GIT_OPTIONAL_LOCKS=0"}, nil, "status", "--porcelain", "-z", "--untracked-files=all", "--no-renames")
	if err != nil {
		return nil, err
	}
	var names []string
	for entry := range strings.SplitSeq(out, "\x00") {
		if len(entry) > 3 {
			names = append(names, entry[3:])
		}
	}
	return names, nil
}
