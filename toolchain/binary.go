package toolchain

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
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

	BeforeInstructions int // 0 where there is no such function, or one that can't be decoded
	AfterInstructions  int

	File    string   // where it is declared, as the binary has it: runtime/mgc.go; empty if unknown
	Why     string   // what differs first, in a few words; empty if only one binary has the function
	Inlines []string // functions inlined into it on either side, by name
}

// A BinaryDiff is what [CompareBinaries] found.
type BinaryDiff struct {
	Kind      Difference
	Changed   []FunctionChange // by name
	Unproven  []FunctionChange // by name: perhaps the same, but with instructions that are not understood
	Moved     int              // functions whose code is the same at another address
	Distances map[int64]int    // how many of them moved by how many bytes; more than 0 is to a higher address
	Functions int              // functions the two have between them
}

// CompareBinaries compares two linked ELF programs for amd64 or arm64, written
// by the go command with their symbol tables, and finds the functions whose
// machine code differs. Instructions are the same if they are equal but for
// addresses, and the addresses mean the same: the same place in the function
// of the same name, the same place in the variable of the same name, an equal
// string or type. Where several functions have one name, as closures of an
// inlined function do from Go 1.27 on, equal ones are taken for the same.
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
	if bytes.Equal(files[0], files[1]) {
		return &BinaryDiff{Kind: Identical, Functions: len(images[0].funcs)}, nil
	}
	return compareImages(images[0], images[1]), nil
}

// compareImages compares programs whose files differ.
func compareImages(before, after *image) *BinaryDiff {
	pairFunctions(before, after)
	c := &comparison{before: before, after: after, verdicts: make(map[funcName]verdict)}
	diff := c.functions()
	diff.Kind = Code
	if len(diff.Changed)+len(diff.Unproven)+diff.Moved == 0 && c.sameLayout() && c.sameData() && c.sameMetadata() {
		diff.Kind = LineTables
	}
	return diff
}

// A comparison is two images that are being compared.
type comparison struct {
	before, after *image
	function      funcName // being compared
	verdicts      map[funcName]verdict
	constants     []constantRef
	carriers      map[[2]symbol]bool // whether the contents of two are equal
}

// A verdict is what is known of a function that both images have.
type verdict struct {
	state state
	why   string // it is not the same
}

// A state tells whether two functions do the same.
type state int

const (
	same     state = iota
	unproven       // no difference seen, but not all is understood
	changed
)

// functions compares all functions.
func (c *comparison) functions() *BinaryDiff {
	for name, f := range c.before.funcs {
		if g, ok := c.after.funcs[name]; ok {
			c.function = name
			c.verdicts[name] = c.compareCode(f, g)
		}
	}
	for name := range c.differentConstants() {
		if c.verdicts[name].state != changed {
			c.verdicts[name] = verdict{changed, "a constant it refers to"}
		}
	}
	names := make(map[funcName]bool)
	for _, img := range []*image{c.before, c.after} {
		for name := range img.funcs {
			names[name] = true
		}
	}
	diff := &BinaryDiff{Functions: len(names), Distances: make(map[int64]int)}
	describe := newDescriber(c.before, c.after)
	for _, name := range slices.SortedFunc(maps.Keys(names), compareNames) {
		f, inBefore := c.before.funcs[name]
		g, inAfter := c.after.funcs[name]
		v := c.verdicts[name]
		switch {
		case !inBefore || !inAfter || v.state == changed:
			diff.Changed = append(diff.Changed, describe.change(name, v.why))
		case v.state == unproven:
			diff.Unproven = append(diff.Unproven, describe.change(name, v.why))
		case f.addr != g.addr:
			diff.Moved++
			diff.Distances[int64(g.addr-f.addr)]++
		}
	}
	return diff
}

func compareNames(a, b funcName) int {
	return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.ordinal, b.ordinal))
}

// compareCode compares two functions of one name.
func (c *comparison) compareCode(f, g symbol) verdict {
	a, b := c.before.bytesAt(f.addr, f.size), c.after.bytesAt(g.addr, g.size)
	switch {
	case a == nil || b == nil:
		return verdict{unproven, "its code is not in the file"}
	case len(a) != len(b):
		return verdict{changed, "other instructions"}
	case c.before.amd64():
		return c.compareAMD64(f, g, a, b)
	}
	return c.compareARM64(f, g, a, b)
}
