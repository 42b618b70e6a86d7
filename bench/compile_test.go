package bench

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"patchbench/results"
	"patchbench/toolchain"
)

// A fakeTree's go command copies a program that was compiled beforehand, and
// writes down that it was called.
func fakeTree(t *testing.T, digest, script string) *toolchain.Tree {
	t.Helper()
	root := t.TempDir()
	if err := os.Mkdir(filepath.Join(root, "bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf("#!/bin/sh\necho \"$GOARCH $@\" >>%s/calls\nwhile [ \"$1\" != -o ]; do shift; done\nout=$2 pkg=$3\n%s\n", root, script)
	if err := os.WriteFile(filepath.Join(root, "bin", "go"), []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	return &toolchain.Tree{GOROOT: root, GOCACHE: filepath.Join(root, "cache"), Digest: digest, Version: "go1.99"}
}

func calls(t *testing.T, tree *toolchain.Tree) int {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(tree.GOROOT, "calls"))
	if err != nil {
		return 0
	}
	return strings.Count(string(data), "\n")
}

func TestCompile(t *testing.T) {
	dir := t.TempDir()
	program := filepath.Join(dir, "program")
	for name, text := range map[string]string{"go.mod": "module p\n\ngo 1.26\n", "main.go": "package main\n\nfunc main() { println(1) }\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-buildid=", "-buildvcs=false", "-o", program, ".")
	build.Dir = dir
	if msg, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, msg)
	}

	copies := fmt.Sprintf("cp %s $out", program)
	fails := "[ $pkg != ./bad ] || { echo '# p'; echo './bad.go:7:2: undefined: x'; exit 2; }\n" + copies
	before, after := fakeTree(t, "b", copies), fakeTree(t, "a", fails)
	trees := Trees{results.Before: before, results.After: after}
	c := &Compiler{Cache: &toolchain.Cache{Dir: t.TempDir()}, Programs: t.TempDir(), Log: t.Logf}
	pkgs := []string{"programs/good", "programs/bad"}
	bins, err := c.Compile(context.Background(), trees, pkgs, 1)
	if err != nil {
		t.Fatal(err)
	}
	good, bad := bins["programs/good"], bins["programs/bad"]
	if good.Broken != "" || good.Diff == nil || good.Diff.Kind != toolchain.Identical {
		t.Errorf("good: %+v", good)
	}
	if want := "does not compile on after: ./bad.go:7:2: undefined: x"; bad.Broken != want || !strings.Contains(bad.Log, "# p") {
		t.Errorf("bad: broken %q, want %q; log %q", bad.Broken, want, bad.Log)
	}

	// What is stored is used again, and a failure is tried again.
	if _, err := c.Compile(context.Background(), trees, pkgs, 1); err != nil {
		t.Fatal(err)
	}
	if b, a := calls(t, before), calls(t, after); b != 2 || a != 3 {
		t.Errorf("%d and %d calls of the go command, want 2 and 3", b, a)
	}

	// A damaged binary is compiled again.
	if err := os.WriteFile(good.Paths[results.Before][0], []byte("junk"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Compile(context.Background(), trees, pkgs[:1], 1); err != nil {
		t.Fatal(err)
	}
	if sum, err := hashFile(good.Paths[results.Before][0]); err != nil || sum != good.SHA256[results.Before][0] {
		t.Errorf("the damaged binary was not replaced: %s, %v", sum, err)
	}

	// A binary for one architecture does not serve for another.
	b, a := calls(t, before), calls(t, after)
	other := *c
	other.GOARCH = "riscv64"
	if _, err := other.Compile(context.Background(), trees, []string{"programs/good", "programs/good"}, 1); err != nil {
		t.Fatal(err)
	}
	if b, a = calls(t, before)-b, calls(t, after)-a; b != 1 || a != 1 {
		t.Errorf("%d and %d calls of the go command for another architecture, want 1 and 1", b, a)
	}
	left, _ := filepath.Glob(filepath.Join(c.Cache.Dir, "tmp", "*"))
	if len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestCompileDiskFull(t *testing.T) {
	full := fakeTree(t, "b", "echo 'write x: no space left on device'; exit 1")
	c := &Compiler{Cache: &toolchain.Cache{Dir: t.TempDir()}, Programs: t.TempDir(), Log: t.Logf}
	_, err := c.Compile(context.Background(), Trees{results.Before: full, results.After: full}, []string{"programs/x"}, 1)
	if err == nil || !strings.Contains(err.Error(), "no space left on device: free some, or set PATCHBENCH_CACHE") {
		t.Errorf("got %v", err)
	}
}

func TestFirstError(t *testing.T) {
	for _, test := range []struct{ log, want string }{
		{"# p\n./x.go:1:2: undefined: y\nmore\n", "./x.go:1:2: undefined: y"},
		{"# p\n../../trees/12/goroot/src/a/b_test.go:3:4: undefined: z\n", "src/a/b_test.go:3:4: undefined: z"},
		{"# p\n\n", "the go command said nothing"},
	} {
		if got := firstError(test.log); got != test.want {
			t.Errorf("firstError(%q) = %q, want %q", test.log, got, test.want)
		}
	}
}
