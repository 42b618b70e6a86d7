package bench

import (
	"os"
	"path/filepath"
	"testing"

	"patchbench/toolchain"
)

func TestPackageOf(t *testing.T) {
	for _, test := range []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"plain", map[string]string{"a.go": "package codec\n"}, "codec"},
		{"only a test from outside", map[string]string{"a_test.go": "package codec_test\n"}, "codec"},
		{"a name with _test", map[string]string{"a.go": "package codec_test\n"}, "codec_test"},
		{"comments and constraints", map[string]string{"a.go": "//go:build x\n\n// Package p.\npackage p // here\n"}, "p"},
		{"documentation", map[string]string{"a.go": "package documentation\n", "b.go": "package p\n"}, "p"},
		{"a broken file first", map[string]string{"a.go": "pakcage x\n", "b.go": "package p\n"}, "p"},
		{"none", map[string]string{"a.txt": "package p\n"}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, text := range test.files {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			got, err := packageOf(dir)
			if got != test.want || (err == nil) != (test.want != "") {
				t.Errorf("got %q, %v, want %q", got, err, test.want)
			}
		})
	}
}

func TestReporter(t *testing.T) {
	c := &Compiler{Cache: &toolchain.Cache{Dir: t.TempDir()}}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.go"), []byte("package codec\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	first, err := c.reporter(dir)
	if err != nil {
		t.Fatal(err)
	}
	path := first[filepath.Join(dir, metricsFile)]
	if name, err := packageOf(filepath.Dir(path)); err != nil || name != "codec" {
		t.Errorf("the file is of package %q (%v), want codec_test", name, err)
	}
	// Another compilation finds it where it was: its path is compiled in.
	if again, err := c.reporter(dir); err != nil || again[filepath.Join(dir, metricsFile)] != path {
		t.Errorf("again: %v, %v", again, err)
	}
	for _, test := range []struct {
		pkg     string
		program bool
		version string
		want    bool
	}{
		{"programs/storm", false, "go1.26.9", true},
		{"std/encoding/json", false, "go1.20", true},
		{"std/encoding/json", false, "go1.16.15", false},
		{"modules/btree/github.com/google/btree", false, "go1.26.9", false},
		{"modules/x/golang.org/x/benchmarks/json", true, "go1.26.9", false},
		{"cmd/compile", true, "go1.26.9", false},
	} {
		if got := reports(test.pkg, test.program, test.version); got != test.want {
			t.Errorf("reports(%q, %v, %q) = %v", test.pkg, test.program, test.version, got)
		}
	}
}
