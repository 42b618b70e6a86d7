package toolchain

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"slices"
	"strings"
)

// format writes a commit as a patch file. The same commit gives the same file
// in every repository and with every git that writes its diffs this way.
func (f *fork) format(ctx context.Context, commit string) ([]byte, error) {
	out, err := f.do(ctx, nil, nil, "format-patch", "-1", "--stdout", "--zero-commit", "--no-signature", "--no-numbered", "--subject-prefix=PATCH",
		"--abbrev=12", "--unified=3", "--diff-algorithm=myers", "--no-renames", "--no-ext-diff", "--no-textconv", "--no-color",
		"--src-prefix=a/", "--dst-prefix=b/", "--no-attach", "--no-thread", "--no-base", "--no-notes", "--no-to", "--no-cc", "--no-add-header", "--no-from", commit)
	return []byte(out), err
}

// series returns the patches that the fork's commits stand for, before and
// after, as files of the experiment. Where a commit is what the experiment's
// file has, it is that file to the last byte.
func (f *fork) series(ctx context.Context, v *forkView, e *Experiment) (before, after []Patch, err error) {
	files := make(map[string]Patch) // of the experiment, by commit and by what format makes of the commit
	old := slices.Concat(e.Before, e.After)
	commits := slices.Concat(v.before, v.after)
	for i, recorded := range f.state.Series {
		if i >= len(old) || old[i].SHA256 != recorded.SHA256 {
			break // the experiment has changed since
		}
		files[recorded.Commit] = old[i]
		if slices.Contains(commits, recorded.Commit) {
			continue
		}
		text, err := f.format(ctx, recorded.Commit)
		if err != nil {
			return nil, nil, err
		}
		files[string(text)] = old[i]
	}
	if before, err = f.side(ctx, "before", v.before, files); err != nil {
		return nil, nil, err
	}
	after, err = f.side(ctx, "after", v.after, files)
	return before, after, err
}

// side returns one side's patches.
func (f *fork) side(ctx context.Context, side string, commits []string, files map[string]Patch) ([]Patch, error) {
	var series []Patch
	names := make([]string, len(commits))
	for i, commit := range commits {
		slug, err := f.line(ctx, "show", "--no-patch", "--format=%f", commit)
		if err != nil {
			return nil, err
		}
		names[i] = fmt.Sprintf("%s/%04d-%.52s.patch", side, i+1, cmp.Or(slug, "patch"))
		p, ok := files[commit]
		if !ok {
			text, err := f.format(ctx, commit)
			if err != nil {
				return nil, err
			}
			if p, ok = files[string(text)]; !ok {
				if p, err = newPatch(names[i], text); err != nil {
					return nil, fmt.Errorf("commit %.12s of the fork %s: %w", commit, f.dir, err)
				}
			}
		}
		if path.Dir(p.File) != side {
			p.File = names[i]
		}
		series = append(series, p)
	}
	// Files keep their names as long as those give the series' order.
	if !slices.IsSortedFunc(series, func(a, b Patch) int { return cmp.Or(strings.Compare(a.File, b.File), -1) }) {
		for i := range series {
			series[i].File = names[i]
		}
	}
	return series, nil
}
