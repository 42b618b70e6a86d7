package toolchain

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// goFinal is where releases before Go 1.21 are made to be unpacked. Their
// files have this path compiled in.
const goFinal = "/usr/local/go"

// verifyBase builds an untouched release from its own source, with its own
// commands, and compares the outcome with what it ships.
func (b *Builder) verifyBase(ctx context.Context, p *plan) (c Comparison, err error) {
	err = b.onWorkbench(ctx, p.key, func(w workbench) error {
		b.logf("building %s again from its own source", p.base.name())
		if err := os.Mkdir(w.root, 0o777); err != nil {
			return err
		}
		if err := p.base.place(ctx, w.root); err != nil {
			return err
		}
		shipped, err := sumFiles(ctx, w.root)
		if err != nil {
			return err
		}
		t := &Tree{GOROOT: w.root, GOCACHE: w.gocache, Base: p.base.name(), cgo: p.cgo}
		args, env, err := t.installs()
		if err != nil {
			return err
		}
		reproducible := slices.ContainsFunc(env, func(kv string) bool { return strings.HasPrefix(kv, "GOFLAGS=") })
		if !reproducible {
			env = append(env, "GOROOT_FINAL="+goFinal)
		}
		// An archive that is not built must not be taken for one that is.
		if err := os.RemoveAll(filepath.Join(w.root, "pkg", target("_"))); err != nil {
			return err
		}
		// The compiler that is shipped comes from this very source, so that
		// one pass reaches the fixed point.
		if err := t.install(ctx, w.scratch, w.lock, env, append([]string{"-a"}, args...)...); err != nil {
			return err
		}
		rebuilt, err := sumFiles(ctx, w.root)
		if err != nil {
			return err
		}
		c = compareShipped(shipped, rebuilt)
		c.Side, c.Needed = p.base.name(), reproducible
		if !reproducible {
			c.Notes = append(c.Notes, "releases before Go 1.21 were built with cgo, by a C compiler that is not at hand: "+
				"package net, os/user, plugin, what imports them, and commands that do, can't come out the same; the rest can, as "+goFinal+" is compiled in here too")
		}
		return nil
	})
	return c, err
}
