package bench

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/sumdb/dirhash"

	"patchbench/results"
	"patchbench/toolchain"
)

// A pin is a folder of bench/modules: a module that requires another at one
// version and holds the checksums of all that takes.
type pin struct {
	folder string // its name
	dir    string
	mod    *modfile.File
	source string // folder that stands in for the module, or empty
	sum    string // digest of all of this
}

// pin reads the folder of bench/modules that pkg names.
func (c *Compiler) pin(pkg string) (*pin, error) {
	folder, importPath := splitModule(pkg)
	p := &pin{folder: folder, dir: filepath.Join(c.Modules, folder)}
	path := filepath.Join(p.dir, "go.mod")
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s is not there: make it, with a go.mod that requires one version of the module and its go.sum", p.dir)
	}
	if err != nil {
		return nil, err
	}
	if p.mod, err = modfile.Parse(path, data, nil); err != nil {
		return nil, err
	}
	if _, err := p.required(importPath); err != nil {
		return nil, err
	}
	sums, err := os.ReadFile(filepath.Join(p.dir, "go.sum"))
	if err != nil {
		return nil, err
	}
	parts := []string{string(data), string(sums)}
	if p.source = c.Source[folder]; p.source != "" {
		if err := p.checkSource(importPath); err != nil {
			return nil, fmt.Errorf("the source given for %s, by [source] or PATCHBENCH_SOURCE_%s: %w", folder, strings.ToUpper(strings.ReplaceAll(folder, "-", "_")), err)
		}
		h, err := dirhash.HashDir(p.source, "", dirhash.Hash1)
		if err != nil {
			return nil, fmt.Errorf("the source given for %s: %w", folder, err)
		}
		parts = append(parts, h)
	}
	p.sum = digest(parts...)
	return p, nil
}

// checkSource checks that the folder that stands in for a module is one of it.
func (p *pin) checkSource(importPath string) error {
	path := filepath.Join(p.source, "go.mod")
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	want, err := p.required(importPath)
	if err != nil {
		return err
	}
	if got := modfile.ModulePath(data); got != want.Path {
		return fmt.Errorf("%s is of module %s, not %s", path, got, want.Path)
	}
	return nil
}

// PinnedVersion is the module, as path@version, that a package of the folder
// modules is taken from, or empty for other packages.
func PinnedVersion(modules, pkg string) (string, error) {
	_, importPath := splitModule(pkg)
	if importPath == "" {
		return "", nil
	}
	p, err := (&Compiler{Modules: modules}).pin(pkg)
	if err != nil {
		return "", err
	}
	m, err := p.required(importPath)
	return m.String(), err
}

// required is the module, with its version, that a package belongs to.
func (p *pin) required(importPath string) (module.Version, error) {
	var best module.Version
	for _, r := range p.mod.Require {
		if (importPath == r.Mod.Path || strings.HasPrefix(importPath, r.Mod.Path+"/")) && len(r.Mod.Path) > len(best.Path) {
			best = r.Mod
		}
	}
	if best.Path == "" {
		return best, fmt.Errorf("%s requires no module that holds %s", filepath.Join(p.dir, "go.mod"), importPath)
	}
	return best, nil
}

// lay puts the module that is compiled from into dir.
func (p *pin) lay(dir, importPath string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if p.source != "" {
		m, err := p.required(importPath)
		if err != nil {
			return err
		}
		mod, err := modfile.Parse("go.mod", modfile.Format(p.mod.Syntax), nil)
		if err != nil {
			return err
		}
		if err := mod.AddReplace(m.Path, "", p.source, ""); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, "go.mod"), modfile.Format(mod.Syntax), 0o644); err != nil {
			return err
		}
	} else if err := copyInto(dir, filepath.Join(p.dir, "go.mod")); err != nil {
		return err
	}
	return copyInto(dir, filepath.Join(p.dir, "go.sum"))
}

func copyInto(dir, path string) error {
	return copyFile(filepath.Join(dir, filepath.Base(path)), path)
}

func copyFile(to, from string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o644)
}

// flags say how the go command may treat the module: a pinned one as it
// stands, one whose source was given as that source needs.
func (p *pin) flags() []string {
	if p.source != "" {
		return []string{"-mod=mod", "-modcacherw"}
	}
	return []string{"-mod=readonly", "-modcacherw"}
}

// moduleCache is where all modules are kept.
func moduleCache(cache *toolchain.Cache) string { return filepath.Join(cache.Dir, "modules") }

