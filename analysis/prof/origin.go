package prof

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/google/pprof/profile"
)

// An origin is what a profile is of, as far as it tells.
type origin struct {
	program string // the name of the binary, which for go test is that of all packages

	// benchmark is the function that the benchmark is, with its package: what
	// tells packages and benchmarks of one binary apart. The binary's build ID
	// would not: it is in no profile of an older release, and differs between
	// layouts.
	benchmark string
}

func originOf(kind Kind, p *profile.Profile) origin {
	var o origin
	if len(p.Mapping) > 0 && p.Mapping[0].File != "" {
		o.program = filepath.Base(p.Mapping[0].File)
	}
	samples := make(map[string]int64)
	for _, s := range p.Sample {
		if name := benchmarkOf(s); name != "" {
			samples[name] += s.Value[kind.rule().counted]
		}
	}
	for name, n := range samples {
		if most := samples[o.benchmark]; n > most || n == most && name < o.benchmark {
			o.benchmark = name
		}
	}
	return o
}

// benchmarkOf is the benchmark that a sample is of, without what closures add to
// its name: the outermost, which may call others. It is empty in goroutines that
// are not the benchmark's.
func benchmarkOf(s *profile.Sample) string {
	for i := len(s.Location) - 1; i >= 0; i-- {
		lines := s.Location[i].Line
		for k := len(lines) - 1; k >= 0; k-- { // what is inlined comes first
			if lines[k].Function == nil {
				continue
			}
			name := lines[k].Function.Name
			dir := strings.LastIndex(name, "/") + 1
			pkg, function, ok := strings.Cut(name[dir:], ".")
			if !ok || !strings.HasPrefix(function, "Benchmark") {
				continue
			}
			function, _, _ = strings.Cut(function, ".")
			return name[:dir] + pkg + "." + function
		}
	}
	return ""
}

// differs says in what o is not what it should be, nothing where both may be of
// the same.
func (o origin) differs(should origin) string {
	switch {
	case o.program != should.program:
		return fmt.Sprintf("program, %q and not %q", o.program, should.program)
	case o.benchmark != should.benchmark && o.benchmark != "" && should.benchmark != "":
		return fmt.Sprintf("benchmark, %q and not %q", o.benchmark, should.benchmark)
	}
	return ""
}

// usual is the program that most are of, and the benchmark of it that most are
// of; the first of those where several are.
func usual(all []origin) origin {
	var o origin
	programs := make(map[string]int)
	for _, x := range all {
		programs[x.program]++
	}
	for _, x := range all {
		if programs[x.program] > programs[o.program] {
			o.program = x.program
		}
	}
	benchmarks := make(map[string]int)
	for _, x := range all {
		if x.program == o.program && x.benchmark != "" {
			benchmarks[x.benchmark]++
		}
	}
	for _, x := range all {
		if benchmarks[x.benchmark] > benchmarks[o.benchmark] {
			o.benchmark = x.benchmark
		}
	}
	return o
}
