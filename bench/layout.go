package bench

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"patchbench/results"
	"patchbench/toolchain"
)

// MaxLayouts bounds the layouts of a suite: each is two binaries more a
// package.
const MaxLayouts = 16

// paddingStep is by how much, in bytes, each layout's padding is longer than
// the one before. It is an odd multiple of 32, so that code falls on the other
// half of its cache line each time, and is large enough to fall into other sets
// of the branch predictor.
const paddingStep = 33 * 32

// nops are instructions that do nothing, as assembler source, by architecture.
var nops = map[string]struct {
	text  string
	bytes int
}{
	"amd64": {"BYTE $0x90", 1},
	"arm64": {"WORD $0xd503201f", 4},
}

// A layout is one way to place the same code. The zero layout is where the
// linker puts it.
type layout struct {
	seed    int  // for the linker's -randlayout
	padded  bool // there is a padding
	padding int  // bytes before all code of the runtime
}

// padding begins the names of layouts that have one.
const padding = "padding"

func (l layout) String() string {
	switch {
	case l.seed > 0:
		return fmt.Sprintf("-randlayout=%d", l.seed)
	case l.padded:
		return fmt.Sprintf("%s %d", padding, l.padding)
	}
	return "as linked"
}

// layouts returns n layouts for both trees. The linker shuffles functions
// where it can, which is from Go 1.22 on; before that a padding goes in front
// of the runtime, which moves all code behind it. The first padding is empty:
// that there is one changes what every package imports, so layouts with and
// without would share no compiled package.
func (c *Compiler) layouts(ctx context.Context, trees Trees, n int) ([]layout, error) {
	list := []layout{{}}
	if n <= 1 {
		return list, nil
	}
	shuffle := true
	for _, side := range results.Sides() {
		can, err := c.canShuffle(ctx, trees[side])
		if err != nil {
			return nil, fmt.Errorf("ask the linker of %s: %w", side, err)
		}
		shuffle = shuffle && can
	}
	if _, ok := nops[c.arch()]; !ok && !shuffle {
		c.Log("one layout: this release's linker can't shuffle functions, and there is no padding for %s", c.arch())
		return list, nil
	}
	list[0].padded = !shuffle
	for k := 1; k < n; k++ {
		if shuffle {
			list = append(list, layout{seed: k})
		} else {
			list = append(list, layout{padded: true, padding: k * paddingStep})
		}
	}
	return list, nil
}

func goosArch() string { return runtime.GOOS + "_" + runtime.GOARCH }

// canShuffle reports whether tree's linker knows -randlayout.
func (c *Compiler) canShuffle(ctx context.Context, tree *toolchain.Tree) (bool, error) {
	link := filepath.Join(tree.GOROOT, "pkg", "tool", goosArch(), "link")
	cmd := exec.CommandContext(ctx, link, "-h")
	cmd.Env = []string{"LC_ALL=C"}
	usage, err := cmd.CombinedOutput() // it exits with 2
	if len(usage) == 0 {
		return false, err
	}
	return bytes.Contains(usage, []byte("-randlayout")), ctx.Err()
}

// flags are the go command's flags that give a binary this layout, and overlay
// the files that replace others of tree for it, by the path of those.
func (l layout) flags(c *Compiler, tree *toolchain.Tree) (flags []string, overlay map[string]string, err error) {
	if l.seed > 0 {
		return []string{fmt.Sprintf("-ldflags=%s -randlayout=%d", linkFlags(tree), l.seed)}, nil, nil
	}
	if !l.padded {
		return nil, nil, nil
	}
	nop := nops[c.arch()]
	// The runtime itself can't be padded at its front: what is assembled comes
	// behind what is compiled. internal/cpu lies before all of the runtime.
	const name = "patchbenchPadding"
	files := map[string]string{
		"patchbench_padding.go": "package cpu\n\nfunc " + name + "()\n\n" +
			"// Code that nothing calls would not be linked.\nfunc init() { " + name + "() }\n",
		"patchbench_padding_" + c.arch() + ".s": "#include \"textflag.h\"\n\nTEXT ·" + name + "(SB), NOSPLIT, $0-0\n\tRET\n" +
			strings.Repeat("\t"+nop.text+"\n", l.padding/nop.bytes),
	}
	overlay = make(map[string]string)
	for file, text := range files {
		path, err := c.keepSource(fmt.Sprintf("padding-%s-%d", c.arch(), l.padding), file, text)
		if err != nil {
			return nil, nil, err
		}
		overlay[filepath.Join(tree.GOROOT, "src", "internal", "cpu", file)] = path
	}
	return nil, overlay, nil
}
