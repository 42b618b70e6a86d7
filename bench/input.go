package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"patchbench/results"
	"patchbench/toolchain"
)

// What a compiler is given lies in one folder, so that a sample needs no path
// but relative ones: the sources, the packages they import, and importConfig,
// which lists these.
const (
	importConfig = "importcfg"
	inputObject  = "out.a" // what is compiled
)

// maxBackends is how many goroutines the go command has a compiler use at most.
const maxBackends = 4

// A listedPackage is what go list tells of a package.
type listedPackage struct {
	ImportPath string
	Dir        string
	Export     string // file with its export data
	DepOnly    bool
	GoFiles    []string
	CgoFiles   []string
	SFiles     []string
	EmbedFiles []string
	ImportMap  map[string]string
}

// prepareInput gathers what b compiles from before's tree, once, and sets b's
// Dir to the folder. Both sides get the same. That takes both compilers to be
// of one version: they refuse what another has compiled.
func (c *Compiler) prepareInput(ctx context.Context, trees Trees, b *Binary) error {
	before, after := trees[results.Before], trees[results.After]
	if before.Version != after.Version {
		b.Unavailable = fmt.Sprintf("the sides are %s and %s, and no compiler reads what another version compiled", releaseOf(before.Version), releaseOf(after.Version))
		return nil
	}
	b.Dir = filepath.Join(c.Cache.Dir, "inputs", digest(recipe, before.Digest, c.arch(), b.input))
	if _, err := os.Stat(b.Dir); errors.Is(err, os.ErrNotExist) {
		if b.Unavailable, err = c.makeInput(ctx, before, b); err != nil || b.Unavailable != "" {
			return err
		}
	} else if err != nil {
		return err
	}
	sources, err := filepath.Glob(filepath.Join(b.Dir, "*.go"))
	if err != nil {
		return err
	}
	b.args = []string{"-o", inputObject, "-p", b.input, "-std", "-complete", "-pack", "-importcfg", importConfig}
	for _, path := range sources {
		b.args = append(b.args, filepath.Base(path))
	}
	return nil
}

// makeInput makes the folder b.Dir, whole or not at all. It says in unavailable
// why the package can't serve.
func (c *Compiler) makeInput(ctx context.Context, tree *toolchain.Tree, b *Binary) (unavailable string, err error) {
	scratch, done, err := c.Cache.Scratch()
	if err != nil {
		return "", err
	}
	defer done()
	c.Log("gathering what compiling %s takes", b.input)
	flags, env := c.Cache.CutoffFlags(c.Cutoff)
	args := slices.Concat([]string{"list", "-export", "-deps", "-json", "-trimpath"}, flags, []string{b.input})
	cmd := exec.CommandContext(ctx, filepath.Join(tree.GOROOT, "bin", "go"), args...)
	cmd.Dir = scratch
	cmd.Env = append(append(tree.Environ(scratch), env...), "GOARCH="+c.arch(), "CGO_ENABLED=0")
	var out, printed strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &printed
	if err := runGroup(ctx, cmd); err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) && ctx.Err() == nil {
			return fmt.Sprintf("%s can't be listed on before: %s", b.input, reasonOf(printed.String())), nil
		}
		return "", err
	}
	folder := filepath.Join(scratch, "input")
	if err := os.Mkdir(folder, 0o755); err != nil {
		return "", err
	}
	var config strings.Builder
	for dec, n := json.NewDecoder(strings.NewReader(out.String())), 0; ; n++ {
		var p listedPackage
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return "", fmt.Errorf("read what go list printed: %w", err)
		}
		switch {
		case !p.DepOnly && len(p.CgoFiles)+len(p.SFiles)+len(p.EmbedFiles) > 0:
			return fmt.Sprintf("%s is more than Go files: choose another package to compile", b.input), nil
		case !p.DepOnly:
			for _, from := range slices.Sorted(maps.Keys(p.ImportMap)) {
				fmt.Fprintf(&config, "importmap %s=%s\n", from, p.ImportMap[from])
			}
			for _, file := range p.GoFiles {
				if err := copyInto(folder, filepath.Join(p.Dir, file)); err != nil {
					return "", err
				}
			}
		case p.Export != "": // package unsafe has none
			object := fmt.Sprintf("%d.a", n)
			if err := copyFile(filepath.Join(folder, object), p.Export); err != nil {
				return "", err
			}
			fmt.Fprintf(&config, "packagefile %s=%s\n", p.ImportPath, object)
		}
	}
	if err := os.WriteFile(filepath.Join(folder, importConfig), []byte(config.String()), 0o644); err != nil {
		return "", err
	}
	if err := os.MkdirAll(filepath.Dir(b.Dir), 0o755); err != nil {
		return "", err
	}
	if err := os.Rename(folder, b.Dir); err != nil && !errors.Is(err, os.ErrExist) {
		return "", err
	}
	return "", nil
}

// compilerArgs has b compile its input as the go command would on so many
// processors.
func compilerArgs(b *Binary, procs int) []string {
	return append([]string{fmt.Sprintf("-c=%d", min(procs, maxBackends))}, b.args...)
}
