package prof

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/google/pprof/profile"

	"patchbench/results"
)

// A File is the profile of one process.
type File struct {
	Pair int // the same as that of the process of the other side that ran beside it
	Path string
}

// A Side is what the profiles of one side hold, all of one kind.
type Side struct {
	pairs  []int // by process
	counts *counts
	merged *profile.Profile
	origin origin
}

// Processes is how many profiles there are.
func (s *Side) Processes() int { return len(s.pairs) }

// Samples is how many CPU samples they hold, or how many bytes their allocations
// have.
func (s *Side) Samples() int64 { return sum(s.counts.totals) }

// Read reads the profiles of one side, which are of that kind. Those that do not
// read, or are of another program or benchmark than most, are left out and told
// of, one error each. The side is nil if that leaves none.
//
// Profiles are read one after the other and few are held at a time, however
// many there are.
func Read(kind Kind, files []File) (*Side, []error) {
	sides, faults := readSides(kind, files)
	return sides[0], faults[0]
}

// ReadBoth is Read for both sides of one benchmark: what most profiles of both
// are of is what all should be.
func ReadBoth(kind Kind, before, after []File) ([2]*Side, [2][]error) {
	sides, faults := readSides(kind, before, after)
	return [2]*Side(sides), [2][]error(faults)
}

func readSides(kind Kind, files ...[]File) ([]*Side, [][]error) {
	sides, faults := make([]*Side, len(files)), make([][]error, len(files))
	seen := make([][]origin, len(files))
	for i := range files {
		sides[i], seen[i], faults[i] = read(kind, files[i], nil)
	}
	most := usual(slices.Concat(seen...))
	for i := range files {
		if slices.ContainsFunc(seen[i], func(o origin) bool { return o.differs(most) != "" }) {
			sides[i], _, faults[i] = read(kind, files[i], &most)
		}
	}
	return sides, faults
}

// read reads the profiles, if only is given those of that origin alone, and
// lists what they are of.
func read(kind Kind, files []File, only *origin) (*Side, []origin, []error) {
	s := &Side{counts: newCounts(kind)}
	var origins []origin
	var faults []error
	var all merger
	for _, f := range files {
		p, err := load(kind, f.Path)
		if err == nil {
			o := originOf(kind, p)
			origins = append(origins, o)
			if only != nil {
				if what := o.differs(*only); what != "" {
					err = fmt.Errorf("%s: a profile of another %s; record it again", f.Path, what)
				}
			}
		}
		if err == nil {
			err = all.add(p)
		}
		if err != nil {
			faults = append(faults, err)
			continue
		}
		s.pairs = append(s.pairs, f.Pair)
		s.counts.add(p)
	}
	if len(s.pairs) == 0 {
		return nil, origins, faults
	}
	var err error
	if s.merged, err = all.merge(); err != nil {
		return nil, origins, append(faults, fmt.Errorf("merge %ss: %w", kind.rule().name, err))
	}
	s.origin = usual(origins)
	if only != nil {
		s.origin = *only
	}
	return s, origins, faults
}

// Write writes the profiles of the side, merged, to path: one that go tool
// pprof opens, also as -diff_base. It writes all of the file or nothing.
func (s *Side) Write(path string) error {
	var buf bytes.Buffer
	if err := s.merged.Write(&buf); err != nil {
		return fmt.Errorf("merge %ss into %s: %w", s.counts.kind.rule().name, path, err)
	}
	return results.WriteFile(path, buf.Bytes())
}

// Part counts the samples of the functions, named as in profiles.
func (s *Side) Part(functions []string) *Part {
	return countPart(s.merged, s.counts.kind.rule().counted, functions)
}
