package bench

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/module"
	"golang.org/x/mod/sumdb/dirhash"
	modzip "golang.org/x/mod/zip"

	"patchbench/results"
	"patchbench/toolchain"
)

// The stand-in module has one benchmark, which prints a line. Only on arm64 it
// takes another module.
const (
	standIn     = "standin.invalid/m"
	standInPkg  = "modules/m/" + standIn
	standInArm  = "standin.invalid/arm"
	standInTest = `package m

import (
	"fmt"
	"testing"
)

func BenchmarkLine(b *testing.B) {
	fmt.Println("%s")
}
`
)

func standInFiles(line string) map[string]string {
	return map[string]string{
		"go.mod":     "module " + standIn + "\n\ngo 1.16\n\nrequire " + standInArm + " v1.0.0\n",
		"m.go":       "package m\n",
		"m_arm64.go": "package m\n\nimport _ \"" + standInArm + "\"\n",
		"m_test.go":  fmt.Sprintf(standInTest, line),
	}
}

// A proxy is a folder that serves modules as a module proxy does.
type proxy string

// add puts version 1.0.0 of a module in and returns its lines for a go.sum.
func (p proxy) add(t *testing.T, path string, files map[string]string) (sums string) {
	t.Helper()
	dir := filepath.Join(string(p), filepath.FromSlash(path), "@v")
	src := t.TempDir()
	writeFiles(t, src, files)
	m := module.Version{Path: path, Version: "v1.0.0"}
	var zip bytes.Buffer
	if err := modzip.CreateFromDir(&zip, m, src); err != nil {
		t.Fatal(err)
	}
	writeFiles(t, dir, map[string]string{
		"v1.0.0.zip":  zip.String(),
		"v1.0.0.mod":  files["go.mod"],
		"v1.0.0.info": `{"Version":"v1.0.0","Time":"2020-01-01T00:00:00Z"}`,
	})
	all, err := dirhash.HashZip(filepath.Join(dir, "v1.0.0.zip"), dirhash.Hash1)
	if err != nil {
		t.Fatal(err)
	}
	mod, err := dirhash.Hash1([]string{"go.mod"}, func(string) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(files["go.mod"])), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%s v1.0.0 %s\n%s v1.0.0/go.mod %s\n", path, all, path, mod)
}

