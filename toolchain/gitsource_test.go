package toolchain

import (
	"archive/tar"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// git runs git in dir, as whoever keeps a clone would.
func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	path, err := lookPath([]string{"PATH=" + os.Getenv("PATH")}, "git")
	if err != nil {
		t.Skip(err)
	}
	identity := []string{"-c", "user.name=x", "-c", "user.email=x@example.invalid", "-c", "init.defaultBranch=main"}
	out, err := runGit(t.Context(), path, dir, nil, nil, append(identity, args...)...)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(out)
}

// goFiles are enough of a Go tree to be taken for one.
func goFiles() map[string]string {
	return map[string]string{
		"src/make.bash":                          "#!/bin/bash\n",
		"src/runtime/proc.go":                    "package runtime\n",
		"src/cmd/dist/build.go":                  "package main\n\nconst f = \"devel go1.%s-\"\n",
		"src/internal/goversion/goversion.go":    "package goversion\n\nconst Version = 21\n",
		"src/runtime/testdata/odd name/crlf.txt": "a\r\nb\r\n",
	}
}

// newClone makes a repository of two commits, the first one tagged, and
// returns its folder and both hashes.
func newClone(t *testing.T, dir string) (first, second string) {
	t.Helper()
	write(t, dir, goFiles())
	if err := os.Chmod(filepath.Join(dir, "src", "make.bash"), 0o755); err != nil {
		t.Fatal(err)
	}
	git(t, dir, "init", "--quiet", ".")
	git(t, dir, "add", "-A")
	git(t, dir, "commit", "--quiet", "-m", "one")
	git(t, dir, "tag", "one")
	first = git(t, dir, "rev-parse", "HEAD")
	write(t, dir, map[string]string{"src/runtime/proc.go": "package runtime // two\n", "VERSION": "go1.99.9\n"})
	git(t, dir, "add", "-A")
	git(t, dir, "commit", "--quiet", "-m", "two")
	return first, git(t, dir, "rev-parse", "HEAD")
}

// placed returns the files that a source places, with their modes.
func placed(t *testing.T, s source) map[string]string {
	t.Helper()
	dir := t.TempDir()
	if err := s.place(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	files, err := listFiles(dir)
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string]string)
	for _, f := range files {
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(f.Name)))
		if err != nil {
			t.Fatal(err)
		}
		got[f.Name] = fmt.Sprintf("%o %s", f.Mode, data)
	}
	return got
}

func TestGitSource(t *testing.T) {
	fx := newFixture(t)
	tree := filepath.Join(fx.dir, "user@host", "go")
	first, second := newClone(t, tree)
	bare := filepath.Join(fx.dir, "mirror.git")
	git(t, fx.dir, "clone", "--quiet", "--bare", tree, bare)
	// What the owner of a clone has set must not change a file.
	git(t, tree, "config", "core.autocrlf", "true")
	write(t, tree, map[string]string{"src/runtime/proc.go": "package uncommitted\n"})
	before := git(t, tree, "status", "--porcelain")
	url := "file://" + bare

	for _, test := range []struct{ base, commit string }{
		{tree + "@one", first},
		{tree + "@main", second},
		{tree + "@HEAD~1", first},
		{bare + "@" + first[:8], first},
		{bare + "@" + second, second},
		{url + "@one", first},
		{url + "@main", second},
		{url + "@" + first, first},
		{url + "@" + first[:7], first},
	} {
		s, err := fx.source(t.Context(), "git:"+test.base)
		if err != nil {
			t.Errorf("%s: %v", test.base, err)
			continue
		}
		where := test.base[:strings.LastIndex(test.base, "@")]
		if want := "git:" + where + "@" + test.commit; s.name() != want || s.sum() != "git:"+test.commit || s.complete() {
			t.Errorf("%s: name %s, sum %s, complete %t; want %s", test.base, s.name(), s.sum(), s.complete(), want)
		}
		got := placed(t, s)
		want := map[string]string{"VERSION": "644 go1.99.9\n"}
		for name, content := range goFiles() {
			want[name] = "644 " + content
		}
		want["src/make.bash"] = "755 #!/bin/bash\n"
		want["src/runtime/proc.go"] = "644 package runtime // two\n"
		if test.commit == first {
			want["VERSION"] = "644 devel go1.21-" + first[:10] + "\n"
			want["src/runtime/proc.go"] = "644 package runtime\n"
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: placed\n%q\nwant\n%q", test.base, got, want)
		}
	}
	if after := git(t, tree, "status", "--porcelain"); after != before {
		t.Errorf("the clone was written to: %q, was %q", after, before)
	}

	t.Run("offline", func(t *testing.T) {
		if err := os.Rename(bare, bare+".away"); err != nil {
			t.Fatal(err)
		}
		if _, err := fx.source(t.Context(), "git:"+url+"@"+first); err != nil {
			t.Errorf("a commit in the cache: %v", err)
		}
		_, err := fx.source(t.Context(), "git:"+url+"@main")
		checkError(t, err, "can't get main", "check the URL")
	})
	leftovers, err := filepath.Glob(fx.Cache.path("git", "archive-*"))
	if err != nil || len(leftovers) > 0 {
		t.Errorf("left behind: %v %v", leftovers, err)
	}
}

