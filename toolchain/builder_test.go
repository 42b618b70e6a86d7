package toolchain

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func TestBuild(t *testing.T) {
	fx := newFixture(t)
	before, after := fx.build(t, fx.experiment(t, "2", "3"))
	for tree, want := range map[*Tree]string{before: "var a = 2", after: "var a = 3"} {
		source, err := os.ReadFile(filepath.Join(tree.GOROOT, "src", "f.go"))
		if err != nil || !strings.Contains(string(source), want) {
			t.Errorf("source is %q (%v), want %q in it", source, err, want)
		}
		if _, err := os.Stat(filepath.Join(tree.GOROOT, "src", "go.mod")); err != nil {
			t.Errorf("go.mod was not restored: %v", err)
		}
		if tree.Version != "go1.99.1" || tree.Base != "release:go1.99.1" || tree.Reused || tree.Slow != "" || !strings.HasSuffix(tree.BaseSum, "(not verified: GOSUMDB=off)") {
			t.Errorf("got %+v", tree)
		}
		if err := tree.Check(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if len(before.Series) != 1 || len(after.Series) != 2 || after.Series[1].File != "after/0001.patch" {
		t.Errorf("series are %v and %v", before.Series, after.Series)
	}
	if before.Key == after.Key || before.Digest == after.Digest {
		t.Error("the two trees are one")
	}
	if before.GOCACHE != after.GOCACHE {
		t.Error("trees with the same compiler do not share its build cache")
	}
	// Each side compiles what its series changes and installs nothing.
	if builds, installs := fx.calledFor(t, "build"), fx.calledFor(t, "install"); builds != 2 || installs != 0 {
		t.Errorf("%d builds, %d installs; want 2 and 0", builds, installs)
	}
	if left := fx.left(t); len(left) != 4 {
		t.Errorf("the store holds %v, want three trees and one build cache", left)
	}
}

// TestBuildShares checks that the trees share the files that no series
// changes, and that nothing written to one of them shows in another.
func TestBuildShares(t *testing.T) {
	fx := newFixture(t)
	before, after := fx.build(t, fx.experiment(t, "2", "3"))
	file := func(tree *Tree, name string) string { return filepath.Join(tree.GOROOT, filepath.FromSlash(name)) }
	for name, want := range map[string]bool{"bin/go": true, "src/runtime/mgc.go": true, "src/f.go": false} {
		if same, err := sameFile(file(before, name), file(after, name)); err != nil || same != want {
			t.Errorf("%s is one file: %t (%v), want %t", name, same, err, want)
		}
	}
	complete, err := fx.Complete(t.Context(), after, runtime.GOARCH)
	if err != nil {
		t.Fatal(err)
	}
	if complete.GOROOT == after.GOROOT || complete.Digest == after.Digest || complete.GOCACHE != after.GOCACHE || len(complete.Series) != 2 {
		t.Errorf("got %+v", complete)
	}
	for name, want := range map[string]string{"pkg/tool/" + target("_") + "/compile": "compiled\n", "pkg/f.a": "package f\nvar a = 3\nvar b = 1\n"} {
		if data, err := os.ReadFile(file(complete, name)); string(data) != want {
			t.Errorf("%s is %q (%v), want %q", name, data, err, want)
		}
	}
	if same, err := sameFile(file(complete, "src/f.go"), file(after, "src/f.go")); err != nil || !same {
		t.Errorf("the complete tree has a source of its own (%v)", err)
	}
	for _, tree := range []*Tree{before, after, complete} {
		if err := tree.Check(t.Context()); err != nil {
			t.Errorf("after completing: %v", err)
		}
	}
	if again, err := fx.Complete(t.Context(), after, runtime.GOARCH); err != nil || !again.Reused {
		t.Errorf("the complete tree was not used again (%v)", err)
	}
	cross, err := fx.Complete(t.Context(), after, "riscv64")
	if err != nil || cross.Digest == complete.Digest || !exists(file(cross, "pkg/friscv64.a")) || exists(file(complete, "pkg/friscv64.a")) {
		t.Errorf("the tree for another architecture is %+v (%v)", cross, err)
	}
	if again, err := fx.Complete(t.Context(), complete, runtime.GOARCH); err != nil || again != complete {
		t.Errorf("a complete tree was completed (%v)", err)
	}
}

// TestBuildSecondExperiment checks that another experiment on the same release
// pays for its own patches only.
func TestBuildSecondExperiment(t *testing.T) {
	fx := newFixture(t)
	first, _ := fx.build(t, fx.experiment(t, "2", "3"))
	if err := os.RemoveAll(filepath.Join(fx.dir, "proxy")); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(fx.releasePath("go1.99.1", ".zip")); err != nil {
		t.Fatal(err)
	}
	second, _ := fx.build(t, fx.experiment(t, "4", "5"))
	if second.Reused || second.GOCACHE != first.GOCACHE {
		t.Errorf("got %+v", second)
	}
}

// TestBuildWithoutPatch compares two bases as they are.
func TestBuildWithoutPatch(t *testing.T) {
	fx := newFixture(t)
	e := &Experiment{Name: "x", Base: "release:go1.99.1", AfterBase: "release:go1.99.1"}
	before, after := fx.build(t, e)
	if before.GOROOT != after.GOROOT || len(before.Series) != 0 || fx.calledFor(t, "build") != 0 {
		t.Errorf("got %+v and %+v", before, after)
	}
}

// TestBuildEnvironment checks that children see what Environ gives and nothing
// else, whatever nonsense the caller's environment holds.
func TestBuildEnvironment(t *testing.T) {
	fx := newFixture(t)
	_, before := fx.build(t, fx.experiment(t, "2", "3"))
	data, err := os.ReadFile(filepath.Join(before.GOCACHE, "environment"))
	if err != nil {
		t.Fatal(err)
	}
	want := before.Environ(filepath.Join(filepath.Dir(before.GOROOT), "scratch"))
	if got := strings.Split(strings.TrimSpace(string(data)), "\n"); !slices.Equal(got, want) {
		t.Errorf("environment is\n%q, want\n%q", got, want)
	}
}

func TestBuildReuses(t *testing.T) {
	fx := newFixture(t)
	e := fx.experiment(t, "2", "3")
	first, _ := fx.build(t, e)
	calls := fx.calledFor(t, "build")
	// Nothing but the trees is needed to use them.
	for _, dir := range []string{"proxy", "home", "cache/gocache", "cache/sources/go1.99.1." + target("-") + ".zip"} {
		if err := os.RemoveAll(filepath.Join(fx.dir, dir)); err != nil {
			t.Fatal(err)
		}
	}
	before, after := fx.build(t, e)
	if !before.Reused || !after.Reused || before.Digest != first.Digest || before.Seconds != first.Seconds || fx.calledFor(t, "build") != calls {
		t.Errorf("built again: %+v, %+v", before, after)
	}
	other := fx.experiment(t, "2", "4")
	before, after = fx.build(t, other)
	if !before.Reused || after.Reused {
		t.Error("with another after series, only the after tree is to be built")
	}
}

// TestBuildReplacesDamaged damages a tree in each way there is. The other
// tree must be left alone.
func TestBuildReplacesDamaged(t *testing.T) {
	fx := newFixture(t)
	e := fx.experiment(t, "2", "3")
	tests := []struct {
		name, file string
		damage     func(path string) error
		log        string
	}{
		{"removed", "src/f.go", os.Remove, "src/f.go is missing"},
		{"added", "src/g.go", func(p string) error { return os.WriteFile(p, nil, 0o666) }, "src/g.go was added"},
		{"grown", "VERSION", alone(func(p string) error { return os.WriteFile(p, []byte("go1.99.1, mine"), 0o666) }), "VERSION has 14 bytes, not 25"},
		{"mode", "bin/go", alone(func(p string) error { return os.Chmod(p, 0o700) }), "bin/go has mode"},
		{"contents", "src/cmd/compile/gen.go", alone(func(p string) error { return os.WriteFile(p, []byte("package nain\n"), 0o666) }), "src/cmd/compile/gen.go has other contents"},
		{"program", "pkg/tool/" + target("_") + "/compile", alone(keepTime("compileR")), "pkg/tool/" + target("_") + "/compile has other contents"},
		{"linked", "src/f.go", func(p string) error { return errors.Join(os.Remove(p), os.Symlink("go.mod", p)) }, "src/f.go is not a plain file"},
		{"manifest", "../manifest.json", func(p string) error { return os.Truncate(p, 100) }, "manifest.json does not parse"},
	}
	fx.build(t, e)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			before, _ := fx.build(t, e)
			fx.logs = nil
			if err := test.damage(filepath.Join(before.GOROOT, filepath.FromSlash(test.file))); err != nil {
				t.Fatal(err)
			}
			again, after := fx.build(t, e)
			if again.Reused || !after.Reused || again.Digest == "" {
				t.Errorf("before reused: %t, after reused: %t; want the damaged one built again", again.Reused, after.Reused)
			}
			if !fx.logged("damaged", test.log) {
				t.Errorf("log is %q, want %q", fx.logs, test.log)
			}
			if err := again.Check(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

// alone damages a file of one tree and not those it is linked to.
func alone(damage func(path string) error) func(path string) error {
	return func(path string) error {
		return errors.Join(os.Rename(path, path+".shared"), copyFile(path+".shared", path), os.Remove(path+".shared"), damage(path))
	}
}

// TestBuildReplacesDamagedLayers damages a file that all trees share.
func TestBuildReplacesDamagedLayers(t *testing.T) {
	fx := newFixture(t)
	e := fx.experiment(t, "2", "3")
	before, _ := fx.build(t, e)
	if err := keepTime("compileR")(filepath.Join(before.GOROOT, "pkg", "tool", target("_"), "compile")); err != nil {
		t.Fatal(err)
	}
	before, after := fx.build(t, e)
	for side, tree := range map[string]*Tree{"before": before, "after": after} {
		if err := tree.Check(t.Context()); err != nil || tree.Reused || !fx.logged("the "+side+" tree", "damaged") {
			t.Errorf("%s: %v, reused: %t; log %q", side, err, tree.Reused, fx.logs)
		}
	}
	if !fx.logged("the base tree", "damaged") {
		t.Errorf("the base was not mended: %q", fx.logs)
	}
}

// keepTime changes the contents of a file and nothing else that shows.
func keepTime(content string) func(path string) error {
	return func(path string) error {
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
			return err
		}
		return os.Chtimes(path, info.ModTime(), info.ModTime())
	}
}

func TestCheckFindsWhatTheQuickCheckPassesOver(t *testing.T) {
	fx := newFixture(t)
	e := fx.experiment(t, "2", "3")
	before, _ := fx.build(t, e)
	source := filepath.Join(before.GOROOT, "src", "runtime", "mgc.go")
	if err := keepTime("package RUNTIME\n")(source); err != nil {
		t.Fatal(err)
	}
	if again, _ := fx.build(t, e); !again.Reused {
		t.Fatal("the quick check found it: then Check has nothing more to offer")
	}
	wantError(t, before.Check(t.Context()), "damaged", "src/runtime/mgc.go has other contents", "build again")
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// TestBuildSweepsLeftovers checks that what a killed process left is not taken
// for a tree.
func TestBuildSweepsLeftovers(t *testing.T) {
	fx := newFixture(t)
	e := fx.experiment(t, "2", "3")
	before, _ := fx.build(t, e)
	write(t, filepath.Dir(before.GOROOT), map[string]string{"goroot/src/stray.go": "", "manifest.json.partial": "{"})
	if err := os.Remove(filepath.Join(filepath.Dir(before.GOROOT), "manifest.json")); err != nil {
		t.Fatal(err)
	}
	again, _ := fx.build(t, e)
	if again.Reused {
		t.Error("a tree without manifest was used")
	}
	if stray := filepath.Join(again.GOROOT, "src/stray.go"); exists(stray) {
		t.Errorf("%s is still there", stray)
	}
}

func TestBuildInterrupted(t *testing.T) {
	fx := newFixture(t)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		waitFor(t, fx.calls+".sleeping")
		cancel()
	}()
	_, _, err := fx.Build(ctx, fx.experiment(t, "SLEEP", "3"))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
	for _, path := range fx.left(t) {
		if strings.Contains(path, "trees") && !exists(filepath.Join(path, "manifest.json")) {
			t.Errorf("left behind: %s", path)
		}
	}
}

// TestBuildTogether lets several processes, as far as locks can tell, build
// the same trees at once: one builds, the others wait and use its work.
func TestBuildTogether(t *testing.T) {
	fx := newFixture(t)
	e := fx.experiment(t, "2", "3")
	const builders = 4
	digests := make(chan string, builders)
	for range builders {
		go func() {
			_, after, err := fx.Build(t.Context(), e)
			if err != nil {
				t.Error(err)
				digests <- ""
				return
			}
			digests <- after.Digest
		}()
	}
	first := <-digests
	for range builders - 1 {
		if d := <-digests; d != first {
			t.Errorf("digests are %q and %q", first, d)
		}
	}
	if n := fx.calledFor(t, "build"); n != 2 {
		t.Errorf("%d builds, want 2", n)
	}
	if !fx.logged("waiting for another process") {
		t.Errorf("nobody waited: %q", fx.logs)
	}
}

func TestBuildErrors(t *testing.T) {
	tests := []struct {
		name   string
		change func(fx *fixture, e *Experiment)
		want   []string
	}{
		{"broken", func(fx *fixture, e *Experiment) { *e = *fx.experiment(t, "BROKEN", "3") },
			[]string{"before tree of x", "does not compile: src/f.go:2:5: syntax error (and 1 more)"}},
		{"broken after", func(fx *fixture, e *Experiment) { *e = *fx.experiment(t, "2", "BROKEN") },
			[]string{"after tree of x", "does not compile: src/f.go:2:5"}},
		{"full disk", func(fx *fixture, e *Experiment) { *e = *fx.experiment(t, "FULL", "3") },
			[]string{"no space left on device", "make room", "PATCHBENCH_CACHE"}},
		{"does not apply", func(fx *fixture, e *Experiment) {
			e.After[0].data = []byte(strings.Replace(goodPatch, "b = 1", "b = 2", 1))
		},
			[]string{"after tree of x", "after/0001.patch does not apply"}},
		{"no such release", func(fx *fixture, e *Experiment) { e.Base = "release:go1.99.2" },
			[]string{"experiment x", "downloading go1.99.2", "no such release"}},
		{"a line", func(fx *fixture, e *Experiment) { e.Base = "release:go1.99" },
			[]string{"no such release", "the first release of that line is go1.99.0"}},
		{"no release at all", func(fx *fixture, e *Experiment) { e.Base = "release:1.99" }, []string{"is no Go release"}},
		{"other base", func(fx *fixture, e *Experiment) { e.Base = "cvs:/x" }, []string{`unknown kind "cvs"`}},
		{"no network", func(fx *fixture, e *Experiment) { fx.Env = append(fx.Env, "GOPROXY=off") },
			[]string{"no network", "cache", "GOPROXY"}},
		{"no database", func(fx *fixture, e *Experiment) {
			fx.Env = append(fx.Env, "GOPROXY=file:///none,file://"+fx.dir+"/proxy")
		},
			[]string{"can't be verified", "GOSUMDB=off"}},
		{"no go", func(fx *fixture, e *Experiment) { fx.Go = "no-such-go" }, []string{"no-such-go is not in PATH"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			fx := newFixture(t)
			e := fx.experiment(t, "2", "3")
			test.change(fx, e)
			_, _, err := fx.Build(t.Context(), e)
			wantError(t, err, test.want...)
			for _, path := range fx.left(t) {
				if _, err := os.Stat(filepath.Join(path, "manifest.json")); err != nil && strings.Contains(path, "trees") {
					t.Errorf("left behind: %s", path)
				}
			}
		})
	}
}

func TestBuildNeedsGit(t *testing.T) {
	fx := newFixture(t)
	e := fx.experiment(t, "2", "3")
	var err error
	if fx.Go, err = lookPath(fx.Env, "go"); err != nil {
		t.Fatal(err)
	}
	fx.Env = append(fx.Env, "PATH="+t.TempDir())
	_, _, err = fx.Build(t.Context(), e)
	wantError(t, err, "git is not in PATH")
}

// TestBuildDamagedDownload checks that a zip that rots in the cache is
// downloaded again.
func TestBuildDamagedDownload(t *testing.T) {
	fx := newFixture(t)
	fx.build(t, fx.experiment(t, "2", "3"))
	if err := errors.Join(os.Truncate(fx.releasePath("go1.99.1", ".zip"), 100), os.RemoveAll(fx.Cache.path("trees"))); err != nil {
		t.Fatal(err)
	}
	before, _ := fx.build(t, fx.experiment(t, "4", "5"))
	if before.Reused || !fx.logged("damaged", "downloading it again") {
		t.Errorf("log is %q", fx.logs)
	}
}
