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

// TestCross compiles the suite quick for arm64 with both trees of the first
// experiment and runs it: on an amd64 machine in the emulator qemu-user. Of our
// own programs it runs the tests too.
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
	suite, err := LoadSuite("suites", "quick")
	if err != nil {
		t.Fatal(err)
	}
	plan := &Plan{Suite: suite}
	binaries, err := compiler.Compile(t.Context(), Trees{results.Before: before, results.After: after}, plan.Packages(), 2)
	if err != nil {
		t.Fatal(err)
	}
	for _, benchmark := range suite.Benchmarks {
		pkg := benchmark.Package
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
				runCross(t, emulator, b.Paths[side][0], &benchmark, b.Dir)
			})
		}
		t.Run(pkg+"/"+b.Layouts[1], func(t *testing.T) {
			// The base's linker can't shuffle, so it is a padding, and all of the
			// runtime lies behind it.
			at := [2]uint64{address(t, b.Paths[results.Before][0], "runtime.mallocgc"), address(t, b.Paths[results.Before][1], "runtime.mallocgc")}
			if moved := at[1] - at[0]; moved != paddingStep {
				t.Errorf("the runtime moved by %d bytes, want %d", moved, paddingStep)
			}
			runCross(t, emulator, b.Paths[results.Before][1], &benchmark, b.Dir)
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

// runCross runs a benchmark once, and the tests beside it where they are ours.
func runCross(t *testing.T, emulator []string, binary string, b *SuiteBenchmark, dir string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	args := append(slices.Clone(emulator), binary, "-test.bench="+b.Pattern, "-test.benchtime=1x", "-test.timeout=110s")
	if !strings.HasPrefix(b.Package, programsPrefix) {
		args = append(args, "-test.run=^$")
	}
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	tmp := t.TempDir()
	cmd.Dir = filepath.Join(tmp, "src")
	if err := copyFolder(cmd.Dir, dir); err != nil {
		t.Fatal(err)
	}
	cmd.Env = []string{"GOMAXPROCS=4", "HOME=" + tmp, "TMPDIR=" + tmp}
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