func writeFiles(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// A moduleBench compiles with the host's toolchain, and writes down what the
// compiler logs.
type moduleBench struct {
	*Compiler
	proxy proxy
	trees Trees
	log   []string
}

// newModuleBench makes a proxy that has the stand-in modules, and a folder
// that pins them.
func newModuleBench(t *testing.T) *moduleBench {
	t.Helper()
	out, err := exec.Command("go", "env", "GOROOT", "GOCACHE", "GOVERSION").Output()
	if err != nil {
		t.Fatal(err)
	}
	env := strings.Split(string(out), "\n")
	tree := &toolchain.Tree{GOROOT: env[0], GOCACHE: env[1], Version: env[2], Digest: "host"}
	m := &moduleBench{proxy: proxy(t.TempDir()), trees: Trees{results.Before: tree, results.After: tree}}
	m.Compiler = &Compiler{
		Cache:    &toolchain.Cache{Dir: t.TempDir()},
		Programs: t.TempDir(),
		Modules:  t.TempDir(),
		Log:      func(format string, args ...any) { m.log = append(m.log, fmt.Sprintf(format, args...)) },
	}
	m.reach("file://" + string(m.proxy))
	sums := m.proxy.add(t, standInArm, map[string]string{"go.mod": "module " + standInArm + "\n", "arm.go": "package arm\n"}) +
		m.proxy.add(t, standIn, standInFiles("first"))
	writeFiles(t, filepath.Join(m.Modules, "m"), map[string]string{
		"go.mod": "module patchbench.invalid/m\n\ngo 1.16\n\nrequire (\n\t" + standIn + " v1.0.0\n\t" + standInArm + " v1.0.0\n)\n",
		"go.sum": sums,
	})
	writeFiles(t, m.Programs, map[string]string{"go.mod": "module programs\n\ngo 1.16\n", "good/good_test.go": "package good\n"})
	return m
}

// reach sets where modules come from.
func (m *moduleBench) reach(proxy string) {
	m.Network = func(context.Context) ([]string, error) {
		return []string{"GOPROXY=" + proxy, "GOSUMDB=off"}, nil
	}
}

// logged counts the lines logged that start with prefix, from the last call
// on.
func (m *moduleBench) logged(prefix string) int {
	n := 0
	for _, line := range m.log {
		if strings.HasPrefix(line, prefix) {
			n++
		}
	}
	m.log = nil
	return n
}

// compile compiles packages and checks that no scratch is left.
func (m *moduleBench) compile(t *testing.T, pkgs ...string) (map[string]*Binary, error) {
	t.Helper()
	bins, err := m.Compile(t.Context(), m.trees, pkgs, 1)
	if left, _ := filepath.Glob(filepath.Join(m.Cache.Dir, "tmp", "*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	return bins, err
}

// prints checks that the compiled stand-in prints a line.
func prints(t *testing.T, b *Binary, line string) {
	t.Helper()
	if b.Broken != "" || b.Unavailable != "" {
		t.Fatalf("broken: %q, unavailable: %q\n%s", b.Broken, b.Unavailable, b.Log)
	}
	out, err := exec.Command(b.Paths[results.After][0], "-test.bench=^BenchmarkLine$", "-test.benchtime=1x").CombinedOutput()
	if err != nil || !slices.Contains(strings.Split(string(out), "\n"), line) {
		t.Errorf("%v, want the line %q in\n%s", err, line, out)
	}
}

func TestModule(t *testing.T) {
	m := newModuleBench(t)
	bins, err := m.compile(t, standInPkg)
	if err != nil {
		t.Fatal(err)
	}
	prints(t, bins[standInPkg], "first")
	if n := m.logged("fetching "); n != 1 {
		t.Errorf("fetched %d times, want once", n)
	}
	if want := filepath.Join(m.Cache.Dir, "modules", "standin.invalid", "m@v1.0.0"); bins[standInPkg].Dir != want {
		t.Errorf("its folder is %s, want %s", bins[standInPkg].Dir, want)
	}
	copied, err := newWorkdir(t.TempDir(), bins)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(copied.dirs[standInPkg], "m.go"), nil, 0o644); err != nil {
		t.Errorf("what a sample runs in can't be written to: %v", err)
	}

	// What is fetched serves without a network.
	m.reach("off")
	if err := os.RemoveAll(filepath.Join(m.Cache.Dir, "binaries")); err != nil {
		t.Fatal(err)
	}
	if bins, err = m.compile(t, standInPkg); err != nil {
		t.Fatal(err)
	}
	prints(t, bins[standInPkg], "first")
	if n := m.logged("fetching "); n != 0 {
		t.Errorf("fetched %d times, want never", n)
	}

	// A module cache that was removed is filled again, or said to be missing.
	if err := os.RemoveAll(filepath.Join(m.Cache.Dir, "modules", "standin.invalid")); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(m.Cache.Dir, "modules", "cache")); err != nil {
		t.Fatal(err)
	}
	if bins, err = m.compile(t, standInPkg); err != nil || !strings.Contains(bins[standInPkg].Unavailable, "GOPROXY=off") {
		t.Errorf("got %+v, %v", bins, err)
	}
}

// What only another architecture takes has to be fetched for that one.
func TestModuleArchitecture(t *testing.T) {
	m := newModuleBench(t)
	for _, arch := range []string{"amd64", "arm64"} {
		m.GOARCH = arch
		if unavailable, err := m.fetch(t.Context(), m.trees[results.Before], standInPkg); unavailable != "" || err != nil {
			t.Fatal(unavailable, err)
		}
		_, err := os.Stat(filepath.Join(m.Cache.Dir, "modules", "standin.invalid", "arm@v1.0.0"))
		if have := err == nil; have != (arch == "arm64") {
			t.Errorf("fetched for %s: what arm64 alone takes is there: %v", arch, have)
		}
	}
}

func TestModuleChanged(t *testing.T) {
	m := newModuleBench(t)
	m.proxy.add(t, standIn, standInFiles("second"))
	_, err := m.compile(t, standInPkg)
	if err == nil {
		t.Fatal("another module under the recorded version was compiled")
	}
	want := standIn + " is not what " + filepath.Join(m.Modules, "m", "go.sum") + " records: "
	if !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
		t.Errorf("got %q, want one line with %q", err, want)
	}
}

