package bench

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"patchbench/results"
)

// A suite names a package by where it comes from:
//
//	programs/NAME       a folder of bench/programs
//	std/PATH            a package of the standard library, each side's own
//	modules/NAME/PATH   the package PATH of a module that bench/modules/NAME pins
//	cmd/compile         each side's own compiler
//	sweet/NAME          a benchmark of golang.org/x/benchmarks' sweet
//	bent/NAME           one of its bent
//
// Outside of suites there are
//
//	own/PATH            the package PATH of the user's own module
//	exec/NAME           an executable file of the user's
const (
	programsPrefix = "programs/"
	stdPrefix      = "std/"
	modulesPrefix  = "modules/"
	ownPrefix      = "own/"
	execPrefix     = "exec/"
)

// checkPackage refuses what names no package of a suite.
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
	case pkg == results.CompilerPackage:
		rest = pkg
	case strings.HasPrefix(pkg, sweetDriver+"/"), strings.HasPrefix(pkg, bentDriver+"/"):
		_, rest = splitDriver(pkg)
	case pkg == "":
		return errors.New("package is missing")
	default:
		return fmt.Errorf("package is %q, not programs/…, std/…, modules/…, sweet/…, bent/… or cmd/compile", pkg)
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

// What follows a package in the name of a binary that is no test binary.
const (
	programMark = " as a program"
	inputMark   = " of "
)

// BinaryName names the binary that b runs, among those of a Compiler: a package
// for its test binary, "PACKAGE as a program", or "cmd/compile of PACKAGE".
func BinaryName(b *results.Benchmark) string {
	switch {
	case b.Package == results.CompilerPackage && len(b.Args) > 0:
		return b.Package + inputMark + b.Args[0]
	case b.Program:
		return b.Package + programMark
	}
	return b.Package
}

// splitBinary takes a binary's name apart. input is the package that a compiler
// compiles.
func splitBinary(name string) (pkg, input string, program bool) {
	if pkg, ok := strings.CutSuffix(name, programMark); ok {
		return pkg, "", true
	}
	if pkg, input, ok := strings.Cut(name, inputMark); ok {
		return pkg, input, true
	}
	return name, "", false
}
