package toolchain

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// newApplier returns an applier for a tree with src/f.go in it: a package
// clause, variables a and b, and twenty numbered comments.
func newApplier(t *testing.T, root string) applier {
	t.Helper()
	git, err := lookPath(os.Environ(), "git")
	if err != nil {
		t.Fatal(err)
	}
	var source strings.Builder
	source.WriteString("package f\nvar a = 1\nvar b = 1\n")
	for i := range 20 {
		fmt.Fprintf(&source, "// %d\n", i)
	}
	write(t, root, map[string]string{"src/f.go": source.String()})
	return applier{git: git, root: root, scratch: t.TempDir()}
}

func patchOf(diff string) Patch { return Patch{File: "after/1.patch", data: []byte(diff)} }

func readSource(t *testing.T, root string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, "src", "f.go"))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestApply(t *testing.T) {
	root := t.TempDir()
	applied, err := newApplier(t, root).apply(t.Context(), patchOf(goodPatch))
	if err != nil {
		t.Fatal(err)
	}
	if got := readSource(t, root); !strings.Contains(got, "var a = 2") || len(applied.Offsets) != 0 {
		t.Errorf("source is %q, offsets are %v", got, applied.Offsets)
	}
}

func TestApplyReportsOffsets(t *testing.T) {
	root := t.TempDir()
	applied, err := newApplier(t, root).apply(t.Context(), patchOf(`diff --git a/src/f.go b/src/f.go
--- a/src/f.go
+++ b/src/f.go
@@ -1,4 +1,4 @@
 package f
-var a = 1
+var a = 2
 var b = 1
 // 0
@@ -8,3 +8,3 @@
 // 7
-// 8
+// eight
 // 9
@@ -18,3 +18,3 @@
 // 13
-// 14
+// fourteen
 // 15
`))
	if err != nil {
		t.Fatal(err)
	}
	want := "[src/f.go hunk 2: 3 lines later src/f.go hunk 3: 1 line earlier]"
	if got := fmt.Sprint(applied.Offsets); got != want {
		t.Errorf("offsets are %s, want %s", got, want)
	}
}

// TestApplyInsideRepository checks that a repository around the tree does not
// keep git from applying the patch, as it does by default.
func TestApplyInsideRepository(t *testing.T) {
	outer := t.TempDir()
	root := filepath.Join(outer, "deep", "goroot")
	a := newApplier(t, root)
	cmd := exec.Command(a.git, "init", "-q", outer)
	cmd.Env = []string{"GIT_CONFIG_NOSYSTEM=1", "HOME=" + a.scratch}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if _, err := a.apply(t.Context(), patchOf(goodPatch)); err != nil {
		t.Fatal(err)
	}
	if got := readSource(t, root); !strings.Contains(got, "var a = 2") {
		t.Errorf("patch was passed over: %q", got)
	}
}

func TestApplyErrors(t *testing.T) {
	replace := func(old, new string) string { return strings.Replace(goodPatch, old, new, 1) }
	tests := []struct {
		name, patch string
		want        []string
	}{
		{"other context", replace(" var b = 1", " var b = 7"),
			[]string{"after/1.patch does not apply", "src/f.go hunk 1", `line 3 should be "var b = 7" but is "var b = 1"`, "rebase"}},
		{"moved context", replace("@@ -1,3 +1,3 @@\n package f\n-var a = 1\n+var a = 2\n var b = 1\n", "@@ -2,3 +2,3 @@\n // 4\n-// five\n+// V\n // 6\n"),
			[]string{"hunk 1", `line 9 should be "// five" but is "// 5"`}},
		{"beyond the end", replace("@@ -1,3 +1,3 @@\n package f\n-var a = 1\n+var a = 2\n var b = 1\n", "@@ -22,3 +22,3 @@\n // 18\n-// 19\n+// XIX\n // 20\n"),
			[]string{`should be "// 20" but is`}},
		{"no such file", strings.ReplaceAll(goodPatch, "src/f.go", "src/g.go"),
			[]string{"after/1.patch does not apply", "src/g.go: No such file or directory"}},
		{"through a link", strings.ReplaceAll(goodPatch, "src/f.go", "link/f.go"), []string{"leads through a link"}},
		{"out of the tree", strings.ReplaceAll(goodPatch, "src/f.go", "../f.go"), []string{"leads out of the tree"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			root := t.TempDir()
			a := newApplier(t, root)
			if err := os.Symlink("src", filepath.Join(root, "link")); err != nil {
				t.Fatal(err)
			}
			before := readSource(t, root)
			_, err := a.apply(t.Context(), patchOf(test.patch))
			wantError(t, err, test.want...)
			if readSource(t, root) != before {
				t.Error("a patch that failed has changed the source")
			}
		})
	}
}
