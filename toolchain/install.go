package toolchain

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// installAll builds the standard library and the commands of t from its own
// source, with its own commands, so that every file is what make.bash makes of
// that source. again is for trees whose commands come from another source: all
// is built once more with the commands just built, which reaches the fixed
// point. The caller sees to it that nothing below bin and pkg is a link.
func (t *Tree) installAll(ctx context.Context, scratch string, lock *os.File, again bool) error {
	args, env, err := t.installs()
	if err != nil {
		return fmt.Errorf("asking what %s ships: %w", t.Base, err)
	}
	if err := t.install(ctx, scratch, lock, env, args...); err != nil || !again {
		return err
	}
	return t.install(ctx, scratch, lock, env, append([]string{"-a"}, args...)...)
}

// install runs go install with variables added to t's environment.
func (t *Tree) install(ctx context.Context, scratch string, lock *os.File, env []string, args ...string) error {
	stdout, stderr, err := child{
		path: filepath.Join(t.GOROOT, "bin", "go"),
		args: append([]string{"install"}, args...),
		dir:  scratch,
		env:  append(t.Environ(scratch), env...),
		lock: lock,
	}.run(ctx)
	if at := firstCompileError(stdout+stderr, t.GOROOT); err != nil && at != "" && ctx.Err() == nil {
		return fmt.Errorf("the patched source does not compile: %s; correct the patch", at)
	}
	return err
}

// installs returns what t's era installs, and how: up to Go 1.19 a tree holds
// the compiled standard library and all commands; later ones hold the commands
// they ship alone, and releases build them with settings of their own.
func (t *Tree) installs() (args, env []string, err error) {
	archives, err := filepath.Glob(filepath.Join(t.GOROOT, "pkg", target("_"), "*.a"))
	if err != nil {
		return nil, nil, err
	}
	if len(archives) > 0 {
		return []string{"std", "cmd"}, nil, nil
	}
	tools, err := os.ReadDir(filepath.Join(t.GOROOT, "pkg", "tool", target("_")))
	if err != nil {
		return nil, nil, err
	}
	args = []string{"cmd/go", "cmd/gofmt"}
	for _, tool := range tools {
		if name := path.Join("cmd", tool.Name()); isFolder(filepath.Join(t.GOROOT, "src", filepath.FromSlash(name))) {
			args = append(args, name)
		}
	}
	slices.Sort(args)
	env, err = distEnviron(t.GOROOT)
	return args, env, err
}

// distFlags finds in cmd/dist the flags that commands of a release are built
// with.
var distFlags = regexp.MustCompile(`"(GOFLAGS=-trimpath [^"]*)"`)

// distEnviron returns the variables that cmd/dist of the tree at root adds
// when it builds commands that are shipped without their library.
func distEnviron(root string) ([]string, error) {
	env := []string{"CGO_ENABLED=0"}
	version, err := os.ReadFile(filepath.Join(root, "VERSION"))
	if err != nil {
		return nil, err
	}
	if !strings.HasPrefix(string(version), "go") || strings.Contains(string(version), "devel") {
		return env, nil // development trees keep paths and DWARF
	}
	source, err := os.ReadFile(filepath.Join(root, "src", "cmd", "dist", "build.go"))
	if err != nil {
		return nil, err
	}
	if m := distFlags.FindSubmatch(source); m != nil {
		env = append(env, string(m[1]))
	}
	return env, nil
}
