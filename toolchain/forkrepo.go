package toolchain

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/mail"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// A repo is the git repository of a fork, as patchbench itself uses it. The
// user's own git in the same folder goes by the user's settings.
type repo struct {
	git    string // path of the git command
	dir    string // the work tree
	gitDir string // the repository
	lock   *os.File
}

// environ is the environment of git: without the settings, hooks, signatures
// and editors of user and system. What git writes is the same whoever runs it.
func (r repo) environ(more ...string) []string {
	env := []string{
		"GIT_CONFIG_GLOBAL=" + os.DevNull,
		"GIT_CONFIG_NOSYSTEM=1",
		"GIT_DIR=" + r.gitDir,
		"GIT_EDITOR=true",
		"GIT_WORK_TREE=" + r.dir,
		"HOME=" + r.gitDir,
		"LC_ALL=C",
		"PATH=" + filepath.Dir(r.git) + ":" + systemPath,
		"TMPDIR=" + r.gitDir,
	}
	settings := [][2]string{
		{"commit.gpgSign", "false"},
		{"core.autocrlf", "false"},
		{"core.fsmonitor", "false"},
		{"core.hooksPath", os.DevNull},
		{"core.quotePath", "false"},
		{"gc.auto", "0"},
		{"rebase.autoSquash", "false"},
		{"rebase.autoStash", "false"},
		{"rebase.updateRefs", "false"},
	}
	env = append(env, "GIT_CONFIG_COUNT="+strconv.Itoa(len(settings)))
	for i, s := range settings {
		env = append(env, fmt.Sprintf("GIT_CONFIG_KEY_%d=%s", i, s[0]), fmt.Sprintf("GIT_CONFIG_VALUE_%d=%s", i, s[1]))
	}
	return append(env, more...)
}

// path is a path in the repository.
func (r repo) path(elem ...string) string {
	return filepath.Join(append([]string{r.gitDir}, elem...)...)
}

// do runs git in the work tree and returns what it printed, whole.
func (r repo) do(ctx context.Context, env []string, stdin []byte, args ...string) (string, error) {
	stdout, _, err := child{path: r.git, args: args, dir: r.dir, env: r.environ(env...), stdin: stdin, lock: r.lock}.run(ctx)
	return stdout, err
}

// line is do for commands that print a line or nothing.
func (r repo) line(ctx context.Context, args ...string) (string, error) {
	out, err := r.do(ctx, nil, nil, args...)
	return strings.TrimSpace(out), err
}

// list is do for commands that print any number of lines.
func (r repo) list(ctx context.Context, args ...string) ([]string, error) {
	out, err := r.do(ctx, nil, nil, args...)
	return strings.Fields(out), err
}

// commit returns the commit that a name stands for; "" if there is none.
func (r repo) commit(ctx context.Context, name string) (string, error) {
	hash, err := r.line(ctx, "rev-parse", "--quiet", "--verify", name+"^{commit}")
	if _, failed := errors.AsType[*childError](err); failed {
		return "", nil
	}
	return hash, err
}

// precedes reports whether commit a is b or one of its ancestors.
func (r repo) precedes(ctx context.Context, a, b string) (bool, error) {
	_, err := r.line(ctx, "merge-base", "--is-ancestor", a, b)
	if _, failed := errors.AsType[*childError](err); failed {
		return false, nil
	}
	return err == nil, err
}

// setRefs points references, by full name, to commits.
func (r repo) setRefs(ctx context.Context, refs map[string]string) error {
	var input strings.Builder
	for name, commit := range refs {
		fmt.Fprintf(&input, "update %s %s\n", name, commit)
	}
	_, err := r.do(ctx, nil, []byte(input.String()), "update-ref", "--no-deref", "--stdin")
	return err
}

// unfinished names what git is in the middle of in this repository, or "".
func (r repo) unfinished() string {
	for _, op := range []struct{ file, name string }{
		{"rebase-merge", "rebase"}, {"rebase-apply", "rebase or am"}, {"MERGE_HEAD", "merge"},
		{"CHERRY_PICK_HEAD", "cherry-pick"}, {"REVERT_HEAD", "revert"}, {"BISECT_LOG", "bisect"},
	} {
		if _, err := os.Lstat(r.path(op.file)); err == nil {
			return op.name
		}
	}
	return ""
}

