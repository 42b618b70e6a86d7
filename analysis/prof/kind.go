package prof

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/pprof/profile"
)

// A Kind says what profiles are of.
type Kind int

// The kinds, as test binaries write them.
const (
	CPU         Kind = iota // -test.cpuprofile: where CPU time goes
	Allocations             // -test.memprofile: who allocates
)

// A sampleType is the name and unit of a value that each sample has.
type sampleType struct{ name, unit string }

// A kindRule is how profiles of a kind are told and what of them is compared.
type kindRule struct {
	name    string // of such a profile, in errors
	flag    string // that has one recorded
	period  sampleType
	types   []sampleType
	counted int    // the index of the one that is compared
	longer  string // mends a profile without samples
}

func (k Kind) rule() kindRule {
	if k == Allocations {
		return kindRule{
			"allocation profile", "-test.memprofile", sampleType{"space", "bytes"},
			[]sampleType{{"alloc_objects", "count"}, {"alloc_space", "bytes"}, {"inuse_objects", "count"}, {"inuse_space", "bytes"}}, 1,
			"let the process allocate more",
		}
	}
	return kindRule{
		"cpu profile", "-test.cpuprofile", sampleType{"cpu", "nanoseconds"},
		[]sampleType{{"samples", "count"}, {"cpu", "nanoseconds"}}, 0,
		"let the process run longer",
	}
}

// check tells what is wrong with p as a profile of kind k. What was allocated
// since the last collection has a stack in p and no amount, and is taken out.
func (k Kind) check(p *profile.Profile) error {
	rule := k.rule()
	fits := len(p.SampleType) == len(rule.types) && rule.period.is(p.PeriodType)
	for i := 0; fits && i < len(rule.types); i++ {
		fits = rule.types[i].is(p.SampleType[i])
	}
	if !fits {
		return fmt.Errorf("no %s of a Go program but one of %s; record it with %s", rule.name, typeNames(p), rule.flag)
	}
	if k == Allocations {
		p.Sample = slices.DeleteFunc(p.Sample, func(s *profile.Sample) bool { return s.Value[rule.counted] == 0 })
	}
	if len(p.Sample) == 0 {
		return errors.New("holds no samples; " + rule.longer)
	}
	for _, s := range p.Sample {
		if n := s.Value[rule.counted]; n <= 0 || n > maxCount {
			return fmt.Errorf("holds a sample counted %d times, so is damaged or itself a difference; record it again", n)
		}
	}
	return nil
}

func (t sampleType) is(v *profile.ValueType) bool {
	return v != nil && v.Type == t.name && v.Unit == t.unit
}

// typeNames lists what p measures, quoted because it comes from the file.
func typeNames(p *profile.Profile) string {
	names := []string{}
	for _, t := range p.SampleType {
		names = append(names, t.Type)
	}
	return fmt.Sprintf("%q", names)
}

// Amount writes how much of what is compared there is, with its unit.
func (k Kind) Amount(n int64) string {
	if k == CPU {
		return fmt.Sprintf("%d samples", n)
	}
	x, units := float64(n), "kMGTPE"
	if n < 1000 {
		return fmt.Sprintf("%d B", n)
	}
	for x /= 1000; x >= 999.95; x /= 1000 {
		units = units[1:]
	}
	return strings.TrimSuffix(fmt.Sprintf("%.1f", x), ".0") + " " + units[:1] + "B"
}
