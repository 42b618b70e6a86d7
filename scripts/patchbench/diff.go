package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"patchbench/bench"
	"patchbench/results"
	"patchbench/toolchain"
)

// architectures are those whose machine code can be compared.
var architectures = []string{"amd64", "arm64"}

// A diffRequest is what a command line asks to be compared.
type diffRequest struct {
	request
	arch string
	pkg  string
	asm  string // a function to show the machine code of
}

func (a *app) diffCommand() *cobra.Command {
	var r diffRequest
	cmd := &cobra.Command{
		Use:   "diff [EXPERIMENT]",
		Short: "List the functions whose machine code the patches change",
		Long: `Diff compiles one test binary with both sides of an experiment, or with
--before and --after, and lists the functions whose machine code differs: those
that the patches edit, and whatever else. Line numbers and addresses don't
count; functions that only moved are counted, with how far. With --asm it
shows the machine code of one function, both sides beside each other: | marks
what differs.`,
		Example: `  patchbench diff mark-worker-preemption --arch arm64
  patchbench diff mark-worker-preemption --asm runtime.gcBgMarkWorker
  patchbench diff mark-worker-preemption --pkg std/encoding/json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.diff(cmd.Context(), &r)
		},
	}
	r.bases(a, cmd)
	cmd.Flags().StringVar(&r.arch, "arch", runtime.GOARCH, "the architecture to compile for: "+strings.Join(architectures, " or "))
	cmd.Flags().StringVar(&r.pkg, "pkg", "programs/cyclestorm", "the package whose test binary is compared: programs/NAME, std/PATH or modules/NAME/PATH")
	cmd.Flags().StringVar(&r.asm, "asm", "", "show the machine code of this `FUNCTION` instead, such as runtime.gcBgMarkWorker")
	cmd.RegisterFlagCompletionFunc("arch", cobra.FixedCompletions(architectures, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

// diff prints the blast radius that r asks for.
func (a *app) diff(ctx context.Context, r *diffRequest) error {
	if !slices.Contains(architectures, r.arch) {
		return fmt.Errorf("machine code for %q can't be compared: give --arch %s", r.arch, strings.Join(architectures, " or "))
	}
	e, builder, err := a.loadExperiment(ctx, &r.request)
	if err != nil {
		return err
	}
	programs := filepath.Join(a.root, "bench", "programs")
	if err := checkPackage(r.pkg, programs); err != nil {
		return err
	}
	a.ui.begin("build")
	before, after, err := builder.Build(ctx, e)
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	compiler := a.compiler(builder, self)
	compiler.GOARCH = r.arch
	binaries, err := compiler.Compile(ctx, bench.Trees{results.Before: before, results.After: after}, []string{r.pkg}, 1)
	if err != nil {
		return err
	}
	binary := binaries[r.pkg]
	if binary.Unavailable != "" {
		return fmt.Errorf("%s can't be had: %s", r.pkg, binary.Unavailable)
	}
	if binary.Broken != "" {
		return fmt.Errorf("%s for %s %s", r.pkg, r.arch, binary.Broken)
	}
	what := fmt.Sprintf("%s, %s for %s", e.Name, r.pkg, r.arch)
	if r.asm != "" {
		lines, err := toolchain.Disassemble(binary.Paths[results.Before][0], binary.Paths[results.After][0], r.asm)
		if err != nil {
			return fmt.Errorf("%s: %w; without --asm, diff lists those that differ", what, err)
		}
		a.ui.close()
		return printAsm(a.stdout, what, r.asm, lines)
	}
	edits, err := toolchain.EditsOf(e, before, after)
	if err != nil {
		return err
	}
	a.ui.close()
	return printBlast(a.stdout, what, toolchain.NewBlast(binary.Diff, edits), edits != nil)
}

// checkPackage reports whether pkg is named as in suites, and is one of the
// programs if it is said to be one.
func checkPackage(pkg, programs string) error {
	program, isProgram := strings.CutPrefix(pkg, "programs/")
	if isProgram {
		names := glob(filepath.Join(programs, "*", "doc.go"), func(p string) string { return filepath.Base(filepath.Dir(p)) })
		if !slices.Contains(names, program) {
			return fmt.Errorf("no program %q: there are %s", program, strings.Join(names, ", "))
		}
	} else if kind, path, _ := strings.Cut(pkg, "/"); kind != "std" && kind != "modules" || path == "" || kind == "modules" && !strings.Contains(path, "/") {
		return fmt.Errorf("package %q is none of programs/NAME, std/PATH as in std/encoding/json, and modules/NAME/PATH", pkg)
	}
	return nil
}

// printBlast prints what was compared, and how it differs. The functions that
// patches edit come apart from the others, if there are patches.
func printBlast(w io.Writer, what string, b *toolchain.Blast, patched bool) error {
	var edited, others, unproven []row
	for _, f := range b.Functions {
		if f.Named {
			edited = append(edited, row{f.FunctionChange, ""})
		} else {
			others = append(others, row{f.FunctionChange, f.Cause})
		}
	}
	for _, f := range b.Diff.Unproven {
		unproven = append(unproven, row{f, f.Why})
	}
	out := new(bytes.Buffer)
	fmt.Fprintf(out, "%s\n%s\n", what, kindText(b.Diff))
	if patched {
		printRows(out, "edited by the patches:", edited)
	} else {
		printRows(out, "different:", edited)
	}
	printRows(out, "not edited, but different:", others)
	printRows(out, "the same as far as is understood:", unproven)
	if patched && len(edited) > 0 && len(others)+len(unproven) == 0 {
		fmt.Fprintf(out, "\nnothing else differs\n")
	}
	printDistances(out, b.Diff)
	_, err := w.Write(out.Bytes())
	return err
}

// kindText says in one line how two binaries differ.
func kindText(d *toolchain.BinaryDiff) string {
	switch {
	case d.Kind != toolchain.Code:
		return sameness(d.Kind)
	case len(d.Changed) > 0:
		return fmt.Sprintf("%d of %d functions differ", len(d.Changed), d.Functions)
	case len(d.Unproven) > 0:
		return "no function is seen to differ, but not all is understood"
	case d.Moved > 0:
		return "no function differs, but some moved"
	}
	return "no function differs; data does, or is not understood"
}
