package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// The benchmarks of this file start the command as a user does, with the seed
// experiment and a warm store; make bench runs them. A benchmark's time is the
// command's wall time.

// newProject lays out a project and returns its folder and the environment to
// start the command in.
func newProject(b *testing.B) (dir string, env []string) {
	b.Helper()
	cache := os.Getenv("PATCHBENCH_TEST_CACHE")
	if cache == "" {
		b.Skip("PATCHBENCH_TEST_CACHE names no cache to find toolchains in")
	}
	e := &testscript.Env{WorkDir: b.TempDir()}
	if err := setup(e); err != nil {
		b.Fatal(err)
	}
	return e.WorkDir, append(os.Environ(), "PATCHBENCH_CACHE="+cache)
}

func command(dir string, env []string, args ...string) *exec.Cmd {
	cmd := exec.Command("patchbench", args...)
	cmd.Dir, cmd.Env = dir, env
	return cmd
}

// BenchmarkNothingChanged builds an experiment whose trees and binaries are in
// the store.
func BenchmarkNothingChanged(b *testing.B) {
	dir, env := newProject(b)
	build := func() {
		if out, err := command(dir, env, "build", "mark-worker-preemption").CombinedOutput(); err != nil {
			b.Fatalf("%v: %s", err, out)
		}
	}
	build()
	for b.Loop() {
		build()
	}
}

// editPatch changes a function of the collector into one that was never
// compiled before, as the number in it was never used.
const editPatch = `--- a/src/runtime/mgc.go
+++ b/src/runtime/mgc.go
@@ -1600,2 +1600,5 @@
 func gcBgMarkPrepare() {
+	if work.nproc == %d {
+		return
+	}
 	// Background marking will stop when the work queues are empty
`

// triedOnAfter is what the command says when the first process that was
// compiled with the after tree has ended.
var triedOnAfter = regexp.MustCompile(`on before, [0-9.]+ s on after`)

// BenchmarkEditToSample starts from an edit of the runtime, with the store as
// the last edit left it, and ends with the first sample of the new tree. The
// gate, which a new tree takes a minute or two to get through, is left out.
func BenchmarkEditToSample(b *testing.B) {
	b.Run("one-benchmark", func(b *testing.B) { editToSample(b, "storm") })
	b.Run("quick", func(b *testing.B) { editToSample(b, "quick") })
}

func editToSample(b *testing.B, suite string) {
	dir, env := newProject(b)
	edit := filepath.Join(dir, "patches", "mark-worker-preemption", "after", "0002-edit.patch")
	sample := func() {
		if err := os.WriteFile(edit, fmt.Appendf(nil, editPatch, time.Now().UnixNano()&0x7fffffff), 0o666); err != nil {
			b.Fatal(err)
		}
		cmd := command(dir, env, "run", "--check", "none", "--suite", suite, "mark-worker-preemption")
		stderr, err := cmd.StderrPipe()
		if err != nil {
			b.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			b.Fatal(err)
		}
		found, said := false, ""
		for lines := bufio.NewScanner(stderr); !found && lines.Scan(); {
			said += lines.Text() + "\n"
			found = triedOnAfter.Match(lines.Bytes())
		}
		b.StopTimer()
		cmd.Process.Signal(syscall.SIGINT)
		if err := cmd.Wait(); !found {
			b.Fatalf("no sample of the after tree: %v\n%s", err, said)
		}
		b.StartTimer()
	}
	sample()
	for b.Loop() {
		sample()
	}
}