// checkError checks that err is one line that holds these texts.
func checkError(t *testing.T, err error, texts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one with %q", texts)
	}
	for _, text := range append(texts, "") {
		if !strings.Contains(err.Error(), text) || strings.Contains(err.Error(), "\n") {
			t.Errorf("error %q; want one line with %q", err, text)
		}
	}
}

func TestGitSourceErrors(t *testing.T) {
	fx := newFixture(t)
	tree, empty, other := filepath.Join(fx.dir, "go"), filepath.Join(fx.dir, "empty"), filepath.Join(fx.dir, "other")
	newClone(t, tree)
	if err := os.MkdirAll(empty, 0o777); err != nil {
		t.Fatal(err)
	}
	git(t, empty, "init", "--quiet", ".")
	write(t, other, map[string]string{"README": "not Go"})
	git(t, other, "init", "--quiet", ".")
	git(t, other, "add", "-A")
	git(t, other, "commit", "--quiet", "-m", "one")
	for _, test := range []struct {
		spec  string
		texts []string
	}{
		{tree, []string{"no revision", "PATH_OR_URL@REV"}},
		{tree + "@", []string{"no revision"}},
		{"@main", []string{"no repository"}},
		{"git@example.invalid:go", []string{"no revision"}},
		{tree + "@nonesuch", []string{`no single commit "nonesuch"`, "name another"}},
		{tree + "@--output=x", []string{"no single commit"}},
		{tree + "@main:src", []string{"no revision"}},
		{filepath.Join(fx.dir, "nowhere") + "@main", []string{"no such folder"}},
		{filepath.Join(tree, "src", "runtime") + "@main", []string{"no git repository"}},
		{empty + "@HEAD", []string{"no single commit"}},
		{other + "@HEAD", []string{"no Go source tree", "src/make.bash is missing"}},
		{"file://" + filepath.Join(fx.dir, "nowhere") + "@main", []string{"can't get main"}},
		{"file://" + empty + "@main", []string{"can't get main"}},
		{"file://" + other + "@HEAD", []string{"no Go source tree"}},
		{"http://example.invalid/go@main", []string{"can't fetch by http", "https"}},
		{"ext::sh -c true@main", []string{"can't get main"}},
	} {
		_, err := fx.source(t.Context(), "git:"+test.spec)
		checkError(t, err, append(test.texts, "base git:")...)
	}
	_, err := fx.source(t.Context(), "git:ftp://name:secret@example.invalid/go@main")
	checkError(t, err, "ftp://example.invalid/go@main")
	if strings.Contains(err.Error(), "secret") {
		t.Errorf("a password is shown: %v", err)
	}
}

func TestNameVersion(t *testing.T) {
	const id = "0123456789abcdef"
	for _, test := range []struct{ name, constant, dist, version, want string }{
		{"1.16", "const Version = 16\n", `"git", "log", "-n", "1", "--format=format: +%h %cd"`, "", "devel +0123456789\n"},
		{"1.21", "const Version = 21\n", `fmt.Sprintf("devel go1.%s-", m[1])`, "", "devel go1.21-0123456789\n"},
		{"1.26", "const Version = 26\n", `fmt.Sprintf("go1.%s-devel_", m[1])`, "", "go1.26-devel_0123456789\n"},
		{"no constant", "", `fmt.Sprintf("devel go1.%s-", m[1])`, "", "devel +0123456789\n"},
		{"release", "const Version = 26\n", "", "go1.26.8\ntime 2026-08-28T16:20:06Z\n", "go1.26.8\ntime 2026-08-28T16:20:06Z\n"},
	} {
		dir := t.TempDir()
		files := map[string]string{"src/internal/goversion/goversion.go": test.constant, "src/cmd/dist/build.go": test.dist}
		if test.version != "" {
			files["VERSION"] = test.version
		}
		write(t, dir, files)
		if err := nameVersion(dir, id); err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
		if got, _ := os.ReadFile(filepath.Join(dir, "VERSION")); string(got) != test.want {
			t.Errorf("%s: VERSION %q, want %q", test.name, got, test.want)
		}
	}
}

func TestUntarRefuses(t *testing.T) {
	for _, test := range []struct {
		entry tar.Header
		want  string
	}{
		{tar.Header{Name: "../x", Typeflag: tar.TypeReg}, "not safe"},
		{tar.Header{Name: "/x", Typeflag: tar.TypeReg}, "not safe"},
		{tar.Header{Name: "a/../../x", Typeflag: tar.TypeDir}, "not safe"},
		{tar.Header{Name: "a/.git/config", Typeflag: tar.TypeReg}, "not safe"},
		{tar.Header{Name: "link", Typeflag: tar.TypeSymlink, Linkname: "/etc"}, "neither a plain file"},
		{tar.Header{Name: "link", Typeflag: tar.TypeLink, Linkname: "src"}, "neither a plain file"},
		{tar.Header{Name: "pipe", Typeflag: tar.TypeFifo}, "neither a plain file"},
	} {
		var data bytes.Buffer
		w := tar.NewWriter(&data)
		if err := w.WriteHeader(&test.entry); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		write(t, dir, map[string]string{"x.tar": data.String()})
		err := untar(t.Context(), filepath.Join(dir, "x.tar"), filepath.Join(dir, "to", "tree"))
		checkError(t, err, test.want, test.entry.Name)
		files, err := listFiles(dir)
		if err != nil || len(files) != 1 {
			t.Errorf("%s: wrote %v, %v", test.entry.Name, files, err)
		}
	}
}
