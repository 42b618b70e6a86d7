package bench

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"patchbench/results"
	"patchbench/toolchain"
)

// What is gathered for a compiler is all it takes, and both sides get the same.
func TestCompilerInput(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles packages of the host's library")
	}
	trees := hostTrees(t)
	tree := trees[results.Before]
	c := &Compiler{Cache: &toolchain.Cache{Dir: t.TempDir()}, Log: t.Logf}
	b := newBinary("cmd/compile of unicode/utf8", []layout{{}})
	if err := c.prepareInput(t.Context(), trees, b); err != nil || b.Unavailable != "" {
		t.Fatalf("%v, unavailable %q", err, b.Unavailable)
	}
	work, err := newWorkdir(t.TempDir(), map[string]*Binary{"x": b})
	if err != nil {
		t.Fatal(err)
	}
	tool, err := exec.Command("go", "tool", "-n", "compile").Output()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(strings.TrimSpace(string(tool)), compilerArgs(b, 8)...)
	cmd.Dir, cmd.Env = work.dirs["x"], []string{"GOROOT=" + tree.GOROOT}
	if msg, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", cmd, err, msg)
	}
	if _, err := os.Stat(filepath.Join(work.dirs["x"], inputObject)); err != nil {
		t.Error(err)
	}
	if cmd.Args[1] != "-c=4" {
		t.Errorf("the compiler is called as %q, want 4 goroutines at most", cmd.Args)
	}

	for _, test := range []struct{ input, version, want string }{
		{"math", "go1.26", "math is more than Go files"}, // it has assembly
		{"no/such", "go1.26", "no/such can't be listed on before: "},
		{"unicode/utf8", "go1.25", "the sides are go1.26 and go1.25"},
	} {
		after := *tree
		after.Version = test.version
		b := newBinary("cmd/compile of "+test.input, []layout{{}})
		if err := c.prepareInput(t.Context(), Trees{results.Before: tree, results.After: &after}, b); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(b.Unavailable, test.want) || strings.Contains(b.Unavailable, "\n") {
			t.Errorf("%s: unavailable %q, want %q", test.input, b.Unavailable, test.want)
		}
	}
	left, _ := filepath.Glob(filepath.Join(c.Cache.Dir, "tmp", "*"))
	if len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
