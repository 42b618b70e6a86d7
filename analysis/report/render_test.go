package report

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"

	"patchbench/analysis"
)

var (
	update = flag.Bool("update", false, "rewrite the golden files")
	keep   = flag.String("keep", "", "write the fabricated reports into this folder, to look at")
)

// writers are the two ways to write a report, by the ending of its name.
var writers = map[string]func(io.Writer, *analysis.Analysis) error{"md": Markdown, "html": HTML}

// render writes the report of a and fails the test if that fails.
func render(t *testing.T, write func(io.Writer, *analysis.Analysis) error, a *analysis.Analysis) []byte {
	t.Helper()
	var page bytes.Buffer
	if err := write(&page, a); err != nil {
		t.Fatal(err)
	}
	return page.Bytes()
}

func TestGolden(t *testing.T) {
	for name, a := range fabricated() {
		for ending, write := range writers {
			golden(t, name+"."+ending, render(t, write, a))
		}
	}
}

// golden compares got with a file of testdata, or makes it so with -update.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		line := 1
		for i := range min(len(got), len(want)) {
			if got[i] != want[i] {
				break
			}
			if got[i] == '\n' {
				line++
			}
		}
		t.Errorf("%s differs from line %d on; if that is meant, run the test with -update", path, line)
	}
}

// TestKeep writes every fabricated report where -keep says.
func TestKeep(t *testing.T) {
	if *keep == "" {
		t.Skip("no -keep folder given")
	}
	for name, a := range fabricated() {
		for ending, write := range writers {
			if err := os.WriteFile(filepath.Join(*keep, name+"."+ending), render(t, write, a), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}
