package analysis

import (
	"errors"
	"io/fs"

	"patchbench/results"
)

// Decided says which benchmarks of the run in the folder dir, which may still
// be measured, need no more samples, by name, and how they were decided: it is
// the verdict that Analyze gives, from the samples alone. A claim of no loss is
// decided by either answer; one of improvement takes that, or a loss.
func Decided(dir string) (map[string]string, error) {
	p, _, err := readProtocol(dir)
	if err != nil {
		return nil, err
	}
	samples, _, err := results.ReadSamples(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	events, err := results.ReadEvents(dir)
	if err != nil {
		return nil, err
	}
	records, err := gather(dir, p, samples, events)
	if err != nil {
		return nil, err
	}
	a := &Analysis{Protocol: p}
	for i := range p.Benchmarks {
		a.Benchmarks = append(a.Benchmarks, Benchmark{Name: p.Benchmarks[i].Name})
	}
	a.judge(records)
	decided := make(map[string]string)
	for _, b := range a.Benchmarks {
		switch {
		case len(b.Comparisons) == 0:
		case b.Verdict == Regression || b.Verdict == Improvement,
			b.Verdict == NoLoss && p.Claim != "improves":
			decided[b.Name] = string(b.Verdict) + ", " + b.Basis
		}
	}
	return decided, nil
}