// A message is what a commit says besides its files.
type message struct {
	author, email string
	date          string // seconds since 1970 and the zone, as git writes dates
	text          string
}

// plainMessage is for commits that nobody has signed. It is the same each
// time, so that the same fork has the same commits.
func plainMessage(text string) message {
	return message{"patchbench", "patchbench@localhost.invalid", "946684800 +0000", text}
}

// record commits a tree of files.
func (r repo) record(ctx context.Context, tree, parent string, m message) (string, error) {
	args := []string{"commit-tree", tree}
	if parent != "" {
		args = append(args, "-p", parent)
	}
	out, err := r.do(ctx, []string{
		"GIT_AUTHOR_NAME=" + m.author, "GIT_AUTHOR_EMAIL=" + m.email, "GIT_AUTHOR_DATE=" + m.date,
		"GIT_COMMITTER_NAME=" + m.author, "GIT_COMMITTER_EMAIL=" + m.email, "GIT_COMMITTER_DATE=" + m.date,
	}, []byte(m.text), args...)
	return strings.TrimSpace(out), err
}

// readMail takes a patch's mail apart: the message a commit gets, without
// [PATCH] and what else is not part of it, and the patch, decoded. title is
// the message of a patch that no mail header comes with.
func (r repo) readMail(ctx context.Context, data []byte, title string) (message, []byte, error) {
	data = unixLines(data)
	if patchSubject(data) == "" {
		return plainMessage(title), data, nil
	}
	text, patch := r.path("mail-text"), r.path("mail-patch")
	defer os.Remove(text)
	defer os.Remove(patch)
	out, err := r.do(ctx, nil, data, "mailinfo", "-b", "--encoding=UTF-8", text, patch)
	if err != nil {
		return message{}, nil, err
	}
	m := plainMessage("")
	subject := title
	for line := range strings.Lines(out) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch key {
		case "Author":
			m.author = value
		case "Email":
			m.email = value
		case "Subject":
			subject = value
		case "Date":
			if t, err := mail.ParseDate(value); err == nil {
				m.date = fmt.Sprintf("%d %s", t.Unix(), t.Format("-0700"))
			}
		}
	}
	body, err := os.ReadFile(text)
	if err != nil {
		return message{}, nil, err
	}
	m.text = strings.TrimSpace(subject+"\n\n"+strings.TrimSpace(string(body))) + "\n"
	patched, err := os.ReadFile(patch)
	return m, patched, err
}

// importTree adds the source in a folder to the repository and returns its
// tree. What is compiled is left out and removed: it is no source. If the
// folder is not the work tree, the work tree and what git knows of it are left
// alone.
func (r repo) importTree(ctx context.Context, dir string) (tree string, err error) {
	if err := removeBuilt(dir); err != nil {
		return "", err
	}
	index := r.path("index")
	if dir != r.dir {
		index = r.path("import-index")
		defer os.Remove(index)
	}
	r.dir = dir
	env := []string{"GIT_INDEX_FILE=" + index}
	// As big files they go into one file of the repository, not into
	// thousands.
	if _, err := r.do(ctx, env, nil, "-c", "core.bigFileThreshold=1", "-c", "core.compression=1", "add", "--all", "--force", "."); err != nil {
		return "", err
	}
	out, err := r.do(ctx, env, nil, "write-tree")
	return strings.TrimSpace(out), err
}

// removeBuilt removes from a tree what was compiled, as far as it is there.
func removeBuilt(root string) error {
	entries, err := os.ReadDir(filepath.Join(root, "pkg"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	built := []string{"bin"}
	for _, entry := range entries {
		if entry.Name() != "include" {
			built = append(built, filepath.Join("pkg", entry.Name()))
		}
	}
	for _, name := range built {
		if err := os.RemoveAll(filepath.Join(root, name)); err != nil {
			return err
		}
	}
	return nil
}
