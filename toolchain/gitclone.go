package toolchain

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// gitProtocols are the ways by which repositories are fetched.
const gitProtocols = "file:https:ssh"

// gitSettings are the variables of the caller's environment that say how a
// repository is reached. They are the only ones git gets, and only to fetch.
func gitSettings() []string {
	return []string{
		"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "all_proxy", "no_proxy",
		"GIT_SSL_CAINFO", "GIT_SSL_CAPATH",
		"GIT_SSH_COMMAND", "SSH_AUTH_SOCK",
	}
}

// runGit runs git in dir. No settings of user or system count, nor those of a
// repository around dir; what a repository's own settings would do to files is
// turned off. Nobody is asked for a password.
func runGit(ctx context.Context, git, dir string, settings []string, lock *os.File, args ...string) (string, error) {
	env := append([]string{
		"GIT_ALLOW_PROTOCOL=" + gitProtocols,
		"GIT_ATTR_NOSYSTEM=1",
		"GIT_CEILING_DIRECTORIES=" + filepath.Dir(dir),
		"GIT_CONFIG_GLOBAL=" + os.DevNull,
		"GIT_CONFIG_NOSYSTEM=1",
		"GIT_NO_LAZY_FETCH=1",
		"GIT_OPTIONAL_LOCKS=0",
		"GIT_SSH_COMMAND=ssh -o BatchMode=yes",
		"GIT_TERMINAL_PROMPT=0",
		"HOME=" + os.DevNull, // ssh takes the user's home from the system
		"LC_ALL=C",
		"PATH=" + filepath.Dir(git) + ":" + systemPath,
	}, settings...)
	// The owner of a shared mirror is often somebody else.
	always := []string{
		"-c", "safe.directory=*", "-c", "core.hooksPath=" + os.DevNull, "-c", "core.fsmonitor=false",
		"-c", "core.autocrlf=false", "-c", "core.attributesFile=" + os.DevNull, "-c", "gc.auto=0", "-c", "maintenance.auto=false",
	}
	stdout, _, err := child{path: git, args: append(always, args...), dir: dir, env: env, lock: lock}.run(ctx)
	if failed, ok := errors.AsType[*childError](err); ok {
		return "", &childError{name: "git " + args[0], output: hidePassword(failed.output), err: failed.err}
	}
	return stdout, err
}

// fullHash is a commit's hash in full.
var fullHash = regexp.MustCompile(`^[0-9a-f]{40}$`)

// fetchCommit returns the commit that rev names in the repository at url, and
// the clone in the cache that holds it. A clone begins with the commits asked
// for alone, without history; all of it is fetched when rev is an abbreviated
// hash, which no server understands.
func (b *Builder) fetchCommit(ctx context.Context, git, url, rev string) (clone, commit string, err error) {
	if _, err := b.Cache.mkdir("git"); err != nil {
		return "", "", err
	}
	hash := sha256.Sum256([]byte(url))
	clone = b.Cache.path("git", hex.EncodeToString(hash[:16]))
	lock, err := lockFile(ctx, clone+".lock", func() { b.logf("waiting for another process that fetches from %s", hidePassword(url)) })
	if err != nil {
		return "", "", err
	}
	defer unlockFile(lock)
	var settings []string
	for _, key := range gitSettings() {
		if value, ok := getenv(b.Env, key); ok {
			settings = append(settings, key+"="+value)
		}
	}
	run := func(args ...string) (string, error) { return runGit(ctx, git, clone, settings, lock, args...) }
	if err := errors.Join(os.MkdirAll(clone, 0o777), sweepClone(clone)); err != nil {
		return "", "", err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, sweepClone(clone))
		}
	}()
	if _, err := run("init", "--quiet", "--bare", "."); err != nil {
		return "", "", err
	}
	if fullHash.MatchString(rev) {
		if _, err := run("cat-file", "-e", rev+"^{tree}"); err == nil {
			return clone, rev, nil
		}
	}
	b.logf("fetching %s from %s", rev, hidePassword(url))
	_, err = run("fetch", "--quiet", "--no-tags", "--depth=1", "--end-of-options", url, rev)
	if err == nil {
		commit, err = run("rev-parse", "--verify", "--quiet", "FETCH_HEAD^{commit}")
	} else if abbreviated(rev) && ctx.Err() == nil {
		b.logf("fetching all of %s, as %s is not a full hash", hidePassword(url), rev)
		if err = fetchAll(clone, url, run); err == nil {
			commit, err = run("rev-parse", "--verify", "--quiet", "--end-of-options", rev+"^{commit}")
		}
	}
	if ctx.Err() != nil {
		return "", "", ctx.Err()
	}
	if err != nil {
		return "", "", fmt.Errorf("can't get %s; check the URL, the revision and the network: %w", rev, err)
	}
	return clone, strings.TrimSpace(commit), nil
}

// abbreviated reports whether rev may be the beginning of a hash.
func abbreviated(rev string) bool {
	return len(rev) >= 4 && len(rev) < 40 && strings.Trim(rev, "0123456789abcdef") == ""
}

// fetchAll fetches every branch and tag with all history.
func fetchAll(clone, url string, run func(args ...string) (string, error)) error {
	args := []string{"fetch", "--quiet", "--force"}
	if _, err := os.Stat(filepath.Join(clone, "shallow")); err == nil {
		args = append(args, "--unshallow")
	}
	_, err := run(append(args, "--end-of-options", url, "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")...)
	return err
}

// sweepClone removes what a git that was killed leaves behind. The caller
// holds the clone's lock, so no other git is at work there.
func sweepClone(clone string) error {
	var all error
	for _, pattern := range []string{"*.lock", "objects/pack/tmp_*", "refs/heads/*.lock", "refs/tags/*.lock"} {
		found, err := filepath.Glob(filepath.Join(clone, filepath.FromSlash(pattern)))
		all = errors.Join(all, err)
		for _, path := range found {
			all = errors.Join(all, os.Remove(path))
		}
	}
	return all
}
