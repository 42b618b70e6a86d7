package prof

import "github.com/google/pprof/profile"

// A Part is how many CPU samples of one side some functions have.
type Part struct {
	Samples int64 `json:"samples"` // in all

	// Flat counts samples in the machine code of the functions, with what is
	// inlined into them.
	Flat int64 `json:"flat"`
	// Within counts samples with one of the functions anywhere on the stack:
	// in them or in what they call, directly or not.
	Within int64 `json:"within"`
}

// countPart counts the samples of p in the functions, by the value at that index.
func countPart(p *profile.Profile, counted int, functions []string) *Part {
	named := make(map[string]bool)
	for _, name := range functions {
		named[name] = true
	}
	part := new(Part)
	for _, s := range p.Sample {
		n := s.Value[counted]
		part.Samples += n
		for i, loc := range s.Location {
			if !holds(loc, named) {
				continue
			}
			part.Within += n
			if i == 0 {
				part.Flat += n
			}
			break
		}
	}
	return part
}

// holds reports whether the code at loc is of one of the named functions.
func holds(loc *profile.Location, named map[string]bool) bool {
	for _, line := range loc.Line {
		if line.Function != nil && named[line.Function.Name] {
			return true
		}
	}
	return false
}