func TestModuleRefused(t *testing.T) {
	for _, test := range []struct {
		status int
		want   string
	}{
		{http.StatusForbidden, "403 Forbidden"},
		{http.StatusNotFound, "404 Not Found"},
	} {
		t.Run(fmt.Sprint(test.status), func(t *testing.T) {
			m := newModuleBench(t)
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				http.Error(w, "refused here", test.status)
			}))
			defer server.Close()
			m.reach(server.URL)
			bins, err := m.compile(t, standInPkg, "programs/good")
			if err != nil {
				t.Fatal(err)
			}
			b := bins[standInPkg]
			if !strings.Contains(b.Unavailable, test.want) || !strings.Contains(b.Unavailable, "standin.invalid/") || strings.Contains(b.Unavailable, "\n") {
				t.Errorf("unavailable: %q, want one line with %q", b.Unavailable, test.want)
			}
			if good := bins["programs/good"]; good.Broken != "" || good.Diff == nil {
				t.Errorf("the other package: %+v", good)
			}
		})
	}
}

func TestModuleSource(t *testing.T) {
	m := newModuleBench(t)
	source := t.TempDir()
	writeFiles(t, source, standInFiles("of the folder"))
	m.Source = map[string]string{"m": source}
	bins, err := m.compile(t, standInPkg)
	if err != nil {
		t.Fatal(err)
	}
	prints(t, bins[standInPkg], "of the folder")
	if bins[standInPkg].Dir != source {
		t.Errorf("its folder is %s, want %s", bins[standInPkg].Dir, source)
	}

	// An edit of the folder is another binary.
	writeFiles(t, source, standInFiles("edited"))
	if bins, err = m.compile(t, standInPkg); err != nil {
		t.Fatal(err)
	}
	prints(t, bins[standInPkg], "edited")
}

func TestModulePin(t *testing.T) {
	for _, test := range []struct {
		name, pkg, want string
		change          func(t *testing.T, m *moduleBench)
	}{
		{"no folder", "modules/other/x.invalid/y", "other is not there: make it, with a go.mod", nil},
		{"another module", "modules/m/x.invalid/y", "go.mod requires no module that holds x.invalid/y", nil},
		{"no such package", standInPkg + "/below", "m does not pin all that " + standIn + "/below takes: ", nil},
		{"a checksum too few", standInPkg, "m does not pin all that " + standIn + " takes: ", func(t *testing.T, m *moduleBench) {
			writeFiles(t, filepath.Join(m.Modules, "m"), map[string]string{"go.sum": ""})
		}},
		{"no go.sum", standInPkg, "go.sum: no such file or directory", func(t *testing.T, m *moduleBench) {
			if err := os.Remove(filepath.Join(m.Modules, "m", "go.sum")); err != nil {
				t.Fatal(err)
			}
		}},
		{"a malformed go.mod", standInPkg, "unknown directive: nonsense", func(t *testing.T, m *moduleBench) {
			writeFiles(t, filepath.Join(m.Modules, "m"), map[string]string{"go.mod": "nonsense\n"})
		}},
		{"a source that is no module", standInPkg, "the source given for m, by [source] or PATCHBENCH_SOURCE_M: ", func(t *testing.T, m *moduleBench) {
			m.Source = map[string]string{"m": t.TempDir()}
		}},
		{"a source of another module", standInPkg, "go.mod is of module x.invalid/y, not " + standIn, func(t *testing.T, m *moduleBench) {
			source := t.TempDir()
			writeFiles(t, source, map[string]string{"go.mod": "module x.invalid/y\n"})
			m.Source = map[string]string{"m": source}
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := newModuleBench(t)
			if test.change != nil {
				test.change(t, m)
			}
			_, err := m.compile(t, test.pkg)
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %q, want one line with %q", err, test.want)
			}
		})
	}
}

func TestClassify(t *testing.T) {
	p := &pin{dir: "bench/modules/m"}
	for _, test := range []struct{ log, unavailable, err string }{
		{"go: downloading a v1\n\tdial tcp: no such host\n", "dial tcp: no such host", ""},
		{"go: finding a\n\n", "the go command said nothing", ""},
		{"write a: no space left on device\n", "", "fetch a: no space left on device: free some, or set PATCHBENCH_CACHE to another disk"},
		{"go: updates to go.sum needed,\ndisabled by -mod=readonly\n", "", "bench/modules/m does not pin all that a takes: go: updates to go.sum needed, disabled by -mod=readonly"},
		{strings.Repeat("x", 400), strings.Repeat("x", 300) + "…", ""},
	} {
		unavailable, err := p.classify("a", test.log)
		if unavailable != test.unavailable || (err != nil || test.err != "") && (err == nil || err.Error() != test.err) {
			t.Errorf("classify(%.40q) = %q, %v", test.log, unavailable, err)
		}
	}
}
