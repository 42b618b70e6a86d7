package bench

import (
	"errors"
	"fmt"
	"path"
	"strings"
)

// A suite names a package by where it comes from:
//
//	programs/NAME       a folder of bench/programs
//	std/PATH            a package of the standard library, each side's own
//	modules/NAME/PATH   the package PATH of a module that bench/modules/NAME pins
const (
	programsPrefix = "programs/"
	stdPrefix      = "std/"
	modulesPrefix  = "modules/"
)

// checkPackage refuses what names no package.
func checkPackage(pkg string) error {
	rest := ""
	switch {
	case strings.HasPrefix(pkg, programsPrefix):
		rest = strings.TrimPrefix(pkg, programsPrefix)
	case strings.HasPrefix(pkg, stdPrefix):
		rest = strings.TrimPrefix(pkg, stdPrefix)
	case strings.HasPrefix(pkg, modulesPrefix):
		folder, importPath := splitModule(pkg)
		if folder == "" || importPath == "" {
			return fmt.Errorf("package is %q, not of the form modules/NAME/PATH", pkg)
		}
		rest = folder + "/" + importPath
	case pkg == "":
		return errors.New("package is missing")
	default:
		return fmt.Errorf("package is %q, not programs/…, std/… or modules/…", pkg)
	}
	if rest == "" || path.Clean(rest) != rest || strings.HasPrefix(rest, "..") || strings.ContainsAny(rest, " \t\\") {
		return fmt.Errorf("package is %q, which is no path of a package", pkg)
	}
	return nil
}

// splitModule splits modules/NAME/PATH. The parts are empty for other packages.
func splitModule(pkg string) (folder, importPath string) {
	rest, ok := strings.CutPrefix(pkg, modulesPrefix)
	if !ok {
		return "", ""
	}
	folder, importPath, _ = strings.Cut(rest, "/")
	return folder, importPath
}
