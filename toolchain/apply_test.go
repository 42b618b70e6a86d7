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

// TestApplyKinds checks what a patch may hold beside changed lines.
func TestApplyKinds(t *testing.T) {
	tests := []struct {
		name, patch string
		want        map[string]string // files below src; "" for one that is gone
	}{
		{"binary", "diff --git a/src/b.bin b/src/b.bin\nindex 20b5be91886d0b6f26dc98a225c0dac05fe2c86e..88f37001cec36655decf891d4244853aaa51a00a 100644\nGIT binary patch\nliteral 3\nKcmYdfNCp4_i2%g_\n\nliteral 3\nKcmYdfNCE%>hycU@\n\n", map[string]string{"b.bin": "a\x00c"}},
		{"rename", "diff --git a/src/g.go b/src/h.go\nsimilarity index 100%\nrename from src/g.go\nrename to src/h.go\n", map[string]string{"h.go": "one\r\ntwo\r\n", "g.go": ""}},
		{"rename with change", "diff --git a/src/g.go b/src/h i.go\nsimilarity index 50%\nrename from src/g.go\nrename to src/h i.go\n--- a/src/g.go\n+++ b/src/h i.go\t\n@@ -1,2 +1,2 @@\n one\r\n-two\r\n+2\r\n", map[string]string{"h i.go": "one\r\n2\r\n", "g.go": ""}},
		{"copy", "diff --git a/src/g.go b/src/h.go\nsimilarity index 100%\ncopy from src/g.go\ncopy to src/h.go\n", map[string]string{"h.go": "one\r\ntwo\r\n", "g.go": "one\r\ntwo\r\n"}},
		{"mode", "diff --git a/src/g.go b/src/g.go\nold mode 100644\nnew mode 100755\n", map[string]string{"g.go": "one\r\ntwo\r\n"}},
		{"file with carriage returns", "--- a/src/g.go\n+++ b/src/g.go\n@@ -1,2 +1,2 @@\n one\r\n-two\r\n+2\r\n", map[string]string{"g.go": "one\r\n2\r\n"}},
		{"no newline any more", "--- a/src/u.go\n+++ b/src/u.go\n@@ -1 +1 @@\n-one\n+one\n\\ No newline at end of file\n", map[string]string{"u.go": "one"}},
		{"deletion", "diff --git a/src/u.go b/src/u.go\ndeleted file mode 100644\n--- a/src/u.go\n+++ /dev/null\n@@ -1 +0,0 @@\n-one\n", map[string]string{"u.go": ""}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			root := t.TempDir()
			a := newApplier(t, root)
			write(t, root, map[string]string{"src/g.go": "one\r\ntwo\r\n", "src/u.go": "one\n", "src/b.bin": "a\x00b"})
			p, err := newPatch("after/1.patch", []byte(test.patch))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := a.apply(t.Context(), p); err != nil {
				t.Fatal(err)
			}
			for name, want := range test.want {
				if data, err := os.ReadFile(filepath.Join(root, "src", name)); string(data) != want || (want == "") != os.IsNotExist(err) {
					t.Errorf("%s is %q (%v), want %q", name, data, err, want)
				}
			}
			if info, err := os.Stat(filepath.Join(root, "src", "g.go")); test.name == "mode" && (err != nil || info.Mode()&0o100 == 0) {
				t.Errorf("mode is %v (%v), want run bits", info, err)
			}
		})
	}
}

// TestApplyTwice checks that what the source contains already is told.
func TestApplyTwice(t *testing.T) {
	for name, patch := range map[string]string{
		"change":   goodPatch,
		"new file": "diff --git a/src/n.go b/src/n.go\nnew file mode 100644\n--- /dev/null\n+++ b/src/n.go\n@@ -0,0 +1 @@\n+x\n",
		"mailed":   strings.ReplaceAll(goodPatch, "\n", "\r\n"),
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			a := newApplier(t, root)
			p, err := newPatch("after/1.patch", []byte(patch))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := a.apply(t.Context(), p); err != nil {
				t.Fatal(err)
			}
			_, err = a.apply(t.Context(), p)
			wantError(t, err, "after/1.patch does not apply", "already contains it")
		})
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
