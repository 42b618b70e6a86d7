package toolchain

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"golang.org/x/mod/module"
	"golang.org/x/mod/sumdb/dirhash"
	"golang.org/x/mod/zip"
)

// toolchainModule is the module whose versions are the releases of Go.
const toolchainModule = "golang.org/toolchain"

// A release is a released Go, source and binaries, as the module zip.
type release struct {
	Version string `json:"version"` // of Go, as go1.16.15
	Module  string `json:"module"`  // version of toolchainModule
	Sum     string `json:"sum"`     // dirhash, "h1:" and base64
	Vouched string `json:"vouched"` // who vouches for the sum
	zip     string
}

// releaseVersion admits the names of releases, betas and release candidates.
var releaseVersion = regexp.MustCompile(`^go1(\.\d+){0,2}((rc|beta)\d+)?$`)

// releasePath is the path in the cache of a file that belongs to a release.
func (b *Builder) releasePath(version, ext string) string {
	return b.Cache.path("sources", version+"."+target("-")+ext)
}

// knownRelease returns what the cache knows of a release, or nil.
func (b *Builder) knownRelease(version string) *release {
	data, err := os.ReadFile(b.releasePath(version, ".json"))
	if err != nil {
		return nil
	}
	var r release
	if json.Unmarshal(data, &r) != nil || r.Version != version || !strings.HasPrefix(r.Sum, "h1:") {
		return nil
	}
	r.zip = b.releasePath(version, ".zip")
	return &r
}

// release returns the release called version, downloading it unless the cache
// has it.
func (b *Builder) release(ctx context.Context, version string) (*release, error) {
	if r := b.knownRelease(version); r != nil {
		return r, nil
	}
	if _, err := b.Cache.mkdir("sources"); err != nil {
		return nil, err
	}
	lock, err := lockFile(ctx, b.releasePath(version, ".lock"), func() { b.logf("waiting for another process that downloads %s", version) })
	if err != nil {
		return nil, err
	}
	defer unlockFile(lock)
	if r := b.knownRelease(version); r != nil {
		return r, nil
	}
	return b.download(ctx, version, lock)
}

// unpack puts the release's files under dir as the release archive has them,
// which is not quite how the module has them. A zip that is missing or
// damaged is downloaded again; it must have the same sum.
func (b *Builder) unpack(ctx context.Context, r *release, dir string) error {
	lock, err := lockFile(ctx, b.releasePath(r.Version, ".lock"), func() { b.logf("waiting for another process that downloads %s", r.Version) })
	if err != nil {
		return err
	}
	defer unlockFile(lock)
	if sum, err := dirhash.HashZip(r.zip, dirhash.Hash1); err != nil || sum != r.Sum {
		b.logf("%s is missing or damaged: downloading it again", r.zip)
		again, err := b.download(ctx, r.Version, lock)
		if err != nil {
			return err
		}
		if again.Sum != r.Sum {
			return fmt.Errorf("%s was %s and is now %s; remove %s if the release was replaced", r.Version, r.Sum, again.Sum, b.releasePath(r.Version, ".json"))
		}
	}
	if err := zip.Unzip(dir, module.Version{Path: toolchainModule, Version: r.Module}, r.zip); err != nil {
		return fmt.Errorf("unpacking %s: %w", r.Version, err)
	}
	return restoreRelease(dir)
}

// restoreRelease undoes what makes a release tree fit for a module: go.mod
// files are called _go.mod there, as a module can't hold other modules, and
// modes are lost.
func restoreRelease(dir string) error {
	return filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		mode := fs.FileMode(0o644)
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		if isProgram(filepath.ToSlash(rel)) {
			mode = 0o755
		}
		if err := os.Chmod(path, mode); err != nil {
			return err
		}
		if entry.Name() != "_go.mod" {
			return nil
		}
		return os.Rename(path, filepath.Join(filepath.Dir(path), "go.mod"))
	})
}

// isProgram reports whether a file of a tree, named with slashes, is one of
// its executables.
func isProgram(name string) bool {
	return strings.HasPrefix(name, "bin/") || strings.HasPrefix(name, "pkg/tool/")
}

// download fetches a release with the host's go command, which checks it
// against the checksum database, and keeps the zip. The caller holds the lock.
func (b *Builder) download(ctx context.Context, version string, lock *os.File) (r *release, err error) {
	b.logf("downloading %s for %s", version, target("/"))
	goCommand, err := lookPath(b.Env, b.Go)
	if err != nil {
		return nil, fmt.Errorf("downloading %s: %w", version, err)
	}
	scratch := b.releasePath(version, ".partial")
	if err := os.RemoveAll(scratch); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()
	if err := MakeScratch(scratch); err != nil {
		return nil, err
	}
	settings, err := b.network(ctx, goCommand, scratch)
	if err != nil {
		return nil, fmt.Errorf("downloading %s: %w", version, err)
	}
	moduleVersion := "v0.0.1-" + version + "." + target("-")
	stdout, _, err := child{
		path: goCommand,
		args: []string{"mod", "download", "-json", toolchainModule + "@" + moduleVersion},
		dir:  scratch,
		env:  append(downloadEnviron(goCommand, scratch), settings...),
		lock: lock,
	}.run(ctx)
	var got struct{ Zip, Sum, Error string }
	if parseErr := json.Unmarshal([]byte(stdout), &got); parseErr == nil && got.Error != "" {
		return nil, b.downloadError(version, got.Error)
	}
	if err != nil {
		return nil, fmt.Errorf("downloading %s: %w", version, err)
	}
	if got.Zip == "" || got.Sum == "" {
		return nil, fmt.Errorf("downloading %s: %s did not say where it put it; is it Go 1.21 or newer?", version, goCommand)
	}
	r = &release{Version: version, Module: moduleVersion, Sum: got.Sum, Vouched: vouched(settings), zip: b.releasePath(version, ".zip")}
	if err := os.Rename(got.Zip, r.zip); err != nil {
		return nil, err
	}
	data, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	return r, writeByRename(b.releasePath(version, ".json"), append(data, '\n'))
}
