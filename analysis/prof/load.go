package prof

import (
	"errors"
	"fmt"
	"os"

	"github.com/google/pprof/profile"
)

// The place of each sample type in a CPU profile written by Go.
const (
	countType = 0 // samples, count
	timeType  = 1 // cpu, nanoseconds
)

// maxCount bounds one sample's count, so that sums cannot overflow. At 100
// samples a second it is over three hundred years of CPU time.
const maxCount = 1 << 40

// load reads one CPU profile and checks that it is one.
func load(path string) (*profile.Profile, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err // names the file
	}
	p, err := parse(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return p, nil
}

func parse(data []byte) (*profile.Profile, error) {
	if len(data) == 0 {
		return nil, errors.New("the file is empty, as a killed process leaves it; record it again")
	}
	p, err := profile.ParseData(data)
	if err != nil {
		return nil, fmt.Errorf("cut off or not a profile, record it again: %w", err)
	}
	if len(p.SampleType) != 2 || !isType(p.SampleType[countType], "samples", "count") ||
		!isType(p.SampleType[timeType], "cpu", "nanoseconds") || !isType(p.PeriodType, "cpu", "nanoseconds") {
		return nil, fmt.Errorf("not a cpu profile of a Go program but one of %s; record it with -test.cpuprofile", typeNames(p))
	}
	if len(p.Sample) == 0 {
		return nil, errors.New("holds no samples; let the process run longer")
	}
	for _, s := range p.Sample {
		if n := s.Value[countType]; n <= 0 || n > maxCount {
			return nil, fmt.Errorf("holds a sample counted %d times, so is damaged or itself a difference; record it again", n)
		}
	}
	return p, nil
}

func isType(t *profile.ValueType, name, unit string) bool {
	return t != nil && t.Type == name && t.Unit == unit
}

// typeNames lists what p measures, quoted because it comes from the file.
func typeNames(p *profile.Profile) string {
	names := []string{}
	for _, t := range p.SampleType {
		names = append(names, t.Type)
	}
	return fmt.Sprintf("%q", names)
}