// packageDir is the folder of a module's package once it is fetched.
func (c *Compiler) packageDir(pkg string) (string, error) {
	p, err := c.pin(pkg)
	if err != nil {
		return "", err
	}
	_, importPath := splitModule(pkg)
	m, err := p.required(importPath)
	if err != nil {
		return "", err
	}
	below := filepath.FromSlash(strings.TrimPrefix(strings.TrimPrefix(importPath, m.Path), "/"))
	if p.source != "" {
		return filepath.Join(p.source, below), nil
	}
	escaped, err := module.EscapePath(m.Path)
	if err != nil {
		return "", err
	}
	version, err := module.EscapeVersion(m.Version)
	if err != nil {
		return "", err
	}
	return filepath.Join(moduleCache(c.Cache), filepath.FromSlash(escaped)+"@"+version, below), nil
}

// fetch brings what compiling pkg takes into the module cache. It says in
// unavailable, in a line, why the proxy does not have it; a module whose
// checksum is not the recorded one is an error.
func (c *Compiler) fetch(ctx context.Context, tree *toolchain.Tree, pkg string) (unavailable string, err error) {
	p, err := c.pin(pkg)
	if err != nil {
		return "", err
	}
	_, importPath := splitModule(pkg)
	// Which modules it takes can depend on the architecture.
	marker := filepath.Join(moduleCache(c.Cache), "fetched", digest(p.sum, importPath, tree.Version, c.arch()))
	if _, err := os.Stat(marker); err == nil && p.source == "" {
		if dir, err := c.packageDir(pkg); err == nil {
			if _, err := os.Stat(dir); err == nil {
				return "", nil
			}
		}
	}
	scratch, done, err := c.Cache.Scratch()
	if err != nil {
		return "", err
	}
	defer done()
	dir := filepath.Join(scratch, "module")
	if err := p.lay(dir, importPath); err != nil {
		return "", err
	}
	settings, err := c.Network(ctx)
	if err != nil {
		return "", err
	}
	c.Log("fetching %s", importPath)
	args := append(append([]string{"list"}, p.flags()...), "-deps", "-test", "-f", "{{.ImportPath}}", importPath)
	cmd := exec.CommandContext(ctx, filepath.Join(tree.GOROOT, "bin", "go"), args...)
	cmd.Dir = dir
	cmd.Env = append(append(tree.Environ(scratch), "GOMODCACHE="+moduleCache(c.Cache), "GOARCH="+c.arch()), settings...)
	var printed strings.Builder
	cmd.Stderr = &printed
	if err := runGroup(ctx, cmd); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) || ctx.Err() != nil {
			return "", err
		}
		return p.classify(importPath, printed.String())
	}
	if err := os.MkdirAll(filepath.Dir(marker), 0o755); err != nil {
		return "", err
	}
	return "", results.WriteFile(marker, nil)
}

// classify tells from what the go command printed whether a package can't be
// had, which is no one's fault here, or its pin or this machine is at fault.
func (p *pin) classify(importPath, log string) (unavailable string, err error) {
	reason := reasonOf(log)
	mentions := func(phrases ...string) bool {
		return slices.ContainsFunc(phrases, func(s string) bool { return strings.Contains(log, s) })
	}
	switch {
	case mentions(syscall.ENOSPC.Error()):
		return "", fmt.Errorf("fetch %s: %w: free some, or set PATCHBENCH_CACHE to another disk", importPath, syscall.ENOSPC)
	case mentions("checksum mismatch", "SECURITY ERROR"):
		return "", fmt.Errorf("%s is not what %s records: %s", importPath, filepath.Join(p.dir, "go.sum"), reason)
	case mentions("missing go.sum entry", "updates to go.", "no required module provides", "does not contain package", "import lookup disabled"):
		return "", fmt.Errorf("%s does not pin all that %s takes: %s", p.dir, importPath, reason)
	}
	return reason, nil
}

// reasonOf folds what the go command printed onto one line, without what it
// says on the way.
func reasonOf(log string) string {
	var lines []string
	for line := range strings.Lines(log) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "go: downloading") || strings.HasPrefix(line, "go: finding") {
			continue
		}
		lines = append(lines, line)
	}
	if len(lines) == 0 {
		return "the go command said nothing"
	}
	text := strings.Join(lines, " ")
	if len(text) > 300 {
		text = text[:300] + "…"
	}
	return text
}
