package bench

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"patchbench/results"
	"patchbench/toolchain"
)

// linkerTree is a tree whose linker prints usage.
func linkerTree(t *testing.T, usage string) *toolchain.Tree {
	t.Helper()
	tree := fakeTree(t, "x", "")
	dir := filepath.Join(tree.GOROOT, "pkg", "tool", goosArch())
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	script := "#!/bin/sh\necho '" + usage + "' >&2\nexit 2\n"
	if err := os.WriteFile(filepath.Join(dir, "link"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	return tree
}

func TestLayouts(t *testing.T) {
	older, newer := linkerTree(t, "usage: link\n  -s"), linkerTree(t, "usage: link\n  -randlayout int")
	c := &Compiler{Cache: &toolchain.Cache{Dir: t.TempDir()}, GOARCH: "amd64", Log: t.Logf}
	for _, test := range []struct {
		name          string
		before, after *toolchain.Tree
		goarch        string
		n             int
		want          string
	}{
		{"one", older, older, "amd64", 1, "as linked"},
		{"none said", older, older, "amd64", 0, "as linked"},
		{"padding", older, older, "amd64", 3, "padding 0, padding 1056, padding 2112"},
		{"shuffled", newer, newer, "arm64", 3, "as linked, -randlayout=1, -randlayout=2"},
		{"both must", older, newer, "arm64", 2, "padding 0, padding 1056"},
		{"neither way", older, older, "riscv64", 3, "as linked"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := *c
			c.GOARCH = test.goarch
			list, err := c.layouts(context.Background(), Trees{results.Before: test.before, results.After: test.after}, test.n)
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, l := range list {
				names = append(names, l.String())
			}
			if got := strings.Join(names, ", "); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
	if _, err := c.layouts(context.Background(), Trees{results.Before: fakeTree(t, "x", ""), results.After: newer}, 2); err == nil {
		t.Error("a tree without a linker gives no error")
	}
}
