package toolchain

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// benchmark is compiled with each tree.
const benchmark = `package p

import "testing"

var sink *int

func BenchmarkAlloc(b *testing.B) {
	for i := 0; i < b.N; i++ {
		sink = new(int)
	}
}
`

// compileBenchmark compiles a test binary with t's go command as the
// measurement does, with files replaced by others for this build alone.
func compileBenchmark(t *testing.T, tree *Tree, goarch string, overlay map[string]string) string {
	t.Helper()
	dir, scratch := t.TempDir(), t.TempDir()
	replace, err := json.Marshal(map[string]any{"Replace": overlay})
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, map[string]string{"go.mod": "module example.invalid/p\n\ngo 1.16\n", "p_test.go": benchmark, "overlay.json": string(replace)})
	_, _, err = child{
		path: filepath.Join(tree.GOROOT, "bin", "go"),
		args: []string{"test", "-c", "-trimpath", "-ldflags=-buildid=", "-overlay", "overlay.json", "-o", "p.test", "."},
		dir:  dir,
		env:  append(tree.Environ(scratch), "GOARCH="+goarch),
	}.run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "p.test")
}

// reworded returns an overlay in which the collector's source has old
// replaced by new.
func reworded(t *testing.T, tree *Tree, old, new string) map[string]string {
	t.Helper()
	file := filepath.Join(tree.GOROOT, "src", "runtime", "mgc.go")
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(string(source), old) != 1 {
		t.Fatalf("%q is not in mgc.go once", old)
	}
	dir := t.TempDir()
	write(t, dir, map[string]string{"mgc.go": strings.Replace(string(source), old, new, 1)})
	return map[string]string{file: filepath.Join(dir, "mgc.go")}
}

// TestSeed builds the two trees of the first experiment from the real release
// and compares what they compile with each other, and with what the untouched
// release compiles. It takes minutes; the folder that PATCHBENCH_TEST_CACHE
// names keeps the trees for the next time, and for other tests.
func TestSeed(t *testing.T) {
	b := realBuilder(t)
	e, before, after := realSeed(t, b)
	if again, againAfter, err := b.Build(t.Context(), e); err != nil || !again.Reused || !againAfter.Reused {
		t.Fatalf("the trees were not used again: %v", err)
	}
	untouched := &Tree{GOROOT: filepath.Join(t.TempDir(), "goroot"), GOCACHE: t.TempDir()}
	if err := unpackRelease(t.Context(), b, "go1.16.15", untouched.GOROOT); err != nil {
		t.Fatal(err)
	}
	sizes := map[string]string{
		"amd64": "runtime.gcBgMarkWorker 1322→1258 (257→250), runtime.gcBgMarkWorker.func1 133→138 (29→31)",
		"arm64": "runtime.gcBgMarkWorker 1584→1568 (396→392), runtime.gcBgMarkWorker.func1 128→144 (32→36)",
	}
	for goarch, want := range sizes {
		t.Run(goarch, func(t *testing.T) {
			old, new := compileBenchmark(t, before, goarch, nil), compileBenchmark(t, after, goarch, nil)
			diff, err := CompareBinaries(old, new)
			if err != nil {
				t.Fatal(err)
			}
			if got := sizesOf(diff.Changed); diff.Kind != Code || got != want || diff.Moved < 100 || len(diff.Unproven) > 0 {
				t.Errorf("before and after: %s, changed %s, unproven %v, %d moved; want %s", diff.Kind, got, diff.Unproven, diff.Moved, want)
			}
			checkKind(t, "the release and after", compileBenchmark(t, untouched, goarch, nil), new, LineTables)
		})
	}
	t.Run("comments", func(t *testing.T) {
		const comment = "// gcBgMarkPrepare sets up state for background marking.\n"
		plain := compileBenchmark(t, after, "amd64", nil)
		other := compileBenchmark(t, after, "amd64", reworded(t, after, comment, "// gcBgMarkPrepare is for marking in the background.\n"))
		checkKind(t, "a comment reworded", plain, other, Identical)
		longer := compileBenchmark(t, after, "amd64", reworded(t, after, comment, comment+"// There is more to say.\n"))
		checkKind(t, "a comment line added", plain, longer, LineTables)
	})
}

// sizesOf lists functions with their bytes and instructions on both sides.
func sizesOf(changes []FunctionChange) string {
	var list []string
	for _, f := range changes {
		list = append(list, fmt.Sprintf("%s %d→%d (%d→%d)", f.Name, f.BeforeSize, f.AfterSize, f.BeforeInstructions, f.AfterInstructions))
	}
	return strings.Join(list, ", ")
}

// checkKind checks how two binaries differ that have the same code.
func checkKind(t *testing.T, what, before, after string, want Difference) {
	t.Helper()
	diff, err := CompareBinaries(before, after)
	if err != nil {
		t.Fatal(err)
	}
	if diff.Kind != want || len(diff.Changed) != 0 || diff.Moved != 0 {
		t.Errorf("%s: %s, changed %v, %d moved; want %s and no other code", what, diff.Kind, diff.Changed, diff.Moved, want)
	}
}

// unpackRelease puts an untouched release into dir.
func unpackRelease(ctx context.Context, b *Builder, version, dir string) error {
	r, err := b.release(ctx, version)
	if err != nil {
		return err
	}
	return b.unpack(ctx, r, dir)
}
