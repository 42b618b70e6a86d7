package bench

import (
	"context"
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"patchbench/results"
	"patchbench/toolchain"
)

// TestCross compiles programs for arm64 with both trees of the first
// experiment and runs them: on an amd64 machine in the emulator qemu-user.
func TestCross(t *testing.T) {
	if testing.Short() {
		t.Skip("builds real toolchains")
	}
	var emulator []string
	if runtime.GOARCH != "arm64" {
		emulator = []string{findEmulator(t)}
	}
	dir := os.Getenv("PATCHBENCH_TEST_CACHE")
	if dir == "" {
		dir = t.TempDir()
	}
	cache, err := toolchain.OpenCache(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	e, err := toolchain.LoadExperiment(filepath.Join("..", "patches"), "mark-worker-preemption")
	if err != nil {
		t.Fatal(err)
	}
	builder := &toolchain.Builder{Cache: cache, Go: "go", Env: os.Environ(), Log: t.Logf}
	before, after, err := builder.Build(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	programs, err := filepath.Abs("programs")
	if err != nil {
		t.Fatal(err)
	}
	compiler := &Compiler{Cache: cache, Programs: programs, GOARCH: "arm64", Log: t.Logf}
	pkgs := []string{"programs/assist", "programs/cyclestorm", "programs/liveheap"}
	binaries, err := compiler.Compile(t.Context(), Trees{results.Before: before, results.After: after}, pkgs, 2)
	if err != nil {
		t.Fatal(err)
	}
	for _, pkg := range pkgs {
		b := binaries[pkg]
		if b.Broken != "" {
			t.Fatalf("%s: %s", pkg, b.Broken)
		}
		var names []string
		for _, f := range b.Diff.Changed {
			names = append(names, f.Name)
		}
		if got := strings.Join(names, " "); got != "runtime.gcBgMarkWorker runtime.gcBgMarkWorker.func1" {
			t.Errorf("%s: functions that differ: %s", pkg, got)
		}
		for _, side := range results.Sides() {
			t.Run(pkg+"/"+string(side), func(t *testing.T) {
				runCross(t, emulator, b.Paths[side][0])
			})
		}
		t.Run(pkg+"/"+b.Layouts[1], func(t *testing.T) {
			// The base's linker can't shuffle, so it is a padding, and all of the
			// runtime lies behind it.
			at := [2]uint64{address(t, b.Paths[results.Before][0], "runtime.mallocgc"), address(t, b.Paths[results.Before][1], "runtime.mallocgc")}
			if moved := at[1] - at[0]; moved < paddingStep || moved > paddingStep+256 {
				t.Errorf("the runtime moved by %d bytes, want %d and little more", moved, paddingStep)
			}
			runCross(t, emulator, b.Paths[results.Before][1])
		})
	}
}

// address finds where a function lies.
func address(t *testing.T, binary, name string) uint64 {
	t.Helper()
	f, err := elf.Open(binary)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	symbols, err := f.Symbols()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(symbols, func(s elf.Symbol) bool { return s.Name == name })
	if i < 0 {
		t.Fatalf("%s has no %s", binary, name)
	}
	return symbols[i].Value
}

// runCross runs a program's tests and each of its benchmarks once.
func runCross(t *testing.T, emulator []string, binary string) {
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	args := append(append([]string{}, emulator...), binary, "-test.bench=.", "-test.benchtime=1x", "-test.timeout=110s")
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir = t.TempDir()
	cmd.Env = []string{"GOMAXPROCS=4", "HOME=" + cmd.Dir, "TMPDIR=" + cmd.Dir}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if !strings.Contains(string(out), "goarch: arm64\n") || !strings.Contains(string(out), "ns/op") || !strings.HasSuffix(string(out), "PASS\n") {
		t.Errorf("ran something else:\n%s", out)
	}
}

// findEmulator finds qemu-user. In CI it must be there.
func findEmulator(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"qemu-aarch64", "qemu-aarch64-static"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("CI") != "" {
		t.Fatal("qemu-aarch64 is missing: install the Debian package qemu-user")
	}
	t.Skip("needs qemu-aarch64, of the Debian package qemu-user")
	return ""
}
