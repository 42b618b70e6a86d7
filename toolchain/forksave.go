package toolchain

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
)

// SaveFork writes the commits of an experiment's fork back as its patches, and
// returns what it did, a line for each file, none if nothing was to be done. A
// patch whose commit was not changed keeps its file to the last byte.
//
// It fails when there is no fork, and when the fork has uncommitted edits, is
// in the middle of a rebase or the like, has no after series, or is not a line
// of commits on its base; and when the experiment has changed since the fork
// was made. Then nothing is written.
func (b *Builder) SaveFork(ctx context.Context, patchesDir, name string) (did []string, err error) {
	e, err := loadExperiment(patchesDir, name)
	if err != nil {
		return nil, err
	}
	lock, err := b.lockFork(ctx, name)
	if err != nil {
		return nil, b.Cache.advise(err)
	}
	defer unlockFile(lock)
	f, err := b.openFork(name, lock)
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("there is no fork; make one with patchbench fork %s", name)
	}
	if err == nil {
		did, err = f.save(ctx, e)
	}
	if err != nil {
		return nil, fmt.Errorf("saving the fork of %s: %w", name, b.Cache.advise(err))
	}
	return did, nil
}

// save writes the fork's commits into the experiment's folder.
func (f *fork) save(ctx context.Context, e *Experiment) (did []string, err error) {
	v, err := f.view(ctx)
	if err != nil {
		return nil, err
	}
	edits, err := f.edits(ctx)
	if err != nil {
		return nil, err
	}
	if len(edits) > 0 {
		return nil, fmt.Errorf("the fork %s has uncommitted edits (%s); commit them or take them back", f.dir, few(edits))
	}
	if len(v.after) == 0 {
		return nil, fmt.Errorf("the fork %s has no commit behind the tag before, so there would be no after series; commit the change to be measured", f.dir)
	}
	saved := *e
	saved.Base = v.base
	if saved.Before, saved.After, err = f.series(ctx, v, e); err != nil {
		return nil, err
	}
	did = differences(e, &saved)
	if len(did) > 0 && !f.state.matches(e) {
		return nil, fmt.Errorf("%s has changed since the fork %s was made; take that back there, or move the fork away, make it anew and carry your commits over", e.Dir, f.dir)
	}
	if len(did) > 0 {
		if err := replaceExperiment(ctx, e, &saved); err != nil {
			return nil, err
		}
	}
	return did, f.saved(ctx, v, &saved)
}

// saved remembers that the experiment is as the fork has it.
func (f *fork) saved(ctx context.Context, v *forkView, e *Experiment) error {
	f.state = forkState{Base: v.base, BaseCommit: v.baseCommit}
	commits := slices.Concat(v.before, v.after)
	for i, p := range slices.Concat(e.Before, e.After) {
		f.state.Series = append(f.state.Series, forkedPatch{File: p.File, SHA256: p.SHA256, Commit: commits[i]})
	}
	err := f.setRefs(ctx, map[string]string{
		"refs/tags/base": v.baseCommit, "refs/tags/before": v.beforeCommit, "refs/tags/after": v.head, refSeries: v.head,
	})
	if err != nil {
		return err
	}
	return f.writeState()
}

// differences says what turns one experiment into the other.
func differences(from, to *Experiment) []string {
	var did []string
	if from.Base != to.Base {
		did = append(did, "base is now "+to.Base)
	}
	had := make(map[string]string)
	for _, p := range slices.Concat(from.Before, from.After) {
		had[p.File] = p.SHA256
	}
	for _, p := range slices.Concat(to.Before, to.After) {
		if had[p.File] != p.SHA256 {
			did = append(did, "wrote "+p.File)
		}
		delete(had, p.File)
	}
	for _, p := range slices.Concat(from.Before, from.After) {
		if _, gone := had[p.File]; gone {
			did = append(did, "removed "+p.File)
		}
	}
	return did
}

// replaceExperiment puts the experiment to in the place of from, with one
// rename for all of its files. Those that stay are not written again.
func replaceExperiment(ctx context.Context, from, to *Experiment) (err error) {
	dir, err := filepath.EvalSymlinks(from.Dir)
	if err != nil {
		return err
	}
	next := filepath.Join(filepath.Dir(dir), "."+from.Name+".new")
	last := filepath.Join(filepath.Dir(dir), "."+from.Name+".old")
	if err := errors.Join(os.RemoveAll(next), os.RemoveAll(last)); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(next), os.RemoveAll(last)) }()
	if err := linkTree(ctx, dir, next); err != nil {
		return err
	}
	if err := writeSeries(next, from, to); err != nil {
		return err
	}
	if err := os.Rename(dir, last); err != nil {
		return err
	}
	if err := os.Rename(next, dir); err != nil {
		return errors.Join(err, os.Rename(last, dir))
	}
	return nil
}

// writeSeries makes of a folder with from's files one with to's.
func writeSeries(dir string, from, to *Experiment) error {
	had := make(map[string]string)
	for _, p := range slices.Concat(from.Before, from.After) {
		had[p.File] = p.SHA256
	}
	for _, p := range slices.Concat(to.Before, to.After) {
		file := filepath.Join(dir, filepath.FromSlash(p.File))
		if had[p.File] != p.SHA256 {
			if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
				return err
			}
			if err := writeByRename(file, p.data); err != nil {
				return err
			}
		}
		delete(had, p.File)
	}
	for name := range had {
		if err := os.Remove(filepath.Join(dir, filepath.FromSlash(name))); err != nil {
			return err
		}
	}
	if len(to.Before) == 0 && len(from.Before) > 0 {
		if err := os.Remove(filepath.Join(dir, "before")); err != nil {
			return err
		}
	}
	if from.Base == to.Base {
		return nil
	}
	file := filepath.Join(dir, experimentFile)
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if data, err = replaceBase(filepath.Join(from.Dir, experimentFile), data, to.Base); err != nil {
		return err
	}
	return writeByRename(file, data)
}

var baseLine = regexp.MustCompile(`(?m)^([ \t]*"?base"?[ \t]*=[ \t]*)("(?:[^"\\\n]|\\.)*"|'[^'\n]*')`)

// replaceBase changes the base in an experiment.toml, and leaves every other
// byte as it is. file only names it in errors.
func replaceBase(file string, data []byte, base string) ([]byte, error) {
	at := baseLine.FindSubmatchIndex(data)
	if at != nil {
		data = slices.Concat(data[:at[4]], []byte(tomlString(base)), data[at[5]:])
	}
	e, err := parseExperiment(file, data)
	if err == nil && e.Base == base {
		return data, nil
	}
	return nil, fmt.Errorf("%s: no line to change was found in it; write base = %q there by hand", file, base)
}

// few names the first of names.
func few(names []string) string {
	if len(names) == 1 {
		return names[0]
	}
	return fmt.Sprintf("%s and %d more", names[0], len(names)-1)
}
