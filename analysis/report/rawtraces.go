package report

import (
	"patchbench/analysis"
	"patchbench/results"
)

// A rawTrace is an execution trace itself.
type rawTrace struct {
	Side    string
	Address string
	Command string // opens it, from the run folder
}

// rawTraces lists those kept, or says that none are.
func rawTraces(b *analysis.Benchmark) (list []rawTrace, lack string) {
	for _, side := range results.Sides() {
		if path := b.RawTrace[side]; path != "" {
			list = append(list, rawTrace{string(side), address(path), "go tool trace " + shellWord(clean(path))})
		}
	}
	if len(list) == 0 && (b.Trace[results.Before] != nil || b.Trace[results.After] != nil) {
		lack = "The traces themselves are not beside this report: those over 8 MB are not kept, and none are committed."
	}
	return list, lack
}
