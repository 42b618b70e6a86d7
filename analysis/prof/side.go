package prof

import (
	"bytes"
	"fmt"
	"path/filepath"

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
	pairs   []int // by process
	counts  *counts
	merged  *profile.Profile
	program string
}

// Processes is how many profiles there are.
func (s *Side) Processes() int { return len(s.pairs) }

// Samples is how many CPU samples they hold, or how many bytes allocations of them tell.
func (s *Side) Samples() int64 { return sum(s.counts.totals) }

// Read reads the profiles of one side, which are of that kind. Those that do not read, or are of
// another program than most, are left out and told of, one error each. The
// side is nil if that leaves none.
//
// Profiles are read one after the other and few are held at a time, however
// many there are.
func Read(kind Kind, files []File) (*Side, []error) {
	s, programs, faults := read(kind, files, nil)
	if program, several := usual(programs); several {
		s, _, faults = read(kind, files, &program)
	}
	return s, faults
}

// read reads the profiles, if only is given those of one program alone, and
// lists the programs that they are of.
func read(kind Kind, files []File, only *string) (*Side, []string, []error) {
	s := &Side{counts: newCounts(kind)}
	var programs []string
	var faults []error
	var all merger
	for _, f := range files {
		p, err := load(kind, f.Path)
		if err == nil {
			program := programOf(p)
			programs = append(programs, program)
			if only != nil && program != *only {
				err = fmt.Errorf("%s: a profile of another program, %q and not %q; record it again", f.Path, program, *only)
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
		s.program = programs[len(programs)-1]
		s.counts.add(p)
	}
	if len(s.pairs) == 0 {
		return nil, programs, faults
	}
	var err error
	if s.merged, err = all.merge(); err != nil {
		return nil, programs, append(faults, fmt.Errorf("merge %ss: %w", kind.rule().name, err))
	}
	return s, programs, faults
}

// programOf is the name of the binary that p is of, as far as it is known.
func programOf(p *profile.Profile) string {
	if len(p.Mapping) == 0 || p.Mapping[0].File == "" {
		return ""
	}
	return filepath.Base(p.Mapping[0].File)
}

// usual is the name that comes most often, the first of those that do, and
// whether there are others.
func usual(names []string) (name string, several bool) {
	times := make(map[string]int)
	for _, n := range names {
		times[n]++
	}
	for _, n := range names {
		if times[n] > times[name] {
			name = n
		}
	}
	return name, len(times) > 1
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
