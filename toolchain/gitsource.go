package toolchain

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// A gitSource is one commit of a clone of Go's repository.
type gitSource struct {
	b      *Builder
	git    string // path of the git command
	clone  string // folder of the clone, a bare one or a work tree
	where  string // the clone as the user names it, less a password
	commit string // in full
}

// scpLike is ssh's short way to name a repository, as in git@host:go.git.
var scpLike = regexp.MustCompile(`^[^/]+:`)

// gitSource finds the commit that spec, PATH_OR_URL@REV, names. A path is
// resolved from the working directory, and nothing is written below it. A URL
// is fetched into the cache, unless REV is a full commit hash that is there
// already.
func (b *Builder) gitSource(ctx context.Context, spec string) (source, error) {
	fail := func(format string, args ...any) (source, error) {
		return nil, fmt.Errorf("base git:%s: %w", hidePassword(spec), fmt.Errorf(format, args...))
	}
	// User names in URLs end in @ as well.
	at := strings.LastIndexByte(spec, '@')
	if at < 0 || at == len(spec)-1 || strings.ContainsRune(spec[at+1:], ':') {
		return fail("it names no revision; write git:PATH_OR_URL@REV")
	}
	where, rev := spec[:at], spec[at+1:]
	if where == "" {
		return fail("it names no repository; write git:PATH_OR_URL@REV")
	}
	git, err := lookPath(b.Env, "git")
	if err != nil {
		return fail("%w", err)
	}
	s := gitSource{b: b, git: git, where: hidePassword(where)}
	if scheme, _, ok := strings.Cut(where, "://"); ok && !slices.Contains(strings.Split(gitProtocols, ":"), scheme) {
		return fail("can't fetch by %s; use a path, or a file, https or ssh URL", scheme)
	} else if ok || scpLike.MatchString(where) {
		s.clone, s.commit, err = b.fetchCommit(ctx, git, where, rev)
	} else if s.clone, err = filepath.Abs(where); err == nil {
		s.commit, err = s.resolve(ctx, rev)
	}
	if err == nil {
		err = s.checkTree(ctx)
	}
	if err != nil {
		return fail("%w", err)
	}
	return s, nil
}

func (s gitSource) name() string    { return "git:" + s.where + "@" + s.commit }
func (s gitSource) sum() string     { return "git:" + s.commit }
func (s gitSource) vouched() string { return "named by its own hash" }
func (s gitSource) complete() bool  { return false }

// run runs git on the clone, which is only read.
func (s gitSource) run(ctx context.Context, args ...string) (string, error) {
	return runGit(ctx, s.git, s.clone, nil, nil, args...)
}

// resolve returns the commit that rev names in the clone.
func (s gitSource) resolve(ctx context.Context, rev string) (string, error) {
	if info, err := os.Stat(s.clone); err != nil || !info.IsDir() {
		return "", errors.New("there is no such folder; name a clone of Go's repository, or its URL")
	}
	if _, err := s.run(ctx, "rev-parse", "--git-dir"); err != nil {
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		return "", errors.New("the folder is no git repository; name the top folder of a clone")
	}
	commit, err := s.run(ctx, "rev-parse", "--verify", "--quiet", "--end-of-options", rev+"^{commit}")
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if err != nil {
		return "", fmt.Errorf("the repository has no single commit %q; fetch it there, or name another", rev)
	}
	return strings.TrimSpace(commit), nil
}

// checkTree fails if the commit holds something else than Go.
func (s gitSource) checkTree(ctx context.Context) error {
	args := append([]string{"ls-tree", "--full-tree", "--name-only", s.commit}, goTreeNames()...)
	out, err := s.run(ctx, args...)
	if err != nil {
		return err
	}
	return missingFrom(strings.Split(out, "\n"))
}

// place writes the files of the commit below dir.
func (s gitSource) place(ctx context.Context, dir string) (err error) {
	parent, err := s.b.Cache.mkdir("git")
	if err != nil {
		return err
	}
	scratch, err := os.MkdirTemp(parent, "archive-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()
	file := filepath.Join(scratch, "tree.tar")
	if _, err := s.run(ctx, "archive", "--format=tar", "--output="+file, s.commit); err != nil {
		return fmt.Errorf("reading %s: %w", s.name(), err)
	}
	if err := untar(ctx, file, dir); err != nil {
		return fmt.Errorf("reading %s: %w", s.name(), err)
	}
	return nameVersion(dir, s.commit)
}

// goTreeNames are files and folders without which there is no Go tree.
func goTreeNames() []string {
	return []string{"src/make.bash", "src/cmd/dist", "src/runtime"}
}

// missingFrom fails if one of goTreeNames is not among those found.
func missingFrom(found []string) error {
	have := make(map[string]bool)
	for _, name := range found {
		have[name] = true
	}
	for _, name := range goTreeNames() {
		if !have[name] {
			return fmt.Errorf("this is no Go source tree: %s is missing; name a clone of Go's repository", name)
		}
	}
	return nil
}

// userInfo is the name and password in a URL.
var userInfo = regexp.MustCompile(`://[^/@]*:[^/]*@`)

// hidePassword takes name and password out of a URL that has a password, for
// names of bases go into reports.
func hidePassword(where string) string {
	return userInfo.ReplaceAllString(where, "://")
}
