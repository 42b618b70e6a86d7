package toolchain

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A forkFixture is a fixture with an experiment, x, that has a patch before
// and two after, and with a user who works on the fork.
type forkFixture struct {
	*fixture
	patches string
	home    string // of the user
}

// mailOf is a patch as git format-patch writes it, with what people may have
// done to such a file by hand.
func mailOf(subject, old, new string) string {
	return "From 1234567890123456789012345678901234567890 Mon Sep 17 00:00:00 2001\nFrom: Ann <ann@example.invalid>\nDate: Tue, 3 Mar 2020 10:00:00 +0100\n" +
		"Subject: [PATCH 1/2] [release] " + subject + "\n\nWhy it is so.\n---\nA note.\n\n--- a/src/f.go\n+++ b/src/f.go\n@@ -1,3 +1,3 @@\n package f\n-" + old + "\n+" + new + "\n var b = 1\n-- \n2.1\n"
}

func newForkFixture(t *testing.T) *forkFixture {
	t.Helper()
	fx := &forkFixture{fixture: newFixture(t)}
	fx.patches, fx.home = filepath.Join(fx.dir, "patches"), filepath.Join(fx.dir, "user")
	write(t, fx.patches, map[string]string{
		"x/experiment.toml":     "# Why.\ntitle = \"t\"\nclaim = \"no-loss\"\nbase = \"release:go1.99.1\" # the newest\n[margins]\ntime = 0.5\n",
		"x/before/0001-b.patch": mailOf("f: set a to 2", "var a = 1", "var a = 2"),
		"x/after/0001-c.patch":  mailOf("f: set a to 3", "var a = 2", "var a = 3"),
		"x/after/plain.patch":   "--- a/src/f.go\n+++ b/src/f.go\n@@ -1,3 +1,3 @@\n package f\n var a = 3\n-var b = 1\n+var b = 2\n",
	})
	write(t, fx.home, map[string]string{".gitconfig": "[user]\nname = Bob\nemail = bob@example.invalid\n[core]\nautocrlf = true\nhooksPath = /nonsense\n[commit]\ngpgSign = false\n[init]\ndefaultBranch = other\n"})
	// A hostile set of settings for what patchbench runs.
	fx.Env = append(fx.Env, "GIT_DIR=/nonsense", "GIT_CONFIG_GLOBAL=/nonsense", "GIT_AUTHOR_DATE=nonsense")
	return fx
}

// user runs git as the user does, in the fork.
func (fx *forkFixture) user(t *testing.T, args ...string) string {
	t.Helper()
	out, err := fx.try(args...)
	if err != nil {
		t.Fatalf("git %v: %v: %s", args, err, out)
	}
	return out
}

// try is user for what may fail.
func (fx *forkFixture) try(args ...string) (string, error) {
	cmd := exec.Command("git", args...)
	cmd.Dir = fx.forkPath("x", "")
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + fx.home, "GIT_CONFIG_NOSYSTEM=1", "GIT_EDITOR=true"}
	out, err := cmd.CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

func (fx *forkFixture) fork(t *testing.T) string {
	t.Helper()
	dir, err := fx.Fork(t.Context(), fx.patches, "x")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func (fx *forkFixture) save(t *testing.T) []string {
	t.Helper()
	did, err := fx.SaveFork(t.Context(), fx.patches, "x")
	if err != nil {
		t.Fatal(err)
	}
	return did
}

// edit changes src/f.go of the fork.
func (fx *forkFixture) edit(t *testing.T, old, new string) {
	t.Helper()
	root := fx.forkPath("x", "")
	text := strings.Replace(readSource(t, root), old, new, 1)
	if text == readSource(t, root) {
		t.Fatalf("%q is not in the source", old)
	}
	write(t, root, map[string]string{"src/f.go": text})
}

// files reads all files below a folder.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := make(map[string]string)
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		rel, relErr := filepath.Rel(dir, path)
		if relErr != nil {
			return relErr
		}
		found[filepath.ToSlash(rel)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestFork(t *testing.T) {
	fx := newForkFixture(t)
	dir := fx.fork(t)
	log := fx.user(t, "log", "--format=%an <%ae> %at %cn %ct|%s|%D", "--reverse")
	want := strings.Join([]string{
		"patchbench <patchbench@localhost.invalid> 946684800 patchbench 946684800|release:go1.99.1|tag: base",
		"Ann <ann@example.invalid> 1583226000 Ann 1583226000|[release] f: set a to 2|tag: before",
		"Ann <ann@example.invalid> 1583226000 Ann 1583226000|[release] f: set a to 3|",
		"patchbench <patchbench@localhost.invalid> 946684800 patchbench 946684800|plain|HEAD -> series, tag: after",
	}, "\n")
	if log != want {
		t.Errorf("commits are\n%s\nwant\n%s", log, want)
	}
	if body := fx.user(t, "log", "-1", "--format=%b", "before"); body != "Why it is so." {
		t.Errorf("message is %q", body)
	}
	if status := fx.user(t, "status", "--porcelain"); status != "" {
		t.Errorf("the new work tree has edits: %s", status)
	}
	if _, err := os.Stat(filepath.Join(dir, "bin")); err == nil {
		t.Error("the work tree has compiled files")
	}
	head := fx.user(t, "rev-parse", "HEAD")
	fx.edit(t, "var b", "var c")
	if again := fx.fork(t); again != dir || !strings.Contains(readSource(t, dir), "var c") {
		t.Errorf("a fork that was there was not left alone: %s", again)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if fx.fork(t); fx.user(t, "rev-parse", "HEAD") != head {
		t.Error("the same experiment gives other commits")
	}
}

func TestForkErrors(t *testing.T) {
	fx := newForkFixture(t)
	write(t, fx.patches, map[string]string{"x/after/plain.patch": "--- a/src/f.go\n+++ b/src/f.go\n@@ -1,3 +1,3 @@\n package f\n var a = 3\n-var b = 8\n+var b = 2\n"})
	_, err := fx.Fork(t.Context(), fx.patches, "x")
	wantError(t, err, "forking x", "after/plain.patch does not apply")
	if left := files(t, fx.Cache.path("forks")); len(left) != 1 || left[".x.lock"] != "" {
		t.Errorf("left %v", slices.Collect(maps.Keys(left)))
	}
	write(t, fx.Cache.path("forks"), map[string]string{"x/f": "mine"})
	_, err = fx.Fork(t.Context(), fx.patches, "x")
	wantError(t, err, "is no fork", "move it away")
	_, err = fx.Fork(t.Context(), fx.patches, "y")
	wantError(t, err, `unknown experiment "y"`)
}

// TestForkKeepsCarriageReturns checks that the user's settings change no line
// end in a fork.
func TestForkKeepsCarriageReturns(t *testing.T) {
	fx := newForkFixture(t)
	write(t, fx.patches, map[string]string{"x/after/zz.patch": "diff --git a/src/w.go b/src/w.go\nnew file mode 100644\n--- /dev/null\n+++ b/src/w.go\n@@ -0,0 +1 @@\n+x\r\n"})
	dir := fx.fork(t)
	fx.user(t, "checkout", "-q", "base")
	fx.user(t, "checkout", "-q", "series")
	if data, err := os.ReadFile(filepath.Join(dir, "src", "w.go")); string(data) != "x\r\n" || fx.user(t, "status", "--porcelain") != "" {
		t.Errorf("w.go is %q (%v)", data, err)
	}
	before := files(t, fx.patches)
	if did := fx.save(t); len(did) != 0 || !maps.Equal(files(t, fx.patches), before) {
		t.Errorf("saving did %q", did)
	}
}
