package toolchain

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// makeBash builds the tree at root in place by its own src/make.bash, as Go's
// maintainers do, with a bootstrap that the tree accepts. What is built goes
// into bin and pkg below root; intermediate files go to scratch or are removed
// again. It takes minutes.
//
// It fails when there is no bootstrap to be had, when the source does not
// compile, and when ctx ends; root is then neither built nor as it was.
func (b *Builder) makeBash(ctx context.Context, root, scratch string, cgo bool, lock *os.File) error {
	bootstrap, err := b.bootstrap(ctx, root)
	if err != nil {
		return err
	}
	if err := errors.Join(MakeScratch(scratch), ownGenerated(root)); err != nil {
		return err
	}
	bash, err := lookPath([]string{"PATH=" + systemPath}, "bash")
	if err != nil {
		return fmt.Errorf("running make.bash: bash is not in %s; install it", systemPath)
	}
	stdout, stderr, err := child{
		path: bash,
		args: []string{"make.bash"},
		dir:  filepath.Join(root, "src"),
		env:  makeEnviron(bootstrap, scratch, cgo),
		lock: lock,
	}.run(ctx)
	// What is left over is larger than the tree, and of no use.
	cleanup := errors.Join(os.RemoveAll(filepath.Join(root, "pkg", "obj")), os.RemoveAll(filepath.Join(root, "pkg", "bootstrap")))
	if failed, ok := errors.AsType[*childError](err); ok {
		// cmd/dist passes on the compiler's errors on either.
		if at := firstCompileError(stdout+stderr, root); at != "" {
			return fmt.Errorf("make.bash: the source does not compile: %s; correct the patch, or the base", at)
		}
		return &childError{name: "make.bash", output: failed.output, err: failed.err}
	}
	if err := errors.Join(err, cleanup); err != nil {
		return err
	}
	return allPlainModes(root)
}

// allPlainModes gives every file of a tree the mode that git knows: what is
// built is the same whatever the umask.
func allPlainModes(root string) error {
	files, err := listFiles(root)
	if err != nil {
		return err
	}
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = f.Name
	}
	return plainModes(root, names)
}

// ownGenerated makes sure that no source file which make.bash may write is a
// link to a file of another tree: in some years cmd/dist writes into the file
// that is there. All of them, and many others, have a z before their name.
func ownGenerated(root string) error {
	return filepath.WalkDir(filepath.Join(root, "src"), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasPrefix(entry.Name(), "z") || filepath.Ext(path) != ".go" {
			return err
		}
		if err := copyFile(path, path+".own"); err != nil {
			return err
		}
		return os.Rename(path+".own", path)
	})
}

// makeEnviron is the whole environment of make.bash: nothing of the caller's
// comes in. GOROOT is left to the script, and so is the build cache after the
// first step, for which it takes a folder below pkg.
func makeEnviron(bootstrap, scratch string, cgo bool) []string {
	enabled := "0"
	if cgo {
		enabled = "1"
	}
	return []string{
		"CGO_ENABLED=" + enabled,
		"GOCACHE=" + filepath.Join(scratch, "gocache"),
		"GOENV=off",
		"GOFLAGS=",
		"GOPATH=" + filepath.Join(scratch, "gopath"),
		"GOPROXY=off",
		"GOROOT_BOOTSTRAP=" + bootstrap,
		"GOSUMDB=off",
		"GOTOOLCHAIN=local",
		"GOWORK=off",
		"HOME=" + scratch,
		"LC_ALL=C",
		"PATH=" + systemPath,
		"TMPDIR=" + scratch,
	}
}
