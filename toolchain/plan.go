package toolchain

import (
	"context"
	"fmt"
	"slices"
	"strconv"
)

// A plan is all that one tree is made from. Trees come in layers: a base tree,
// a side tree that is a base or side tree with patches, and the same with its
// commands built.
type plan struct {
	side    string // what messages call it: base, before or after
	base    source
	cgo     bool
	from    *plan   // the layer below; nil for a base tree
	series  []Patch // put on top of from; empty when the commands are built
	install bool    // build the standard library and the commands of from
	copied  bool    // from once more, at a place and with a build cache of its own
	goarch  string  // for which architecture, where that is not the host's
	key     string
}

// sealed returns the plan with its key. Everything that can change a file of the tree goes
// into it.
func (p plan) sealed() *plan {
	lines := []string{
		fmt.Sprint("recipe ", recipeVersion), "target " + target("/"), "base " + p.base.sum(),
		"cgo " + strconv.FormatBool(p.cgo), "install " + strconv.FormatBool(p.install),
	}
	for _, kv := range (&Tree{GOROOT: "goroot", GOCACHE: "gocache", cgo: p.cgo}).Environ("scratch") {
		lines = append(lines, "environment "+kv)
	}
	if p.goarch != "" {
		lines = append(lines, "goarch "+p.goarch)
	}
	if p.copied {
		lines = append(lines, "copy")
	}
	if p.from != nil {
		lines = append(lines, "from "+p.from.key)
	}
	for _, patch := range p.series {
		lines = append(lines, "patch "+patch.SHA256)
	}
	p.key = keyOf(lines...)
	return &p
}

// plans returns what the trees of e are made from.
func (b *Builder) plans(ctx context.Context, e *Experiment) (before, after *plan, err error) {
	base, err := b.basePlan(ctx, e.Base, e.CGO)
	if err != nil {
		return nil, nil, err
	}
	before = base.with("before", e.Before)
	if e.Copy {
		return before, before.copy(), nil
	}
	if e.AfterBase != "" {
		if base, err = b.basePlan(ctx, e.AfterBase, e.CGO); err != nil {
			return nil, nil, err
		}
		return before, base.with("after", e.After), nil
	}
	return before, before.with("after", e.After), nil
}

func (b *Builder) basePlan(ctx context.Context, base string, cgo bool) (*plan, error) {
	s, err := b.source(ctx, base)
	if err != nil {
		return nil, err
	}
	return plan{side: "base", base: s, cgo: cgo}.sealed(), nil
}

// with plans a side tree on top of p. Without a patch that is p's own tree.
func (p *plan) with(side string, series []Patch) *plan {
	if len(series) == 0 {
		same := *p
		same.side = side
		return &same
	}
	return plan{side: side, base: p.base, cgo: p.cgo, from: p, series: series}.sealed()
}

// copy plans a tree with the same files as p's, built apart from it.
func (p *plan) copy() *plan {
	return plan{side: "copy of " + p.side, base: p.base, cgo: p.cgo, from: p, copied: true}.sealed()
}

// complete plans the tree like p's with its commands built.
func (p *plan) complete() *plan {
	return plan{side: "complete " + p.side, base: p.base, cgo: p.cgo, from: p, install: true}.sealed()
}

// cross plans the tree like p's, a complete one, that has the library and the
// commands for another architecture too.
func (p *plan) cross(goarch string) *plan {
	return plan{side: goarch + " " + p.side, base: p.base, cgo: p.cgo, from: p, install: true, goarch: goarch}.sealed()
}

// patches lists all patches of the plan's tree, in order.
func (p *plan) patches() []Patch {
	if p == nil {
		return nil
	}
	return slices.Concat(p.from.patches(), p.series)
}
