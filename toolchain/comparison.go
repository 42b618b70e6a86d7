package toolchain

import (
	"context"
	"fmt"
	"path"
	"slices"
)

// A Comparison holds files that were made in two ways against each other.
type Comparison struct {
	Side   string   // before, after, or the base's name
	What   string   // what kind of files
	Same   int      // how many are identical
	Total  int      // of how many
	Differ []string // the names of the others, in order
	Notes  []string // what else is to be known, a sentence each
	Needed bool     // a difference means that something is not as it should be
}

// Identical reports whether there are files and none differs.
func (c Comparison) Identical() bool { return c.Total > 0 && c.Same == c.Total }

// add counts a file.
func (c *Comparison) add(name string, same bool) {
	c.Total++
	if same {
		c.Same++
	} else {
		c.Differ = append(c.Differ, name)
	}
}

// sumFiles returns the hash of every file of a tree.
func sumFiles(ctx context.Context, root string) (map[string]string, error) {
	files, err := listFiles(root)
	if err != nil {
		return nil, err
	}
	if err := hashFiles(ctx, root, files, func(int) bool { return true }, nil); err != nil {
		return nil, err
	}
	return sumsOf(files), nil
}

func sumsOf(files []treeFile) map[string]string {
	sums := make(map[string]string, len(files))
	for _, f := range files {
		sums[f.Name] = f.SHA256
	}
	return sums
}

// isProduct reports whether a build makes the file, or may.
func isProduct(name string) bool { return within(name, "bin") || within(name, "pkg") }

// names lists the files of both maps that keep selects, in order.
func names(a, b map[string]string, keep func(name string) bool) []string {
	var all []string
	for name := range a {
		if keep(name) {
			all = append(all, name)
		}
	}
	for name := range b {
		if _, both := a[name]; !both && keep(name) {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return all
}

// compareSources compares everything that is not built.
func compareSources(ours, theirs map[string]string) Comparison {
	c := Comparison{What: "sources", Needed: true}
	for _, name := range names(ours, theirs, func(name string) bool { return !isProduct(name) }) {
		c.add(name, ours[name] == theirs[name])
	}
	return c
}

// compareProducts compares what the fast path and make.bash have below bin and
// pkg. shipped is what the fast path began with: what is left of it untouched,
// and is nothing that make.bash makes, does not count. Nor do the tools that
// make.bash makes but releases do not ship, in the years when there are such.
func compareProducts(fast, made, shipped map[string]string) Comparison {
	c := Comparison{What: "bin, pkg/tool, pkg"}
	var left, unshipped int
	archives := slices.ContainsFunc(names(fast, nil, isArchive), isArchive)
	for _, name := range names(fast, made, isProduct) {
		f, inFast := fast[name]
		m, inMade := made[name]
		switch {
		case inFast && !inMade && f == shipped[name]:
			left++
		case inMade && !inFast && !archives && within(name, "pkg/tool"):
			unshipped++
		case !inFast:
			c.add(name+" (made by make.bash alone)", false)
		case !inMade:
			c.add(name+" (made by the fast path alone)", false)
		default:
			c.add(name, f == m)
		}
	}
	if left > 0 {
		c.Notes = append(c.Notes, fmt.Sprintf("%d shipped files are built by neither, such as those for the race detector", left))
	}
	if unshipped > 0 {
		c.Notes = append(c.Notes, fmt.Sprintf("make.bash makes %d more tools, which releases do not ship", unshipped))
	}
	return c
}

// isArchive reports whether the file is a compiled package of the library.
func isArchive(name string) bool {
	return within(name, "pkg/"+target("_")) && path.Ext(name) == ".a"
}

// compareShipped compares what a release ships with what it builds from its
// own source, as far as it does build it.
func compareShipped(shipped, rebuilt map[string]string) Comparison {
	c := Comparison{What: "shipped files"}
	builds := func(name string) bool {
		return isArchive(name) || within(name, "bin") || within(name, "pkg/tool")
	}
	for _, name := range names(shipped, nil, builds) {
		c.add(name, shipped[name] == rebuilt[name])
	}
	return c
}
