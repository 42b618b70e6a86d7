package toolchain

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// An edit changes one file of the runtime into one that was never compiled
// before.
type edit struct {
	name, file, at string
	insert         func(n int) string // another text for each n, to stand before at
}

func edits() []edit {
	return []edit{
		// What the runtime exports stays as it is.
		{"body", "mgc.go", "\twork.nproc = ^uint32(0)\n\twork.nwait = ^uint32(0)\n}\n", func(n int) string {
			return fmt.Sprintf("\tif work.nproc == %d {\n\t\treturn\n\t}\n", n)
		}},
		// So does what it does, but exported functions move by n lines.
		{"line", "proc.go", "// The main goroutine.\n", func(n int) string {
			return strings.Repeat("// Another line.\n", n) + "\n"
		}},
	}
}

// A timedBuild is the compilation of a test binary after an edit, with or without
// the cutoff, and with a build cache of its own.
type timedBuild struct {
	child
	wall, cpu time.Duration
}

func (t *timedBuild) run(ctx context.Context) error {
	cpu, start := childrenCPU(), time.Now()
	_, _, err := t.child.run(ctx)
	t.wall += time.Since(start)
	t.cpu += childrenCPU() - cpu
	return err
}

// childrenCPU is the processor time that children have used that ended.
func childrenCPU() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_CHILDREN, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// BenchmarkEditToBinary edits the runtime of the first experiment and compiles
// the binary of one benchmark, once with the cutoff and once without, each with
// all that its last build left behind. The ratios tell the difference, whatever
// else the machine does meanwhile.
func BenchmarkEditToBinary(b *testing.B) {
	_, _, after := realSeed(b, realBuilder(b))
	for _, edit := range edits() {
		b.Run(edit.name, func(b *testing.B) { benchmarkEdit(b, after, edit) })
	}
}

func benchmarkEdit(b *testing.B, after *Tree, edit edit) {
	tree := &Tree{GOROOT: filepath.Join(b.TempDir(), "goroot")}
	if err := linkTree(b.Context(), after.GOROOT, tree.GOROOT); err != nil {
		b.Fatal(err)
	}
	if err := unshare(tree.GOROOT, "src/runtime"); err != nil {
		b.Fatal(err)
	}
	file := filepath.Join(tree.GOROOT, "src", "runtime", edit.file)
	source, err := os.ReadFile(file)
	if err != nil {
		b.Fatal(err)
	}
	if strings.Count(string(source), edit.at) != 1 {
		b.Fatalf("%q is not in %s once", edit.at, edit.file)
	}
	n := 0
	change := func() {
		n++
		text := strings.Replace(string(source), edit.at, edit.insert(n)+edit.at, 1)
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			b.Fatal(err)
		}
	}
	plain, cutoff := newTimedBuild(b, tree, nil), newTimedBuild(b, tree, &Cache{Dir: b.TempDir()})
	both := func(first, second *timedBuild) {
		for _, build := range []*timedBuild{first, second} {
			if err := build.run(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	}
	both(plain, cutoff)
	plain.wall, plain.cpu, cutoff.wall, cutoff.cpu = 0, 0, 0, 0
	first, second := plain, cutoff
	for b.Loop() {
		change()
		both(first, second)
		first, second = second, first
	}
	ops := float64(b.N)
	b.ReportMetric(0, "ns/op") // of both together: no figure to look at
	b.ReportMetric(plain.wall.Seconds()/ops, "plain-s/op")
	b.ReportMetric(cutoff.wall.Seconds()/ops, "cutoff-s/op")
	b.ReportMetric(plain.cpu.Seconds()/ops, "plain-cpu-s/op")
	b.ReportMetric(cutoff.cpu.Seconds()/ops, "cutoff-cpu-s/op")
	b.ReportMetric(cutoff.wall.Seconds()/plain.wall.Seconds(), "wall-ratio")
	b.ReportMetric(cutoff.cpu.Seconds()/plain.cpu.Seconds(), "cpu-ratio")
}

// newTimedBuild prepares the compilation of a test binary. If objects is not
// nil it is where the cutoff keeps what the compiler wrote.
func newTimedBuild(b *testing.B, tree *Tree, objects *Cache) *timedBuild {
	scratch := b.TempDir()
	if err := MakeScratch(scratch); err != nil {
		b.Fatal(err)
	}
	programs, err := filepath.Abs(filepath.Join("..", "bench", "programs"))
	if err != nil {
		b.Fatal(err)
	}
	args := []string{"test", "-c", "-trimpath", "-ldflags=-buildid=", "-vet=off"}
	env := append(tree.Environ(scratch), "GOCACHE="+filepath.Join(scratch, "gocache"))
	if objects != nil {
		self, err := os.Executable()
		if err != nil {
			b.Fatal(err)
		}
		flags, variables := objects.CutoffFlags(self)
		args, env = append(args, flags...), append(env, variables...)
	}
	return &timedBuild{child: child{
		path: filepath.Join(tree.GOROOT, "bin", "go"),
		args: append(args, "-o", filepath.Join(scratch, "bench.test"), "./cyclestorm"),
		dir:  programs,
		env:  env,
	}}
}
