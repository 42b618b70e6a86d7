package bench

import (
	"encoding/json"
	"fmt"
	"go/parser"
	"go/token"
	"go/version"
	"os"
	"path/filepath"
	"strings"

	"patchbench/results"
)

// keepSource writes a source file that overlays name, and returns its path.
// That stays the same for good, as it is part of what is compiled.
func (c *Compiler) keepSource(folder, file, text string) (string, error) {
	path := filepath.Join(c.Cache.Dir, "overlays", folder, file)
	if old, err := os.ReadFile(path); err == nil && string(old) == text {
		return path, nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return "", err
	}
	return path, results.WriteFile(path, []byte(text))
}

// overlayFlag is the go command's flag for an overlay that is written to the
// folder dir.
func overlayFlag(overlay map[string]string, dir string) ([]string, error) {
	if len(overlay) == 0 {
		return nil, nil
	}
	data, err := json.Marshal(map[string]any{"Replace": overlay})
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, "overlay.json")
	return []string{"-overlay=" + path}, os.WriteFile(path, data, 0o644)
}

// reporter is the file that lets a test binary tell its runtime/metrics, as an
// overlay for the package in the folder dir. Both sides' binaries have it in
// all passes, and run it in one.
func (c *Compiler) reporter(dir string) (map[string]string, error) {
	name, err := packageOf(dir)
	if err != nil {
		return nil, err
	}
	text, err := metricsSource(name)
	if err != nil {
		return nil, err
	}
	path, err := c.keepSource("metrics-"+name, metricsFile, text)
	return map[string]string{filepath.Join(dir, metricsFile): path}, err
}

// packageOf reads the name of the package in a folder from one of its files.
func packageOf(dir string) (string, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return "", err
	}
	for _, path := range paths {
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.PackageClauseOnly|parser.ParseComments)
		if err != nil {
			continue // the compiler will tell
		}
		name := f.Name.Name
		if strings.HasSuffix(path, "_test.go") {
			name = strings.TrimSuffix(name, "_test")
		}
		if name != "documentation" && name != "main" {
			return name, nil
		}
	}
	return "", fmt.Errorf("%s holds no package that can be tested", dir)
}

// reports reports whether a package's test binary has the reporter, on a tree
// with this VERSION. A program has none, nor has a package of a module: files in
// the module cache can't be overlaid. Releases before Go 1.20 don't tell the CPU
// time by class, which is the point of it, and the oldest don't overlay tests.
func reports(pkg string, program bool, text string) bool {
	from := strings.HasPrefix(pkg, programsPrefix) || strings.HasPrefix(pkg, stdPrefix)
	return from && !program && version.Compare(releaseOf(text), "go1.20") >= 0
}
