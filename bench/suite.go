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
	Name       string           `toml:"-"`
	SHA256     string           `toml:"-"`
	Title      string           `toml:"title"`
	Benchmarks []SuiteBenchmark `toml:"benchmark"`
	Units      []SuiteUnit      `toml:"unit"`
}

// A SuiteBenchmark is one benchmark of a suite.
type SuiteBenchmark struct {
	Name    string   `toml:"name"`    // CamelCase, unique
	Package string   `toml:"package"` // programs/… or std/…
	Pattern string   `toml:"pattern"` // for -test.bench; must match one benchmark
	Loads   string   `toml:"loads"`   // the part of the collector it works
	Procs   []int    `toml:"procs"`   // GOMAXPROCS; empty means the plan's
	Seconds float64  `toml:"seconds"` // wall time a sample should take; 0 means DefaultSeconds
	Primary []string `toml:"primary"` // units its verdict rests on; empty means the default
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

var benchmarkName = regexp.MustCompile(`^[A-Z][A-Za-z0-9_]*$`)

// LoadSuite loads NAME.toml from the folder dir.
func LoadSuite(dir, name string) (*Suite, error) {
	path := filepath.Join(dir, name+".toml")
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) || name != filepath.Base(name) {
		return nil, fmt.Errorf("no suite %q: there are %s", name, strings.Join(suiteNames(dir), ", "))
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
	if err := s.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return s, nil
}

func suiteNames(dir string) []string {
	var names []string
	paths, _ := filepath.Glob(filepath.Join(dir, "*.toml"))
	for _, p := range paths {
		names = append(names, strings.TrimSuffix(filepath.Base(p), ".toml"))
	}
	if names == nil {
		return []string{"none in " + dir}
	}
	return names
}

func (s *Suite) check() error {
	if len(s.Benchmarks) == 0 {
		return errors.New("has no [[benchmark]]")
	}
	for i, u := range s.Units {
		switch u.Kind {
		case results.Time, results.Space, results.Latency, results.Count:
		default:
			return fmt.Errorf("unit %d (%s): kind is %q, not time, space, latency or count", i+1, u.Name, u.Kind)
		}
		if u.Name == "" || strings.ContainsAny(u.Name, " \t") {
			return fmt.Errorf("unit %d: name is %q, not a unit", i+1, u.Name)
		}
		if u.Better != "lower" && u.Better != "higher" {
			return fmt.Errorf("unit %s: better is %q, not lower or higher", u.Name, u.Better)
		}
	}
	seen := make(map[string]bool)
	for i, b := range s.Benchmarks {
		where := fmt.Sprintf("benchmark %d (%s)", i+1, b.Name)
		switch {
		case !benchmarkName.MatchString(b.Name):
			return fmt.Errorf("%s: name is not of the form CycleStorm", where)
		case seen[b.Name]:
			return fmt.Errorf("%s: another benchmark has that name", where)
		case !strings.HasPrefix(b.Package, "programs/") && !strings.HasPrefix(b.Package, "std/"):
			return fmt.Errorf("%s: package is %q, not programs/… or std/…", where, b.Package)
		case b.Pattern == "":
			return fmt.Errorf("%s: pattern is missing", where)
		case b.Loads == "":
			return fmt.Errorf("%s: loads is missing: say what part of the collector it works", where)
		case b.Seconds < 0 || b.Seconds > 600:
			return fmt.Errorf("%s: seconds is %v, not between 0 and 600", where, b.Seconds)
		}
		for _, part := range strings.Split(b.Pattern, "/") {
			if _, err := regexp.Compile(part); err != nil {
				return fmt.Errorf("%s: pattern: %w", where, err)
			}
		}
		for _, n := range b.Procs {
			if n < 1 {
				return fmt.Errorf("%s: procs has %d", where, n)
			}
		}
		for _, unit := range b.Primary {
			if _, ok := s.metric(unit); !ok {
				return fmt.Errorf("%s: primary unit %q is not declared in a [[unit]]", where, unit)
			}
		}
		seen[b.Name] = true
	}
	return nil
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
