package bench

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"patchbench/results"
)

// The files that tell bent what there is. It brings the list of benchmarks
// itself.
const (
	bentBenchmarks = "benchmarks-all.toml"
	bentConfig     = "patchbench.toml"
)

// bent runs golang.org/x/benchmarks' collection of other people's benchmarks.
// It fetches and compiles them all before the first sample.
type bent struct {
	dir string
}

func (b *bent) missing() string { return "" }

func (b *bent) prepare(names []string, roots map[results.Side]string, run func(args ...string) error) error {
	if err := run("-I"); err != nil {
		return err
	}
	text := driverConfig("Configurations", "Name", "Root", roots)
	if err := os.WriteFile(filepath.Join(b.dir, bentConfig), text, 0o644); err != nil {
		return err
	}
	// It runs nothing, and ends well whatever could not be built: that benchmark
	// then has no result.
	return run("-N", "0", "-S", "0", "-C", bentConfig, "-B", bentBenchmarks, "-b", strings.Join(names, ","))
}

func (b *bent) args(bm *results.Benchmark, side results.Side) []string {
	_, name := splitDriver(bm.Package)
	return []string{
		"-r", "built", "-N", "1", "-C", bentConfig, "-B", bentBenchmarks, "-b", name, "-c", driverSide(side),
		"--", "-test.bench=" + bm.Pattern,
	}
}

func (b *bent) folder() string { return b.dir }

func (b *bent) results(_ *results.Benchmark, side results.Side) string {
	return filepath.Join(b.dir, "bench", fmt.Sprintf("*.%s.stdout", driverSide(side)))
}
