package toolchain

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// The fast path takes the commands of the layer below as they are, and their
// build cache, and compiles nothing but what is asked for. It is right as long
// as the compiler, the assembler and the linker of the patched source write
// what those of the unpatched source write. It is taken unless the series
// changes
//
//   - the compiler, the assembler, the linker, the go command, cgo, or a
//     package within cmd that they share;
//   - a package of the standard library from which the compiler, the assembler
//     or the linker are built. What they reach only through package runtime
//     does not count: they run on it, but it has no say in what they write;
//   - a header that the assembler includes: pkg/include, and the files of
//     src/runtime that are copied there;
//   - cmd/dist or one of the scripts that start it, which write some sources
//     of the tree;
//   - VERSION or go.env, which go into programs and into their settings.
//
// Then make.bash builds the whole tree, with a build cache of its own.

// slowFolders and slowFiles take a series off the fast path by name.
func slowFolders() []string {
	return []string{"src/cmd/compile", "src/cmd/asm", "src/cmd/link", "src/cmd/go", "src/cmd/cgo", "src/cmd/internal", "src/cmd/vendor", "src/cmd/dist", "pkg/include"}
}

func slowFiles() []string {
	return []string{"VERSION", "go.env", "src/make.bash", "src/cmd/go.mod", "src/go.mod"}
}

// slowPath says why the series that was put on t's source may not take the
// fast path, or "". The answer is for the tree as it stands, patches applied.
func (t *Tree) slowPath(ctx context.Context, scratch string, lock *os.File, series []Patch) (string, error) {
	touched, err := touchedFiles(series)
	if err != nil {
		return "", err
	}
	touched = slices.DeleteFunc(touched, func(name string) bool {
		return strings.HasSuffix(name, "_test.go") || slices.Contains(strings.Split(path.Dir(name), "/"), "testdata")
	})
	var library []string
	for _, name := range touched {
		if slices.Contains(slowFiles(), name) || slices.ContainsFunc(slowFolders(), func(dir string) bool { return within(name, dir) }) {
			return "the series changes " + name, nil
		}
		dir, file := path.Split(name)
		if dir == "src/runtime/" && path.Ext(file) == ".h" {
			if _, err := os.Lstat(filepath.Join(t.GOROOT, "pkg", "include", file)); err == nil {
				return "the series changes " + name + ", which assemblers include", nil
			}
		}
		if within(name, "src") && !within(name, "src/cmd") && !within(name, "src/runtime") {
			library = append(library, name)
		}
	}
	if len(library) == 0 {
		return "", nil
	}
	built, err := t.compilerPackages(ctx, scratch, lock)
	if err != nil {
		return "", err
	}
	for _, name := range library {
		if built[path.Dir(name)] {
			return "the series changes " + name + ", from which the compiler is built", nil
		}
	}
	return "", nil
}

// compilerPackages returns the folders of the packages that the compiler, the
// assembler and the linker import by any way but package runtime.
func (t *Tree) compilerPackages(ctx context.Context, scratch string, lock *os.File) (map[string]bool, error) {
	roots := []string{"cmd/compile", "cmd/asm", "cmd/link"}
	out, err := t.run(ctx, scratch, lock, append([]string{"list", "-deps", "-f", "{{.ImportPath}} {{.Dir}}{{range .Imports}} {{.}}{{end}}"}, roots...)...)
	if err != nil {
		return nil, fmt.Errorf("asking what the compiler is built from: %w", err)
	}
	imports, dirs := make(map[string][]string), make(map[string]string)
	for line := range strings.Lines(out) {
		if f := strings.Fields(line); len(f) >= 2 {
			dirs[f[0]], imports[f[0]] = f[1], f[2:]
		}
	}
	seen := make(map[string]bool)
	var visit func(pkg string)
	visit = func(pkg string) {
		if seen[pkg] || pkg == "runtime" {
			return
		}
		seen[pkg] = true
		for _, p := range imports[pkg] {
			visit(p)
		}
	}
	for _, pkg := range roots {
		visit(pkg)
	}
	built := make(map[string]bool)
	for pkg := range seen {
		if rel, err := filepath.Rel(t.GOROOT, dirs[pkg]); err == nil {
			built[filepath.ToSlash(rel)] = true
		}
	}
	return built, nil
}

// touchedFiles lists the files that a series changes, in the order of the
// patches.
func touchedFiles(series []Patch) ([]string, error) {
	var touched []string
	for _, p := range series {
		changes, err := parsePatch(p.data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.File, err)
		}
		for _, c := range changes {
			for _, name := range []string{c.old, c.new} {
				if name != "" && !slices.Contains(touched, name) {
					touched = append(touched, name)
				}
			}
		}
	}
	return touched, nil
}

// within reports whether a file is somewhere below a folder.
func within(name, dir string) bool { return strings.HasPrefix(name, dir+"/") }
