package bench

import (
	"os"
	"path/filepath"

	"patchbench/results"
)

// sweet runs golang.org/x/benchmarks' suite of large programs. It compiles one
// whenever it runs it; the go command's cache leaves the linking of it, or
// nothing.
type sweet struct {
	source string // its folder there, with the command, benchmarks and assets
	dir    string
}

func (s *sweet) assets() string { return filepath.Join(s.source, "assets") }

func (s *sweet) missing() string {
	if info, err := os.Stat(s.assets()); err != nil || !info.IsDir() {
		return s.assets() + " is missing: sweet get -copy assets, in " + s.source + ", fetches it"
	}
	return ""
}

// config names one tree: sweet runs a benchmark with every tree it is told.
func (s *sweet) config(side results.Side) string {
	return filepath.Join(s.dir, driverSide(side)+".toml")
}

func (s *sweet) prepare(_ []string, roots map[results.Side]string, _ func(args ...string) error) error {
	for side, root := range roots {
		text := driverConfig("config", "name", "goroot", map[results.Side]string{side: root})
		if err := os.WriteFile(s.config(side), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func (s *sweet) args(b *results.Benchmark, side results.Side) []string {
	_, name := splitDriver(b.Package)
	return []string{
		"run", "-quiet", "-count", "1", "-run", name,
		"-bench-dir", filepath.Join(s.source, "benchmarks"), "-assets-dir", s.assets(),
		"-work-dir", filepath.Join(s.dir, "work"), "-results", filepath.Join(s.dir, "results"),
		s.config(side),
	}
}

func (s *sweet) folder() string { return s.source }

func (s *sweet) results(b *results.Benchmark, side results.Side) string {
	_, name := splitDriver(b.Package)
	return filepath.Join(s.dir, "results", name, driverSide(side)+".results")
}
