package report

import (
	"strings"

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
			list = append(list, rawTrace{string(side), address(path), "go tool trace " + shellWord(path)})
		}
	}
	if len(list) == 0 && (b.Trace[results.Before] != nil || b.Trace[results.After] != nil) {
		lack = "The traces themselves are not beside this report: those over 8 MB are not kept, and none are committed."
	}
	return list, lack
}

// shellWord writes s as one word of a shell's command line.
func shellWord(s string) string {
	s = clean(s)
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("./_-=,:@%+", r)
	}
	if strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
