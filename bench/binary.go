package bench

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"patchbench/results"
	"patchbench/toolchain"
)

// A Binary is a package's test binary, or the program that it is, on both sides
// and in one layout or more.
type Binary struct {
	Package string
	Dir     string                    // where its sources and testdata lie: before's, for a package of the library
	Layouts []string                  // their names
	Paths   map[results.Side][]string // by layout
	SHA256  map[results.Side][]string // by layout
	Diff    *toolchain.BinaryDiff     // of the first layout; nil unless all was compiled

	// Unavailable says in one line why the package can't be had here.
	Unavailable string
	// Broken says in one line why a side did not compile, and Log is what
	// the go command printed then.
	Broken string
	Log    string

	copied  bool     // after's is before's, built apart
	sources string   // digest of what it is compiled from, beside the tree; empty where that is not known
	program bool     // built by go build
	opaque  bool     // not built by patchbench at all
	input   string   // the package that it compiles, of a compiler
	args    []string // to compile that
}

func newBinary(name string, layouts []layout) *Binary {
	b := &Binary{Paths: make(map[results.Side][]string), SHA256: make(map[results.Side][]string)}
	b.Package, b.input, b.program = splitBinary(name)
	b.opaque = opaque(b.Package)
	for _, side := range results.Sides() {
		b.Paths[side] = make([]string, len(layouts))
		b.SHA256[side] = make([]string, len(layouts))
	}
	for _, l := range layouts {
		b.Layouts = append(b.Layouts, l.String())
	}
	return b
}

// take takes in what compiling b in its k-th layout gave.
func (b *Binary) take(c *Compiler, side results.Side, k int, out output) {
	if out.log != "" {
		b.Broken = fmt.Sprintf("does not compile on %s: %s", side, firstError(out.log))
		b.Log = out.log
		return
	}
	b.SHA256[side][k], b.Paths[side][k] = out.sum, c.path(out.sum)
}

// path is where the binary with a digest lies. All are equally long: the
// length of its own path is part of a process's memory layout.
func (c *Compiler) path(sum string) string {
	return filepath.Join(c.Cache.Dir, "binaries", sum, "bench.test")
}

// compare tells how two stored binaries differ, from the cache where that was
// asked before.
func (c *Compiler) compare(before, after string) (*toolchain.BinaryDiff, error) {
	path := filepath.Join(c.Cache.Dir, "binaries", "compared", digest(recipe, before, after))
	diff := new(toolchain.BinaryDiff)
	if data, err := os.ReadFile(path); err == nil && json.Unmarshal(data, diff) == nil {
		return diff, nil
	}
	diff, err := toolchain.CompareBinaries(c.path(before), c.path(after))
	if err != nil {
		return nil, err
	}
	data, err := json.Marshal(diff)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	return diff, results.WriteFile(path, data)
}
