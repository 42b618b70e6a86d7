package bench

import (
	"cmp"
	"go/version"
	"slices"
	"strings"
)

// An Era says what differs of a benchmark on bases from a release on: modules
// that compile with go1.16 are often too old for a current one, and the other
// way round.
type Era struct {
	From    string `toml:"from"`    // a release, such as go1.26
	Package string `toml:"package"` // empty means the same
	Pattern string `toml:"pattern"`
	None    string `toml:"none"` // why there is no such benchmark from here on
}

// in returns b as it is on bases of a release.
func (b *SuiteBenchmark) in(release string) SuiteBenchmark {
	c := *b
	c.Eras = nil
	for _, e := range b.Eras {
		if version.Compare(release, e.From) >= 0 {
			c.Package, c.Pattern = cmp.Or(e.Package, c.Package), cmp.Or(e.Pattern, c.Pattern)
			c.none = e.None
		}
	}
	return c
}

// In returns the suite as it is on a base whose VERSION file is text: each
// benchmark of the era that release falls into. It also lists, in a line each,
// the benchmarks that era does not have, which are left out. A base without a
// release in its VERSION counts as newer than all.
func (s *Suite) In(text string) (suite *Suite, missing []string) {
	release := releaseOf(text)
	c := *s
	c.Benchmarks = nil
	for i := range s.Benchmarks {
		b := s.Benchmarks[i].in(release)
		if b.From != "" && version.Compare(release, b.From) < 0 {
			b.none = "it needs " + b.From
		}
		if b.none != "" {
			missing = append(missing, b.Name+": "+b.none)
			continue
		}
		c.Benchmarks = append(c.Benchmarks, b)
	}
	return &c, missing
}

// newest is later than any release.
const newest = "go1.999"

// releaseOf finds the release in the text of a VERSION file, which may read
// "devel go1.27-0123abcd Mon …".
func releaseOf(text string) string {
	words := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t\n-+", r) })
	i := slices.IndexFunc(words, version.IsValid)
	if i < 0 {
		return newest
	}
	return words[i]
}
