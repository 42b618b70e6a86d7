package toolchain

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestGorootSource(t *testing.T) {
	fx := newFixture(t)
	dir := filepath.Join(fx.dir, "mygo")
	write(t, dir, goFiles())
	sum := func() string {
		t.Helper()
		s, err := fx.source(t.Context(), "goroot:"+dir)
		if err != nil {
			t.Fatal(err)
		}
		if s.name() != "goroot:"+dir || s.complete() {
			t.Errorf("name %s, complete %t", s.name(), s.complete())
		}
		return s.sum()
	}
	plain := sum()
	if !strings.HasPrefix(plain, "sha256:") {
		t.Errorf("sum %s", plain)
	}
	write(t, dir, map[string]string{"bin/go": "x", "pkg/tool/x/compile": "x", ".git/HEAD": "x", "VERSION.cache": "x"})
	if got := sum(); got != plain {
		t.Error("what a build leaves counts as source")
	}
	s, err := fx.source(t.Context(), "goroot:"+dir)
	if err != nil {
		t.Fatal(err)
	}
	got := placed(t, s)
	id := strings.TrimPrefix(plain, "sha256:")[:10]
	if got["VERSION"] != "644 devel go1.21-"+id+"\n" || got["src/runtime/proc.go"] != "644 package runtime\n" || len(got) != len(goFiles())+1 {
		t.Errorf("placed %q", got)
	}

	write(t, dir, map[string]string{"src/runtime/proc.go": "package runtime // edited\n"})
	if sum() == plain {
		t.Error("an edit does not change the sum")
	}
	err = s.place(t.Context(), t.TempDir())
	checkError(t, err, "changed while it was copied")
	write(t, dir, map[string]string{"src/runtime/proc.go": "package runtime\n"})
	if err := os.Chmod(filepath.Join(dir, "src", "make.bash"), 0o755); err != nil {
		t.Fatal(err)
	}
	if sum() == plain {
		t.Error("a mode does not change the sum")
	}
}

func TestGorootSourceErrors(t *testing.T) {
	fx := newFixture(t)
	linked := filepath.Join(fx.dir, "linked")
	write(t, linked, goFiles())
	if err := os.Symlink("/etc/passwd", filepath.Join(linked, "src", "runtime", "link.go")); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(fx.dir, "other"), map[string]string{"README": "not Go"})
	for dir, want := range map[string]string{
		"nowhere": "no such folder",
		"other":   "src/make.bash is missing",
		"linked":  "neither a plain file nor a folder",
	} {
		_, err := fx.source(t.Context(), "goroot:"+filepath.Join(fx.dir, dir))
		checkError(t, err, want, "base goroot:")
	}
}
