package prof

import (
	"errors"
	"fmt"
	"os"

	"github.com/google/pprof/profile"
)

// maxCount bounds one sample's count, so that sums cannot overflow. At 100
// samples a second it is over three hundred years of CPU time, and of memory a
// terabyte that one place allocates.
const maxCount = 1 << 40

// load reads one profile and checks that it is of that kind.
func load(kind Kind, path string) (*profile.Profile, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err // names the file
	}
	p, err := parse(kind, data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return p, nil
}

func parse(kind Kind, data []byte) (*profile.Profile, error) {
	if len(data) == 0 {
		return nil, errors.New("the file is empty, as a killed process leaves it; record it again")
	}
	p, err := profile.ParseData(data)
	if err != nil {
		return nil, fmt.Errorf("cut off or not a profile, record it again: %w", err)
	}
	if err := kind.check(p); err != nil {
		return nil, err
	}
	return p, nil
}
