package toolchain

import (
	"context"
	"os"
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
		reproducible := len(args) > 2 && len(env) > 1
		var more []string
		if !reproducible {
			more = []string{"GOROOT_FINAL=" + goFinal}
		}
		if err := t.installWith(ctx, w.scratch, w.lock, more, true); err != nil {
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
