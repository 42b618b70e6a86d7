package bench

import (
	"fmt"
	"strconv"
	"strings"
)

// MemoryLimit is the bound on the memory of a sample in bytes, or 0 where the
// suite sets none.
func (s *Suite) MemoryLimit() (int64, error) {
	if s.Memory == "" {
		return 0, nil
	}
	for unit, scale := range map[string]int64{"MB": 1e6, "GB": 1e9} {
		if digits, ok := strings.CutSuffix(s.Memory, unit); ok {
			if n, err := strconv.ParseInt(strings.TrimSpace(digits), 10, 32); err == nil && n > 0 {
				return n * scale, nil
			}
		}
	}
	return 0, fmt.Errorf("memory is %q, not of the form 4GB or 500MB", s.Memory)
}
