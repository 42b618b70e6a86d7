package bench

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"patchbench/results"
	"patchbench/toolchain"
)

// hostTrees are the host's own toolchain on both sides.
func hostTrees(t *testing.T) Trees {
	t.Helper()
	out, err := exec.Command("go", "env", "GOROOT", "GOCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	env := strings.Fields(string(out))
	tree := &toolchain.Tree{GOROOT: env[0], GOCACHE: env[1], Digest: "d", Version: "go1.26"}
	return Trees{results.Before: tree, results.After: tree}
}

func TestOwnSuite(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles the testing package")
	}
	own := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":                        "module example.com/m\n\ngo 1.26\n\nrequire example.com/dep v1.0.0\n",
		"vendor/modules.txt":            "# example.com/dep v1.0.0\n## explicit; go 1.26\nexample.com/dep\n",
		"vendor/example.com/dep/dep.go": "package dep\n\nconst Size = 8\n",
		"a/a_test.go":                   "package a\n\nimport (\n\t\"testing\"\n\n\t\"example.com/dep\"\n)\n\nvar sink []byte\n\nfunc BenchmarkOne(b *testing.B) {\n\tsink = make([]byte, dep.Size)\n}\n\nfunc BenchmarkTwo(b *testing.B) {}\n\nfunc TestX(t *testing.T) {}\n",
		"none/none.go":                  "package none\n",
		"bad/bad_test.go":               "package bad\n\nvar x = undefined\n",
		"newer/go.mod":                  "module example.com/n\n\ngo 1.99\n",
		"newer/newer_test.go":           "package newer\n",
	} {
		path := filepath.Join(own, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	trees := hostTrees(t)
	c := &Compiler{
		Cache: &toolchain.Cache{Dir: t.TempDir()}, Programs: t.TempDir(), Own: own, Log: t.Logf,
		Network: func(context.Context) ([]string, error) { return nil, nil },
	}
	s, _, err := c.OwnSuite(t.Context(), trees, "./a", "One|Two/sub$")
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Benchmarks) != 2 || s.Benchmarks[0].Name != "One" || s.Benchmarks[1].Pattern != "^BenchmarkTwo$/sub$" {
		t.Errorf("got %+v", s.Benchmarks)
	}
	for _, test := range []struct{ dir, pkg, expr, want string }{
		{"", "./a", "Three", "--bench Three matches none of ./a's benchmarks: there are BenchmarkOne, BenchmarkTwo"},
		{"", "./a", "(", "--bench: error parsing regexp"},
		{"", "./no", ".", "find ./no with before: "},
		{"", "./...", ".", "names more than one package: give one"},
		{"", "./none", ".", "./none does not compile on before: has no test files"},
		{"", "./bad", ".", "undefined"},
		{"newer", ".", ".", "says go 1.99, newer than go1.26 on before: lower it"},
		{"..", ".", ".", "is in no module"},
	} {
		d := *c
		d.Own = filepath.Join(own, test.dir)
		_, _, err := d.OwnSuite(t.Context(), trees, test.pkg, test.expr)
		if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s in %q: got error %v, want one line with %q", test.pkg, test.dir, err, test.want)
		}
	}
}

func TestExecSuite(t *testing.T) {
	dir := t.TempDir()
	for name, mode := range map[string]os.FileMode{"server-bench": 0o755, "notes": 0o644} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"), mode); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "cmd"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ command, name, pkg, args, err string }{
		{"./server-bench -c 8", "ServerBench", "exec/server-bench", "-c 8", ""},
		{"./cmd", "Cmd", "own/./cmd", "", ""},
		{"./notes", "", "", "", "./notes is neither a folder nor executable"},
		{"./gone", "", "", "", "name a program by its path"},
		{" ", "", "", "", "names no program"},
	} {
		s, path, err := ExecSuite(dir, test.command, "")
		if test.err != "" {
			if err == nil || !strings.Contains(err.Error(), test.err) {
				t.Errorf("%q: got error %v, want %q", test.command, err, test.err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		b := s.Benchmarks[0]
		if b.Name != test.name || b.Package != test.pkg || strings.Join(b.Args, " ") != test.args || b.opaque() != (path != "") {
			t.Errorf("%q: got %+v, path %q", test.command, b, path)
		}
	}
}

// A file that is run as it is counts as different, and is told its side.
func TestExecFile(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "x.sh")
	if err := os.WriteFile(file, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	trees := Trees{results.Before: {GOROOT: "/b"}, results.After: {GOROOT: "/a"}}
	c := &Compiler{Cache: &toolchain.Cache{Dir: t.TempDir()}, Programs: t.TempDir(), Own: dir, Exec: file, Log: t.Logf}
	b := &results.Benchmark{Package: "exec/x.sh", Program: true, Opaque: true, Args: []string{"-v"}, Procs: 2}
	bins, err := c.Compile(t.Context(), trees, []string{BinaryName(b)}, 1)
	if err != nil {
		t.Fatal(err)
	}
	if bin := bins[BinaryName(b)]; bin.Diff == nil || bin.Diff.Kind != toolchain.Code {
		t.Errorf("binary %+v", bin)
	}
	r := &Runner{Cache: c.Cache, Trees: trees, Binaries: bins}
	w, done, err := r.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	cmd := r.command(w, b, results.After, 0, fixed(1))
	env := strings.Join(cmd.Env, "\n")
	if cmd.Path != file || cmd.Dir != dir || strings.Join(cmd.Args, " ") != "-v" {
		t.Errorf("command %+v", cmd)
	}
	for _, want := range []string{"PATCHBENCH_SIDE=after", "GOROOT=/a", "PATH=/a/bin:", "GOMAXPROCS=2"} {
		if !strings.Contains(env, want) {
			t.Errorf("the environment lacks %s:\n%s", want, env)
		}
	}
}
