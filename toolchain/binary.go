package toolchain

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"slices"
)

// A Difference says how two binaries differ.
type Difference string

// The differences, from least to most.
const (
	Identical  Difference = "identical"   // the same file, byte for byte
	LineTables Difference = "line tables" // the same machine code and data, other line numbers
	Code       Difference = "code"        // other machine code or data, or sameness not proven
)

// A FunctionChange is a function whose machine code differs, or that only one
// binary has.
type FunctionChange struct {
	Name       string
	BeforeSize int // bytes; 0 where there is no such function
	AfterSize  int
}

// A BinaryDiff is what [CompareBinaries] found.
type BinaryDiff struct {
	Kind      Difference
	Changed   []FunctionChange // by name
	Moved     int              // functions whose code is the same at another address
	Functions int              // functions the two have between them
}

// CompareBinaries compares two linked ELF programs for amd64 or arm64, written
// by the go command with their symbol tables, and finds the functions whose
// machine code differs. Instructions are the same if they are equal but for
// addresses, and the addresses mean the same: the same place in the function
// of the same name, the same place in the variable of the same name, an equal
// string or type.
//
// The result is LineTables only if no function differs or has moved, and all
// data is proven to be the same up to addresses and line numbers, including
// what the collector and the unwinder are told about each function. So Code
// with no Changed function is possible: data differs, or a format is unknown.
//
// It fails when a file can't be read, is no such program, or was stripped.
func CompareBinaries(before, after string) (*BinaryDiff, error) {
	var images [2]*image
	var files [2][]byte
	for i, path := range []string{before, after} {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("comparing binaries: %w", err)
		}
		files[i] = data
		if images[i], err = openImage(data); err != nil {
			return nil, fmt.Errorf("comparing binaries: %s: %w", path, err)
		}
	}
	if images[0].machine != images[1].machine {
		return nil, fmt.Errorf("comparing binaries: %s is for %v and %s for %v; compare binaries of one architecture", before, images[0].machine, after, images[1].machine)
	}
	c := &comparison{before: images[0], after: images[1]}
	diff := c.functions()
	switch {
	case bytes.Equal(files[0], files[1]):
		diff.Kind, diff.Changed = Identical, nil
	case len(diff.Changed) == 0 && diff.Moved == 0 && c.sameLayout() && c.sameData() && c.sameMetadata():
		diff.Kind = LineTables
	default:
		diff.Kind = Code
	}
	return diff, nil
}

// A comparison is two images that are being compared.
type comparison struct {
	before, after *image
	function      funcName // being compared
	constants     []constantRef
}

// functions compares all functions.
func (c *comparison) functions() *BinaryDiff {
	diff := new(BinaryDiff)
	change := func(name string, before, after int) {
		diff.Changed = append(diff.Changed, FunctionChange{Name: name, BeforeSize: before, AfterSize: after})
	}
	for name, f := range c.before.funcs {
		g, ok := c.after.funcs[name]
		diff.Functions++
		c.function = name
		switch {
		case !ok:
			change(name.name, int(f.size), 0)
		case !c.sameCode(f, g):
			change(name.name, int(f.size), int(g.size))
		}
	}
	for name, g := range c.after.funcs {
		if _, ok := c.before.funcs[name]; !ok {
			diff.Functions++
			change(name.name, 0, int(g.size))
		}
	}
	for name := range c.differentConstants() {
		f, g := c.before.funcs[name], c.after.funcs[name]
		entry := FunctionChange{Name: name.name, BeforeSize: int(f.size), AfterSize: int(g.size)}
		if !slices.Contains(diff.Changed, entry) {
			diff.Changed = append(diff.Changed, entry)
		}
	}
	slices.SortFunc(diff.Changed, func(a, b FunctionChange) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.BeforeSize, b.BeforeSize), cmp.Compare(a.AfterSize, b.AfterSize))
	})
	changed := make(map[string]bool)
	for _, f := range diff.Changed {
		changed[f.Name] = true
	}
	for name, f := range c.before.funcs {
		if g, ok := c.after.funcs[name]; ok && f.addr != g.addr && !changed[name.name] {
			diff.Moved++
		}
	}
	return diff
}

// sameCode reports whether two functions do the same.
func (c *comparison) sameCode(f, g symbol) bool {
	a, b := c.before.bytesAt(f.addr, f.size), c.after.bytesAt(g.addr, g.size)
	if a == nil || b == nil || len(a) != len(b) {
		return false
	}
	if c.before.amd64() {
		return c.sameAMD64(f, g, a, b)
	}
	return c.sameARM64(f, g, a, b)
}
