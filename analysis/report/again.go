package report

import (
	"fmt"
	"strings"

	"patchbench/results"
)

// compared is how compare and diff are told what p compares, "" where that
// can't be written down.
func compared(p *results.Protocol) string {
	words := []string{p.Experiment}
	if before, after := p.Trees[results.Before], p.Trees[results.After]; after.Base != "" && after.Base != before.Base {
		words = []string{"--before", before.Base, "--after", after.Base}
	}
	for _, w := range words {
		if w != "--before" && w != "--after" && !plainWord.MatchString(w) {
			return ""
		}
	}
	return strings.Join(words, " ")
}

// again is the command that measures b once more, "" where none does.
func again(p *results.Protocol, b *results.Benchmark) string {
	what := compared(p)
	suite, _, _ := strings.Cut(p.Suite, "/")            // without the part of it that was asked for
	name, counted, _ := strings.Cut(b.PlainName(), "/") // its instructions, perhaps, beside its time
	if counted != "" && !strings.HasPrefix(counted, "counted") {
		return ""
	}
	if what == "" || suite == "own" || suite == "exec" || !plainWord.MatchString(suite) || !plainWord.MatchString(name) {
		return ""
	}
	return fmt.Sprintf("patchbench compare %s --suite %s --bench '^%s$'", what, suite, name)
}
