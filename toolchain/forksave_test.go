package toolchain

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestSaveFork checks that each change of the fork's commits changes what it
// must of the experiment's files, and no byte more.
func TestSaveFork(t *testing.T) {
	tests := []struct {
		name   string
		change func(*testing.T, *forkFixture)
		want   []string
	}{
		{"nothing", func(t *testing.T, fx *forkFixture) {}, nil},
		{"the same commits again", func(t *testing.T, fx *forkFixture) {
			fx.user(t, "rebase", "--force-rebase", "before")
		}, nil},
		{"one more", func(t *testing.T, fx *forkFixture) {
			fx.edit(t, "var b = 2", "var b = 3")
			fx.user(t, "commit", "-qam", "[f] set b: to 3\n\nText.")
		}, []string{"wrote after/0001-release-f-set-a-to-3.patch", "wrote after/0002-plain.patch", "wrote after/0003-f-set-b-to-3.patch", "removed after/0001-c.patch", "removed after/plain.patch"}},
		{"last amended", func(t *testing.T, fx *forkFixture) {
			fx.edit(t, "var b = 2", "var b = 3")
			fx.user(t, "commit", "-qa", "--amend", "-mf: set b to 3")
		}, []string{"wrote after/0002-f-set-b-to-3.patch", "removed after/plain.patch"}},
		{"last dropped", func(t *testing.T, fx *forkFixture) {
			fx.user(t, "reset", "-q", "--hard", "HEAD~1")
		}, []string{"removed after/plain.patch"}},
		{"all on before's side but one", func(t *testing.T, fx *forkFixture) {
			fx.user(t, "tag", "-f", "before", "HEAD~1")
		}, []string{"wrote before/0002-release-f-set-a-to-3.patch", "removed after/0001-c.patch"}},
		{"no before series", func(t *testing.T, fx *forkFixture) {
			fx.user(t, "tag", "-f", "before", "base")
		}, nil},
		{"detached", func(t *testing.T, fx *forkFixture) {
			fx.user(t, "checkout", "-q", "--detach", "HEAD~1")
		}, []string{"removed after/plain.patch"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			fx := newForkFixture(t)
			fx.fork(t)
			before := files(t, fx.patches)
			test.change(t, fx)
			did := fx.save(t)
			if test.want != nil && !slices.Equal(did, test.want) {
				t.Errorf("did %q, want %q", did, test.want)
			}
			after := files(t, fx.patches)
			if test.want == nil && len(did) == 0 && !maps.Equal(before, after) {
				t.Error("files have changed")
			}
			if again := fx.save(t); len(again) != 0 || !maps.Equal(files(t, fx.patches), after) {
				t.Errorf("saving again did %q", again)
			}
			// What was saved makes the source the fork has.
			source := readSource(t, fx.forkPath("x", ""))
			if err := os.RemoveAll(fx.forkPath("x", "")); err != nil {
				t.Fatal(err)
			}
			if got := readSource(t, fx.fork(t)); got != source {
				t.Errorf("the fork had %q, what was saved makes %q", source, got)
			}
		})
	}
}

