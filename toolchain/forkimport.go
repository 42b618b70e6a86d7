package toolchain

import (
	"context"
	"path/filepath"
	"regexp"
	"strings"
)

// importSeries puts the patches of e into the fork, a commit each.
func (f *fork) importSeries(ctx context.Context, e *Experiment) error {
	commit := f.state.BaseCommit
	if err := f.setRefs(ctx, map[string]string{"refs/tags/before": commit}); err != nil {
		return err
	}
	for i, p := range append(append([]Patch(nil), e.Before...), e.After...) {
		m, _, err := f.readMail(ctx, p.data, titleOf(p.File))
		if err != nil {
			return err
		}
		if commit, err = f.importPatch(ctx, p, commit, m); err != nil {
			return err
		}
		f.state.Series = append(f.state.Series, forkedPatch{File: p.File, SHA256: p.SHA256, Commit: commit})
		if i == len(e.Before)-1 {
			if err := f.setRefs(ctx, map[string]string{"refs/tags/before": commit}); err != nil {
				return err
			}
		}
	}
	return f.setRefs(ctx, map[string]string{"refs/heads/series": commit, "refs/tags/after": commit, refSeries: commit})
}

// importPatch applies a patch to the work tree, as a build would, and commits
// it.
func (f *fork) importPatch(ctx context.Context, p Patch, parent string, m message) (commit string, err error) {
	applied, err := applier{git: f.git, root: f.dir, scratch: f.gitDir, lock: f.lock}.apply(ctx, p)
	if err != nil {
		return "", err
	}
	for _, offset := range applied.Offsets {
		f.b.logf("%s: %s", p.File, offset)
	}
	if _, err := f.line(ctx, "add", "--all", "--force", "."); err != nil {
		return "", err
	}
	tree, err := f.line(ctx, "write-tree")
	if err != nil {
		return "", err
	}
	return f.record(ctx, tree, parent, m)
}

var numbered = regexp.MustCompile(`^\d+[-_. ]*`)

// titleOf makes a commit's message of a patch file's name.
func titleOf(file string) string {
	name := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
	if title := numbered.ReplaceAllString(name, ""); title != "" {
		name = title
	}
	return name + "\n"
}
