package toolchain

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// addRelease puts another release into the fixture's proxy: go1.99.2, with
// some files instead of those of go1.99.1.
func (fx *fixture) addRelease(t *testing.T, replace map[string]string) {
	t.Helper()
	at := filepath.Join(fx.dir, "proxy", "golang.org", "toolchain", "@v")
	old, next := "v0.0.1-go1.99.1."+target("-"), "v0.0.1-go1.99.2."+target("-")
	write(t, at, map[string]string{
		next + ".info": fmt.Sprintf(`{"Version":%q,"Time":"2020-01-01T00:00:00Z"}`, next),
		next + ".mod":  "module golang.org/toolchain\n",
	})
	from, err := zip.OpenReader(filepath.Join(at, old+".zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	out, err := os.Create(filepath.Join(at, next+".zip"))
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(out)
	for _, file := range from.File {
		_, name, _ := strings.Cut(file.Name, old+"/")
		r, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if text, ok := replace[name]; ok {
			data = []byte(text)
		}
		w, err := z.Create("golang.org/toolchain@" + next + "/" + name)
		if err == nil {
			_, err = w.Write(data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(z.Close(), out.Close()); err != nil {
		t.Fatal(err)
	}
}

const (
	oldBase = `base = "release:go1.99.1" # the newest`
	newBase = `base = "release:go1.99.2" # the newest`
)

// checkCarried checks that the experiment is on the new base, with a source
// that ends like this, and that its fork says nothing else.
func (fx *forkFixture) checkCarried(t *testing.T, source string) {
	t.Helper()
	toml := files(t, fx.patches)["x/experiment.toml"]
	if !strings.Contains(toml, newBase) || !strings.HasPrefix(toml, "# Why.\n") {
		t.Errorf("experiment.toml is %q", toml)
	}
	after := files(t, fx.patches)
	if did := fx.save(t); len(did) != 0 || !maps.Equal(after, files(t, fx.patches)) {
		t.Errorf("saving again did %q", did)
	}
	if err := os.RemoveAll(fx.forkPath("x", "")); err != nil {
		t.Fatal(err)
	}
	if got := readSource(t, fx.fork(t)); got != source {
		t.Errorf("source is %q, want %q", got, source)
	}
}

func TestRebase(t *testing.T) {
	fx := newForkFixture(t)
	fx.addRelease(t, map[string]string{"src/f.go": "// One more\n// and one.\npackage f\nvar a = 1\nvar b = 1\n"})
	did, err := fx.Rebase(t.Context(), fx.patches, "x", "release:go1.99.2")
	if err != nil {
		t.Fatal(err)
	}
	if len(did) < 2 || did[0] != "base is now release:go1.99.2" || !slices.Contains(did, "wrote before/0001-b.patch") && !slices.Contains(did, "wrote before/0001-release-f-set-a-to-2.patch") {
		t.Errorf("did %q", did)
	}
	fx.checkCarried(t, "// One more\n// and one.\npackage f\nvar a = 3\nvar b = 2\n")
}

// TestRebaseDropsContained checks that patches which the new base contains are
// left out of the side they were on, and that an experiment of which nothing
// is left stays as it was.
func TestRebaseDropsContained(t *testing.T) {
	fx := newForkFixture(t)
	fx.addRelease(t, map[string]string{"src/f.go": "package f\nvar a = 2\nvar b = 1\n"})
	if _, err := fx.Rebase(t.Context(), fx.patches, "x", "release:go1.99.2"); err != nil {
		t.Fatal(err)
	}
	if !fx.logged("1 patch dropped", "already contains") {
		t.Error("nothing was said of the patch that was dropped")
	}
	e, err := LoadExperiment(fx.patches, "x")
	if err != nil || len(e.Before) != 0 || len(e.After) != 2 {
		t.Errorf("%d and %d patches (%v), want 0 and 2", len(e.Before), len(e.After), err)
	}
	fx.checkCarried(t, "package f\nvar a = 3\nvar b = 2\n")

	fx = newForkFixture(t)
	fx.addRelease(t, map[string]string{"src/f.go": "package f\nvar a = 3\nvar b = 1\n"})
	if err := errors.Join(os.RemoveAll(filepath.Join(fx.patches, "x", "before")), os.Remove(filepath.Join(fx.patches, "x", "after", "plain.patch"))); err != nil {
		t.Fatal(err)
	}
	write(t, fx.patches, map[string]string{"x/after/0001-c.patch": mailOf("s", "var a = 1", "var a = 3")})
	fx.fork(t)
	before, head := files(t, fx.patches), fx.user(t, "rev-parse", "HEAD")
	_, err = fx.Rebase(t.Context(), fx.patches, "x", "release:go1.99.2")
	wantError(t, err, "carrying x to release:go1.99.2", "already contains all of the after series")
	if !maps.Equal(before, files(t, fx.patches)) || fx.user(t, "rev-parse", "HEAD") != head || fx.user(t, "status", "--porcelain") != "" {
		t.Error("something has changed")
	}
	if did := fx.save(t); len(did) != 0 {
		t.Errorf("saving did %q", did)
	}
}

func TestRebaseConflict(t *testing.T) {
	const other = "package f\nvar a = 1\nvar b = 7\n"
	carry := func(t *testing.T) *forkFixture {
		fx := newForkFixture(t)
		fx.addRelease(t, map[string]string{"src/f.go": other})
		before := files(t, fx.patches)
		_, err := fx.Rebase(t.Context(), fx.patches, "x", "release:go1.99.2")
		conflict, ok := errors.AsType[*Conflict](err)
		if !ok || conflict.Dir != fx.forkPath("x", "") || !slices.Equal(conflict.Files, []string{"src/f.go"}) {
			t.Fatalf("got %v", err)
		}
		wantError(t, err, "carrying x to release:go1.99.2", "src/f.go", "git rebase --continue", "fork --save")
		if !maps.Equal(before, files(t, fx.patches)) {
			t.Error("the experiment has changed")
		}
		_, err = fx.Rebase(t.Context(), fx.patches, "x", "release:go1.99.2")
		wantError(t, err, "in the middle of a rebase")
		_, err = fx.SaveFork(t.Context(), fx.patches, "x")
		wantError(t, err, "in the middle of a rebase")
		return fx
	}
	t.Run("resolved", func(t *testing.T) {
		fx := carry(t)
		for _, text := range []string{"var a = 2\nvar b = 7\n", "var a = 3\nvar b = 7\n", "var a = 3\nvar b = 8\n"} {
			write(t, fx.forkPath("x", ""), map[string]string{"src/f.go": "package f\n" + text})
			fx.user(t, "add", "-A")
			// It ends with an error at the next conflict.
			if out, err := fx.try("rebase", "--continue"); err != nil {
				t.Log(out)
			}
		}
		if did := fx.save(t); len(did) == 0 || did[0] != "base is now release:go1.99.2" {
			t.Errorf("did %q", did)
		}
		e, err := LoadExperiment(fx.patches, "x")
		if err != nil || len(e.Before) != 1 {
			t.Errorf("%d patches before (%v), want 1", len(e.Before), err)
		}
		fx.checkCarried(t, readSource(t, fx.forkPath("x", "")))
	})
	t.Run("given up", func(t *testing.T) {
		fx := carry(t)
		fx.user(t, "rebase", "--abort")
		if did := fx.save(t); len(did) != 0 || !strings.Contains(files(t, fx.patches)["x/experiment.toml"], oldBase) {
			t.Errorf("did %q", did)
		}
	})
}

func TestRebaseErrors(t *testing.T) {
	tests := []struct {
		name   string
		change func(*testing.T, *forkFixture)
		want   string
	}{
		{"uncommitted", func(t *testing.T, fx *forkFixture) { fx.edit(t, "var b", "var c") }, "uncommitted edits"},
		{"experiment changed", func(t *testing.T, fx *forkFixture) {
			write(t, fx.patches, map[string]string{"x/after/zzz.patch": mailOf("z", "var a = 3", "var a = 4")})
		}, "has changed since the fork"},
		{"no such base", func(t *testing.T, fx *forkFixture) {}, "go1.99.2"},
		{"no after series", func(t *testing.T, fx *forkFixture) { fx.user(t, "reset", "-q", "--hard", "before") }, "no after series yet"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			fx := newForkFixture(t)
			fx.fork(t)
			test.change(t, fx)
			source := readSource(t, fx.forkPath("x", ""))
			_, err := fx.Rebase(t.Context(), fx.patches, "x", "release:go1.99.2")
			wantError(t, err, "carrying x to release:go1.99.2", test.want)
			if readSource(t, fx.forkPath("x", "")) != source {
				t.Error("the fork has changed")
			}
		})
	}
}