func TestSaveForkFormat(t *testing.T) {
	fx := newForkFixture(t)
	fx.fork(t)
	fx.edit(t, "var b = 2", "var b = 3")
	fx.user(t, "commit", "-qa", "--amend", "--date=2020-03-03T10:00:00+0100", "--author=Zoë <z@example.invalid>", "-mf: set b to drei\n\nWhy.")
	fx.save(t)
	const want = `From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001
From: =?UTF-8?q?Zo=C3=AB?= <z@example.invalid>
Date: Tue, 3 Mar 2020 10:00:00 +0100
Subject: [PATCH] f: set b to drei

Why.
---
 src/f.go | 2 +-
 1 file changed, 1 insertion(+), 1 deletion(-)

diff --git a/src/f.go b/src/f.go
index fb9ed10e6d59..1b7d6d3a4f3c 100644
--- a/src/f.go
+++ b/src/f.go
@@ -1,3 +1,3 @@
 package f
 var a = 3
-var b = 1
+var b = 3
`
	got := files(t, fx.patches)["x/after/0002-f-set-b-to-drei.patch"]
	index := func(s string) string {
		for line := range strings.Lines(s) {
			if strings.HasPrefix(line, "index ") {
				return line
			}
		}
		return ""
	}
	if len(index(got)) != len(index(want)) || strings.Replace(got, index(got), "", 1) != strings.Replace(want, index(want), "", 1) {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestSaveForkErrors(t *testing.T) {
	commit := func(t *testing.T, fx *forkFixture, old, new string) {
		fx.edit(t, old, new)
		fx.user(t, "commit", "-qam", "c")
	}
	tests := []struct {
		name   string
		change func(*testing.T, *forkFixture)
		want   []string
	}{
		{"no fork", func(t *testing.T, fx *forkFixture) {
			if err := os.RemoveAll(fx.forkPath("x", "")); err != nil {
				t.Fatal(err)
			}
		}, []string{"there is no fork", "patchbench fork x"}},
		{"uncommitted", func(t *testing.T, fx *forkFixture) { fx.edit(t, "var b", "var c") }, []string{"uncommitted edits (src/f.go)", "commit them"}},
		{"untracked", func(t *testing.T, fx *forkFixture) {
			write(t, fx.forkPath("x", ""), map[string]string{"src/n.go": "", "src/n2.go": "", "src/n.go~": ""})
		}, []string{"uncommitted edits (src/n.go and 1 more)"}},
		{"no after series", func(t *testing.T, fx *forkFixture) { fx.user(t, "reset", "-q", "--hard", "before") }, []string{"no commit behind the tag before"}},
		{"before left behind", func(t *testing.T, fx *forkFixture) {
			fx.user(t, "-c", "sequence.editor=sed -i 1s/pick/reword/", "rebase", "-q", "-i", "--force-rebase", "base")
		}, []string{"tag before", "not between its base and HEAD", "git tag -f before COMMIT"}},
		{"before gone", func(t *testing.T, fx *forkFixture) { fx.user(t, "tag", "-d", "before") }, []string{"tag before"}},
		{"base tag gone", func(t *testing.T, fx *forkFixture) { fx.user(t, "tag", "-d", "base") }, []string{"tag base", "git tag -f base"}},
		{"base tag moved", func(t *testing.T, fx *forkFixture) { fx.user(t, "tag", "-f", "base", "HEAD") }, []string{"tag base"}},
		{"other root", func(t *testing.T, fx *forkFixture) {
			fx.user(t, "checkout", "-q", "--orphan", "new")
			fx.user(t, "commit", "-qm", "c")
		}, []string{"does not grow out of its base"}},
		{"base commit gone", func(t *testing.T, fx *forkFixture) {
			fx.user(t, "checkout", "-q", "--orphan", "new")
			fx.user(t, "commit", "-qm", "c")
			for _, ref := range []string{"refs/heads/series", "refs/tags/base", "refs/tags/before", "refs/tags/after", refSeries} {
				fx.user(t, "update-ref", "-d", ref)
			}
			fx.user(t, "reflog", "expire", "--expire=now", "--all")
			fx.user(t, "gc", "-q", "--prune=now")
		}, []string{"base commit", "is gone"}},
		{"rebasing", func(t *testing.T, fx *forkFixture) {
			fx.user(t, "-c", "sequence.editor=sed -i 1s/pick/edit/", "rebase", "-q", "-i", "before")
		}, []string{"in the middle of a rebase", "git rebase --continue or --abort"}},
		{"bisecting", func(t *testing.T, fx *forkFixture) { fx.user(t, "bisect", "start") }, []string{"in the middle of a bisect", "git bisect reset"}},
		{"merge", func(t *testing.T, fx *forkFixture) {
			fx.user(t, "checkout", "-q", "-b", "side", "HEAD~1")
			fx.user(t, "commit", "-q", "--allow-empty", "-m", "s")
			fx.user(t, "merge", "-q", "-m", "m", "series")
		}, []string{"has a merge"}},
		{"commit without change", func(t *testing.T, fx *forkFixture) { fx.user(t, "commit", "-q", "--allow-empty", "-m", "e") }, []string{"commit ", "no change found"}},
		{"link", func(t *testing.T, fx *forkFixture) {
			if err := os.Symlink("f.go", filepath.Join(fx.forkPath("x", ""), "src", "l.go")); err != nil {
				t.Fatal(err)
			}
			fx.user(t, "add", "-A")
			fx.user(t, "commit", "-qm", "l")
		}, []string{"makes a link"}},
		{"experiment changed", func(t *testing.T, fx *forkFixture) {
			commit(t, fx, "var b = 2", "var b = 3")
			if err := os.Remove(filepath.Join(fx.patches, "x", "after", "plain.patch")); err != nil {
				t.Fatal(err)
			}
		}, []string{"has changed since the fork"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			fx := newForkFixture(t)
			fx.fork(t)
			test.change(t, fx)
			before := files(t, fx.patches)
			_, err := fx.SaveFork(t.Context(), fx.patches, "x")
			wantError(t, err, append([]string{"saving the fork of x"}, test.want...)...)
			if !maps.Equal(files(t, fx.patches), before) {
				t.Error("files have changed")
			}
		})
	}
}

func TestReplaceBase(t *testing.T) {
	const rest = "title = \"t\"\nclaim = \"no-loss\"\n"
	tests := []struct{ name, in, want string }{
		{"plain", rest + "base = \"a\"\n", rest + "base = \"b\"\n"},
		{"comment, literal, blanks", "# base = \"x\"\n" + rest + "base\t=  'a'  # why\r\n[margins]\n", "# base = \"x\"\n" + rest + "base\t=  \"b\"  # why\r\n[margins]\n"},
		{"quoted key", rest + "\"base\" = \"a\\\"\"", rest + "\"base\" = \"b\""},
	}
	for _, test := range tests {
		if got, err := replaceBase("f", []byte(test.in), "b"); err != nil || string(got) != test.want {
			t.Errorf("%s: got %q, %v", test.name, got, err)
		}
	}
	_, err := replaceBase("f", []byte(rest+"base = \"\"\"a\"\"\"\n"), "b")
	wantError(t, err, "f: no line to change", "by hand")
}
