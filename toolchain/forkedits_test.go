package toolchain

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWithFork(t *testing.T) {
	tests := []struct {
		name    string
		change  func(*testing.T, *forkFixture)
		note    []string // none when the experiment is taken as it is
		source  string   // of the after side
		subject string   // of its last patch
	}{
		{"no fork", func(t *testing.T, fx *forkFixture) {
			if err := os.RemoveAll(fx.forkPath("x", "")); err != nil {
				t.Fatal(err)
			}
		}, nil, "package f\nvar a = 3\nvar b = 2\n", "plain.patch"},
		{"nothing new", func(t *testing.T, fx *forkFixture) {}, nil, "package f\nvar a = 3\nvar b = 2\n", "plain.patch"},
		{"leavings of an editor", func(t *testing.T, fx *forkFixture) {
			write(t, fx.forkPath("x", ""), map[string]string{"src/f.go~": "x", "src/.f.go.swp": "x"})
		}, nil, "package f\nvar a = 3\nvar b = 2\n", "plain.patch"},
		{"edited", func(t *testing.T, fx *forkFixture) { fx.edit(t, "var b = 2", "var b = 3") },
			[]string{"uncommitted edits (src/f.go) of the fork"}, "package f\nvar a = 3\nvar b = 3\n", editsSubject},
		{"staged and new", func(t *testing.T, fx *forkFixture) {
			fx.edit(t, "var b = 2", "var b = 3")
			fx.user(t, "add", "-A")
			write(t, fx.forkPath("x", ""), map[string]string{"src/n.go": "package f\n"})
		}, []string{"uncommitted edits (src/f.go and 1 more)"}, "package f\nvar a = 3\nvar b = 3\n", editsSubject},
		{"committed", func(t *testing.T, fx *forkFixture) {
			fx.edit(t, "var b = 2", "var b = 4")
			fx.user(t, "commit", "-qam", "f: set b to 4")
		}, []string{"with commits that are not saved of the fork"}, "package f\nvar a = 3\nvar b = 4\n", "f: set b to 4"},
		{"tag moved", func(t *testing.T, fx *forkFixture) { fx.user(t, "tag", "-f", "before", "base") },
			[]string{"commits that are not saved"}, "package f\nvar a = 3\nvar b = 2\n", "plain.patch"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			fx := newForkFixture(t)
			fx.fork(t)
			test.change(t, fx)
			e, err := LoadExperiment(fx.patches, "x")
			if err != nil {
				t.Fatal(err)
			}
			root := fx.forkPath("x", "")
			if test.name == "no fork" {
				root = t.TempDir()
			}
			before := workFiles(t, root)
			forked, note, err := fx.WithFork(t.Context(), e)
			if err != nil {
				t.Fatal(err)
			}
			if (len(test.note) == 0) != (forked == e && note == "") || len(test.note) > 0 && !strings.Contains(forked.Title, ", with ") {
				t.Errorf("note is %q, title %q", note, forked.Title)
			}
			for _, phrase := range test.note {
				if !strings.Contains(note, phrase) {
					t.Errorf("note is %q, want %q in it", note, phrase)
				}
			}
			if len(test.note) > 0 && forked.Digest() == e.Digest() && test.name != "tag moved" {
				t.Error("the digest is that of the experiment as it was saved")
			}
			_, after := fx.build(t, forked)
			if got := readSource(t, after.GOROOT); got != test.source {
				t.Errorf("the after side is %q, want %q", got, test.source)
			}
			if got := after.Series[len(after.Series)-1].Subject; got != test.subject {
				t.Errorf("the last patch is %q, want %q", got, test.subject)
			}
			if _, err := os.Stat(filepath.Join(after.GOROOT, "src", "n.go")); (err == nil) != (test.name == "staged and new") {
				t.Errorf("n.go: %v", err)
			}
			if !maps.Equal(workFiles(t, root), before) {
				t.Error("the work tree has changed")
			}
		})
	}
}

// workFiles reads all files of a work tree but the repository.
func workFiles(t *testing.T, root string) map[string]string {
	t.Helper()
	found := files(t, root)
	maps.DeleteFunc(found, func(name, _ string) bool { return strings.HasPrefix(name, ".git/") })
	return found
}

func TestWithForkErrors(t *testing.T) {
	tests := []struct {
		name   string
		change func(*testing.T, *forkFixture)
		want   string
	}{
		{"rebasing", func(t *testing.T, fx *forkFixture) {
			fx.user(t, "-c", "sequence.editor=sed -i 1s/pick/edit/", "rebase", "-q", "-i", "before")
		}, "in the middle of a rebase"},
		{"both changed", func(t *testing.T, fx *forkFixture) {
			fx.edit(t, "var b", "var c")
			write(t, fx.patches, map[string]string{"x/after/zzz.patch": mailOf("z", "var a = 3", "var a = 4")})
		}, "has changed since the fork was made"},
		{"nothing after", func(t *testing.T, fx *forkFixture) { fx.user(t, "reset", "-q", "--hard", "before") }, "no after series"},
		{"a link", func(t *testing.T, fx *forkFixture) {
			if err := os.Symlink("f.go", filepath.Join(fx.forkPath("x", ""), "src", "l.go")); err != nil {
				t.Fatal(err)
			}
		}, "makes a link"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			fx := newForkFixture(t)
			fx.fork(t)
			test.change(t, fx)
			e, err := LoadExperiment(fx.patches, "x")
			if err != nil {
				t.Fatal(err)
			}
			_, _, err = fx.WithFork(t.Context(), e)
			wantError(t, err, "taking x from its fork", test.want)
		})
	}
}

// TestWithForkOfOtherSeries checks that a fork without work of its own is no
// hindrance once the experiment has moved on.
func TestWithForkOfOtherSeries(t *testing.T) {
	fx := newForkFixture(t)
	fx.fork(t)
	if err := os.Remove(filepath.Join(fx.patches, "x", "after", "plain.patch")); err != nil {
		t.Fatal(err)
	}
	e, err := LoadExperiment(fx.patches, "x")
	if err != nil {
		t.Fatal(err)
	}
	if got, note, err := fx.WithFork(t.Context(), e); got != e || !strings.HasSuffix(note, "was made from other patches and is not used") || err != nil {
		t.Errorf("got note %q, %v", note, err)
	}
	fx.fork(t)
	if !fx.logged("not those that this fork was made from") {
		t.Error("nothing was said of the fork that is behind")
	}
}
