package toolchain

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// NewExperiment makes the experiment called name in patchesDir, with the claim
// of no loss: base patched by the mails, in their order, is its after side.
// Each mail file may hold several patches. They are checked to apply and
// written as git format-patch writes them; the experiment's fork is made on
// the way. Without mails the experiment has no series yet, and the fork is
// where to make one.
//
// It fails when there is such an experiment, the name is no good, the base
// can't be had, and when a patch is none or does not apply. Then nothing is
// left of it.
func (b *Builder) NewExperiment(ctx context.Context, patchesDir, name, base string, mails []Mail) error {
	err := b.newExperiment(ctx, patchesDir, name, base, mails)
	if err != nil {
		return fmt.Errorf("making the experiment %s: %w", name, b.Cache.advise(err))
	}
	return nil
}

func (b *Builder) newExperiment(ctx context.Context, patchesDir, name, base string, mails []Mail) (err error) {
	dir := filepath.Join(patchesDir, name)
	if !experimentName.MatchString(name) {
		return fmt.Errorf("%q is no name for a folder of patches; take letters, digits, dots, dashes and underscores, a letter or digit first", name)
	}
	if _, err := os.Lstat(dir); err == nil {
		return fmt.Errorf("%s is there already; take another name", dir)
	}
	if base == "" {
		return errors.New("no base is named; give the source the patches are for, as in release:go1.26.9")
	}
	for _, m := range mails {
		if err := m.screen(); err != nil {
			return err
		}
	}
	lock, err := b.lockFork(ctx, name)
	if err != nil {
		return err
	}
	defer unlockFile(lock)
	if _, err := os.Lstat(b.forkPath(name, "")); err == nil {
		return fmt.Errorf("%s is left of an earlier experiment of that name; move it away", b.forkPath(name, ""))
	}
	e := &Experiment{Name: name, Dir: dir, Title: name, Base: base}
	if len(mails) == 0 {
		if _, err := b.source(ctx, base); err != nil {
			return err
		}
		return b.createExperiment(patchesDir, e)
	}
	f, err := b.makeFork(ctx, name, base, lock, func(f *fork) error { return f.importMails(ctx, e, mails) })
	if err != nil {
		return err
	}
	if err := b.createExperiment(patchesDir, e); err != nil {
		return errors.Join(err, os.RemoveAll(f.dir))
	}
	return nil
}

// importMails commits the patches of the mails, and makes e's series of them.
func (f *fork) importMails(ctx context.Context, e *Experiment, mails []Mail) error {
	commit := f.state.BaseCommit
	for _, m := range mails {
		letters, err := f.splitMail(ctx, m)
		if err != nil {
			return err
		}
		patches := 0
		for i, letter := range letters {
			from := m.Name
			if len(letters) > 1 {
				from = fmt.Sprintf("%s, mail %d", m.Name, i+1)
			}
			msg, data, err := f.readMail(ctx, letter, titleOf(m.Name))
			if err != nil {
				return fmt.Errorf("%s: %w", from, err)
			}
			if len(letters) > 1 && strings.TrimSpace(string(data)) == "" {
				continue // a cover letter
			}
			p, err := newPatch(from, data)
			if err != nil {
				return fmt.Errorf("%s: %w", from, err)
			}
			if commit, err = f.importPatch(ctx, p, commit, msg); err != nil {
				return err
			}
			patches++
		}
		if patches == 0 {
			return fmt.Errorf("%s: no change found in it; give a patch or a mail with one", m.Name)
		}
	}
	err := f.setRefs(ctx, map[string]string{
		"refs/heads/series": commit, "refs/tags/before": f.state.BaseCommit, "refs/tags/after": commit, refSeries: commit,
	})
	if err != nil {
		return err
	}
	v, err := f.view(ctx)
	if err != nil {
		return err
	}
	if _, e.After, err = f.series(ctx, v, e); err != nil {
		return err
	}
	e.Title = e.After[0].Subject
	for i, p := range e.After {
		f.state.Series = append(f.state.Series, forkedPatch{File: p.File, SHA256: p.SHA256, Commit: v.after[i]})
	}
	return nil
}

// createExperiment writes a new experiment's folder and puts it in its place.
func (b *Builder) createExperiment(patchesDir string, e *Experiment) (err error) {
	partial := filepath.Join(patchesDir, "."+e.Name+".new")
	if err := os.RemoveAll(partial); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(partial)) }()
	if err := os.MkdirAll(partial, 0o777); err != nil {
		return err
	}
	text := fmt.Sprintf("title = %s\nclaim = \"no-loss\"\nbase = %s\n", tomlString(e.Title), tomlString(e.Base))
	file := filepath.Join(partial, experimentFile)
	if _, err := parseExperiment(file, []byte(text)); err != nil {
		return err
	}
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		return err
	}
	if err := writeSeries(partial, &Experiment{Base: e.Base}, e); err != nil {
		return err
	}
	err = os.Rename(partial, e.Dir)
	if errors.Is(err, fs.ErrExist) {
		err = fmt.Errorf("%s is there already; take another name", e.Dir)
	}
	return err
}

// tomlString quotes a line of text for TOML.
func tomlString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
