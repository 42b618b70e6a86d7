package bench

import (
	"errors"
	"fmt"
	"go/version"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/perf/benchunit"

	"patchbench/results"
)

// maxProcs is the largest GOMAXPROCS a suite can ask for.
const maxProcs = 1024

var benchmarkName = regexp.MustCompile(`^[A-Z][A-Za-z0-9_]*$`)

// check finds what is wrong with a suite whose includes are resolved.
func (s *Suite) check() error {
	switch {
	case s.Title == "":
		return errors.New("title is missing: say what the suite is for")
	case len(s.Benchmarks) == 0:
		return errors.New("has no [[benchmark]] and no [[include]]")
	}
	if s.Layouts < 0 || s.Layouts > MaxLayouts {
		return fmt.Errorf("layouts is %d, not between 1 and %d", s.Layouts, MaxLayouts)
	}
	if _, err := s.MemoryLimit(); err != nil {
		return err
	}
	units := make(map[string]SuiteUnit)
	for i, u := range s.Units {
		if err := u.check(); err != nil {
			return fmt.Errorf("unit %d (%s): %w", i+1, u.Name, err)
		}
		if other, ok := units[u.Name]; ok && other != u {
			return fmt.Errorf("unit %d (%s): declared twice, and differently", i+1, u.Name)
		}
		units[u.Name] = u
	}
	seen := make(map[string]bool)
	for i := range s.Benchmarks {
		b := &s.Benchmarks[i]
		where := fmt.Sprintf("benchmark %d (%s)", i+1, b.Name)
		if err := b.check(); err != nil {
			return fmt.Errorf("%s: %w", where, err)
		}
		if seen[b.Name] {
			return fmt.Errorf("%s: another benchmark has that name, here or in an included suite: choose with only what to include", where)
		}
		seen[b.Name] = true
		for _, unit := range b.Primary {
			if _, ok := s.metric(unit); !ok {
				return fmt.Errorf("%s: primary unit %q is not declared in a [[unit]]", where, unit)
			}
		}
	}
	return nil
}

func (u *SuiteUnit) check() error {
	switch u.Kind {
	case results.Time, results.Space, results.Latency, results.Count:
	default:
		return fmt.Errorf("kind is %q, not time, space, latency or count", u.Kind)
	}
	if u.Name == "" || strings.ContainsAny(u.Name, " \t") {
		return fmt.Errorf("name is %q, not a unit", u.Name)
	}
	if _, tidy := benchunit.Tidy(1, u.Name); tidy != u.Name {
		return fmt.Errorf("name is %q, which benchstat calls %s: name it so", u.Name, tidy)
	}
	if u.Better != "lower" && u.Better != "higher" {
		return fmt.Errorf("better is %q, not lower or higher", u.Better)
	}
	return nil
}

func (b *SuiteBenchmark) check() error {
	switch {
	case !benchmarkName.MatchString(b.Name):
		return errors.New("name is not of the form CycleStorm")
	case b.Loads == "":
		return errors.New("loads is missing: say what part of the collector it works")
	case !(b.Seconds >= 0 && b.Seconds <= 600): // nan is neither
		return fmt.Errorf("seconds is %v, not between 0 and 600", b.Seconds)
	}
	if err := b.checkPlace(); err != nil {
		return err
	}
	if err := b.checkProgram(); err != nil {
		return err
	}
	for i, n := range b.Procs {
		if n < 1 || n > maxProcs || slices.Contains(b.Procs[:i], n) {
			return fmt.Errorf("procs has %d: each is given once, from 1 to %d", n, maxProcs)
		}
	}
	for i, unit := range b.Primary {
		if slices.Contains(b.Primary[:i], unit) {
			return fmt.Errorf("primary has %s twice", unit)
		}
	}
	if b.From != "" && !version.IsValid(b.From) {
		return fmt.Errorf("from is %q, not a release like go1.26", b.From)
	}
	from := ""
	for i, e := range b.Eras {
		if !version.IsValid(e.From) {
			return fmt.Errorf("era %d: from is %q, not a release like go1.26", i+1, e.From)
		}
		if from != "" && version.Compare(e.From, from) <= 0 {
			return fmt.Errorf("era %d: from %s does not come after %s", i+1, e.From, from)
		}
		from = e.From
		if changes := e.Package != "" || e.Pattern != ""; changes == (e.None != "") {
			return fmt.Errorf("era %d: it takes none, or what differs: package or pattern", i+1)
		}
		later := b.in(e.From)
		if err := later.checkPlace(); err != nil {
			return fmt.Errorf("era %d: %w", i+1, err)
		}
	}
	return nil
}

// checkPlace checks where a benchmark comes from.
func (b *SuiteBenchmark) checkPlace() error {
	if err := checkPackage(b.Package); err != nil {
		return err
	}
	if b.Pattern == "" && !b.program() {
		return errors.New("pattern is missing")
	}
	for _, part := range strings.Split(b.Pattern, "/") {
		if _, err := regexp.Compile(part); err != nil {
			return fmt.Errorf("pattern: %w", err)
		}
	}
	return nil
}
