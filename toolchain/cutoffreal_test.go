package toolchain

import (
	"crypto/sha256"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// compileCutoff compiles a test binary of package errors with t's go command
// and an empty build cache, and returns its digest. If objects is not nil it is
// where the cutoff keeps what the compiler wrote.
func compileCutoff(t *testing.T, tree *Tree, goarch string, objects *Cache) [sha256.Size]byte {
	t.Helper()
	scratch := t.TempDir()
	if err := MakeScratch(scratch); err != nil {
		t.Fatal(err)
	}
	args := []string{"test", "-c", "-trimpath", "-ldflags=-buildid=", "-vet=off"}
	env := append(tree.Environ(scratch), "GOARCH="+goarch, "GOCACHE="+filepath.Join(scratch, "gocache"))
	if objects != nil {
		self, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		flags, variables := objects.CutoffFlags(self)
		args, env = append(args, flags...), append(env, variables...)
	}
	_, _, err := child{
		path: filepath.Join(tree.GOROOT, "bin", "go"),
		args: append(args, "-o", "errors.test", "errors"),
		dir:  scratch,
		env:  env,
	}.run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	binary, err := os.ReadFile(filepath.Join(scratch, "errors.test"))
	if err != nil {
		t.Fatal(err)
	}
	return sha256.Sum256(binary)
}

// kept returns the objects in a cache, by name.
func kept(t *testing.T, objects *Cache) map[string]bool {
	t.Helper()
	paths, err := filepath.Glob(objects.path("objects", "??", "*"))
	if err != nil {
		t.Fatal(err)
	}
	names := make(map[string]bool)
	for _, path := range paths {
		names[filepath.Base(path)] = true
	}
	return names
}

// TestCutoffReal compiles a real program with both trees of the first
// experiment. With the cutoff, and all but the runtime delivered by it, the
// program must be the one that the go command makes without.
func TestCutoffReal(t *testing.T) {
	b := realBuilder(t)
	e, err := LoadExperiment(filepath.Join("..", "patches"), "mark-worker-preemption")
	if err != nil {
		t.Fatal(err)
	}
	before, after, err := b.Build(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	for _, goarch := range []string{"amd64", "arm64"} {
		t.Run(goarch, func(t *testing.T) {
			objects := &Cache{Dir: t.TempDir()}
			cold := compileCutoff(t, before, goarch, objects)
			first := kept(t, objects)
			if len(first) < 30 {
				t.Fatalf("%d objects kept, of a program with more packages", len(first))
			}
			warm := compileCutoff(t, after, goarch, objects)
			second := kept(t, objects)
			if plain := compileCutoff(t, after, goarch, nil); warm != plain {
				t.Errorf("the program is %x with the cutoff, %x without", warm, plain)
			}
			if warm == cold {
				t.Error("the program is that of the other tree")
			}
			maps.DeleteFunc(second, func(name string, _ bool) bool { return first[name] })
			if len(second) != 1 {
				t.Errorf("compiled again: %d packages, want the runtime alone: %v", len(second), slices.Collect(maps.Keys(second)))
			}
		})
	}
}
