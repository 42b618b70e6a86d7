package bench

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"patchbench/results"
	"patchbench/toolchain"
)

// A Suite is a list of benchmarks measured together.
type Suite struct {
	Name       string            `toml:"-"`
	SHA256     string            `toml:"-"` // of its file and those it includes
	Title      string            `toml:"title"`
	Layouts    int               `toml:"layouts"` // binaries a side that differ in nothing but where code lies; 0 means 1
	Memory     string            `toml:"memory"`  // bound on what one sample may take, such as "4GB"; empty means none
	Source     map[string]string `toml:"source"`  // by folder of bench/modules: where the module lies instead of the proxy
	Includes   []Include         `toml:"include"`
	Benchmarks []SuiteBenchmark  `toml:"benchmark"` // those included come first
	Units      []SuiteUnit       `toml:"unit"`
}

// A SuiteBenchmark is one benchmark of a suite.
type SuiteBenchmark struct {
	Name    string   `toml:"name"`    // CamelCase, unique
	Package string   `toml:"package"` // programs/…, std/…, modules/…, cmd/compile, sweet/… or bent/…
	Pattern string   `toml:"pattern"` // for -test.bench, or by what a program prints; must match one benchmark
	Program bool     `toml:"program"` // the package is a program, not tests
	Args    []string `toml:"args"`    // of a program, with {n} and {seconds}; or what the compiler compiles
	Loads   string   `toml:"loads"`   // the part of the collector it works
	Procs   []int    `toml:"procs"`   // GOMAXPROCS; empty means the plan's
	Seconds float64  `toml:"seconds"` // wall time a sample should take; 0 means DefaultSeconds
	Primary []string `toml:"primary"` // units its verdict rests on; empty means the default
	Counted bool     `toml:"counted"` // its instructions are counted too
	Control bool     `toml:"control"` // it hardly collects, and is there to show what comes from elsewhere
	From    string   `toml:"from"`    // the oldest release it is for; empty means any
	Eras    []Era    `toml:"era"`     // what differs on bases of later releases

	none string // why this era has no such benchmark
}

// A SuiteUnit declares a unit that benchmarks of the suite report.
type SuiteUnit struct {
	Name   string       `toml:"name"`
	Kind   results.Kind `toml:"kind"`
	Better string       `toml:"better"`
}

// DefaultSeconds is the wall time a sample should take where the suite does
// not say. Shorter samples come closer together, so more of the machine's
// noise is common to both samples of a pair; much shorter ones measure the
// start of the process.
const DefaultSeconds = 0.6

// LoadSuite loads NAME.toml from the folder dir, with all it includes.
func LoadSuite(dir, name string) (*Suite, error) {
	s, err := readSuite(dir, name)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, name+".toml")
	if err := s.include(dir, []string{name}); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if err := s.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return s, nil
}

// Matching returns s with those of its benchmarks whose names match the regular
// expression.
func (s *Suite) Matching(expr string) (*Suite, error) {
	pattern, err := regexp.Compile(expr)
	if err != nil {
		return nil, fmt.Errorf("which benchmarks of suite %s: %w", s.Name, err)
	}
	part := *s
	part.Name, part.SHA256, part.Benchmarks = s.Name+"/"+expr, digest(s.SHA256, expr), nil
	var names []string
	for _, b := range s.Benchmarks {
		names = append(names, b.Name)
		if pattern.MatchString(b.Name) {
			part.Benchmarks = append(part.Benchmarks, b)
		}
	}
	if part.Benchmarks == nil {
		return nil, fmt.Errorf("no benchmark of suite %s matches %q; it has %s", s.Name, expr, strings.Join(names, ", "))
	}
	return &part, nil
}

// readSuite reads NAME.toml alone.
func readSuite(dir, name string) (*Suite, error) {
	path := filepath.Join(dir, name+".toml")
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) || name != filepath.Base(name) {
		names := SuiteNames(dir)
		if names == nil {
			names = []string{"none in " + dir}
		}
		return nil, fmt.Errorf("no suite %q: there are %s", name, strings.Join(names, ", "))
	}
	if err != nil {
		return nil, fmt.Errorf("load suite: %w", err)
	}
	s := &Suite{Name: name}
	sum := sha256.Sum256(data)
	s.SHA256 = hex.EncodeToString(sum[:])
	dec := toml.NewDecoder(bytes.NewReader(data)).DisallowUnknownFields()
	if err := dec.Decode(s); err != nil {
		return nil, toolchain.TOMLError(path, err, "README.md beside it lists them all")
	}
	return s, nil
}

// SuiteNames lists the suites in the folder dir.
func SuiteNames(dir string) []string {
	var names []string
	paths, _ := filepath.Glob(filepath.Join(dir, "*.toml"))
	for _, p := range paths {
		names = append(names, strings.TrimSuffix(filepath.Base(p), ".toml"))
	}
	return names
}

// metric returns what is known of unit.
func (s *Suite) metric(unit string) (results.Metric, bool) {
	for _, m := range []results.Metric{results.OpMetric, results.CPUMetric, results.RSSMetric, results.WallMetric} {
		if m.Unit == unit {
			return m, true
		}
	}
	for _, u := range s.Units {
		if u.Name == unit {
			return results.Metric{Unit: u.Name, Kind: u.Kind, Better: u.Better}, true
		}
	}
	return results.Metric{}, false
}

// primary returns the metrics b's verdict rests on.
func (s *Suite) primary(b *SuiteBenchmark) []results.Metric {
	if len(b.Primary) == 0 && b.chooses() {
		return []results.Metric{results.OpMetric, results.RSSMetric}
	}
	if len(b.Primary) == 0 {
		return []results.Metric{results.OpMetric, results.CPUMetric, results.RSSMetric}
	}
	var ms []results.Metric
	for _, unit := range b.Primary {
		m, _ := s.metric(unit)
		ms = append(ms, m)
	}
	return ms
}
