package bench

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// CheckClaim fails if the experiment claims an improvement of a benchmark that
// the suite lacks. It comes before Settle: what the suite has for bases of
// another era only is known, if missing.
func (p *Plan) CheckClaim() error {
	var plain []string
	known := make(map[string]bool)
	for _, b := range p.Benchmarks() {
		known[b.Name], known[b.PlainName()] = true, true
		if name := b.PlainName(); !slices.Contains(plain, name) {
			plain = append(plain, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.Experiment.Improves)) {
		if !known[name] {
			return fmt.Errorf("%s: improves names %q, which suite %s lacks; it has %s; mend the name, or choose another suite",
				filepath.Join(p.Experiment.Dir, "experiment.toml"), name, p.Suite.Name, strings.Join(plain, ", "))
		}
	}
	return nil
}
