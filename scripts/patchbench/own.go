package main

import (
	"errors"
	"os"

	"github.com/spf13/cobra"

	"patchbench/bench"
)

// own is what a request measures of the user's, instead of a suite, or what part
// of a suite.
type own struct {
	pkg   string // a package of the module in the working directory
	exec  string // or a command
	bench string // regular expression of benchmarks
	dir   string // the working directory, once loaded
	path  string // of the command, if it is an executable file
}

// flags adds what names them to cmd.
func (o *own) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&o.pkg, "pkg", "", "instead of a suite: a package of the module you are in, ./mypkg, whose benchmarks are measured")
	cmd.Flags().StringVar(&o.exec, "exec", "", "instead of a suite: a program and its arguments, split at spaces, that prints one Go benchmark result; a folder of package main is built with each side, a file is run where you are with each side's go command first in PATH, GOROOT, and PATCHBENCH_SIDE=before or after")
	cmd.Flags().StringVar(&o.bench, "bench", "", "which benchmarks: of a suite those whose names match; with --pkg as for go test -bench; with --exec: which of several results")
	cmd.MarkFlagsMutuallyExclusive("suite", "pkg", "exec")
}

func (o *own) asked() bool { return o.pkg != "" || o.exec != "" }

// load loads the suite that o is as far as it is known before anything is
// built: the benchmarks of a package are not.
func (o *own) load() (s *bench.Suite, err error) {
	if o.dir, err = os.Getwd(); err != nil {
		return nil, err
	}
	switch {
	case o.exec != "":
		s, o.path, err = bench.ExecSuite(o.dir, o.exec, o.bench)
		return s, err
	case o.bench == "":
		return nil, errors.New("--pkg needs --bench, which says which of its benchmarks: . is all")
	}
	return &bench.Suite{Name: "own"}, nil
}
