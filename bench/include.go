package bench

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// An Include brings the benchmarks of another suite into one.
type Include struct {
	Suite   string   `toml:"suite"`
	Only    []string `toml:"only"`    // names of benchmarks; empty means all
	Procs   []int    `toml:"procs"`   // instead of theirs
	Seconds float64  `toml:"seconds"` // instead of theirs
}

// include reads the suites that s includes and puts their benchmarks before
// its own. chain holds the names of the suites on the way to s, and s.
func (s *Suite) include(dir string, chain []string) error {
	var benchmarks []SuiteBenchmark
	sums := []string{s.SHA256}
	for i, inc := range s.Includes {
		where := fmt.Sprintf("include %d (%s)", i+1, inc.Suite)
		if slices.Contains(chain, inc.Suite) {
			return fmt.Errorf("%s: a circle: %s → %s", where, strings.Join(chain, " → "), inc.Suite)
		}
		other, err := readSuite(dir, inc.Suite)
		if err == nil {
			err = other.include(dir, append(slices.Clone(chain), inc.Suite))
		}
		if err != nil {
			return fmt.Errorf("%s: %w", where, err)
		}
		chosen, err := inc.choose(other.Benchmarks)
		if err != nil {
			return fmt.Errorf("%s: %w", where, err)
		}
		benchmarks = append(benchmarks, chosen...)
		for _, u := range other.Units {
			if !slices.Contains(s.Units, u) {
				s.Units = append(s.Units, u)
			}
		}
		for name, place := range other.Source {
			if _, ok := s.Source[name]; !ok {
				if s.Source == nil {
					s.Source = make(map[string]string)
				}
				s.Source[name] = place
			}
		}
		sums = append(sums, other.SHA256)
	}
	s.Benchmarks = append(benchmarks, s.Benchmarks...)
	if len(sums) > 1 {
		s.SHA256 = digest(sums...)
	}
	return nil
}

// choose picks the benchmarks an include asks for, with what it overrides.
func (inc *Include) choose(all []SuiteBenchmark) ([]SuiteBenchmark, error) {
	if !(inc.Seconds >= 0) {
		return nil, fmt.Errorf("seconds is %v, not above 0", inc.Seconds)
	}
	if len(all) == 0 {
		return nil, errors.New("that suite has no benchmark")
	}
	var chosen []SuiteBenchmark
	for _, b := range all {
		if len(inc.Only) > 0 && !slices.Contains(inc.Only, b.Name) {
			continue
		}
		if len(inc.Procs) > 0 {
			b.Procs = inc.Procs
		}
		if inc.Seconds > 0 {
			b.Seconds = inc.Seconds
		}
		chosen = append(chosen, b)
	}
	for _, name := range inc.Only {
		if !slices.ContainsFunc(all, func(b SuiteBenchmark) bool { return b.Name == name }) {
			return nil, fmt.Errorf("only names %q, which that suite does not have", name)
		}
	}
	return chosen, nil
}
