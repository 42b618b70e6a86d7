package toolchain

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// A GateOutcome is how a check went.
type GateOutcome string

// The outcomes of a check.
const (
	Passed  GateOutcome = "passed"
	Failed  GateOutcome = "failed"
	Hung    GateOutcome = "hung"
	LeftOut GateOutcome = "left out"
)

// A GateCheck is one process that a tree must get through, and how it did.
type GateCheck struct {
	Name     string      `json:"name"`            // of a program or, with runtime in it, of a choice of the runtime's own tests
	Procs    int         `json:"procs,omitempty"` // GOMAXPROCS; 0 where all of a name is left out
	Env      []string    `json:"env,omitempty"`   // variables beside GOMAXPROCS
	Outcome  GateOutcome `json:"outcome"`
	Reason   string      `json:"reason,omitempty"`   // why it failed or was left out, in one line
	Failures []string    `json:"failures,omitempty"` // what failed: tests, and errors with their numbers taken out
	Runs     int         `json:"runs,omitempty"`     // times it was run
	Seconds  float64     `json:"seconds,omitempty"`  // wall time of the last run
	Log      string      `json:"log,omitempty"`      // what it printed, if it failed: a file of the cache
}

// ID names the check: no two of a tree have the same.
func (c *GateCheck) ID() string {
	id := c.Name
	if c.Procs > 0 {
		id += fmt.Sprintf("-%d", c.Procs)
	}
	for _, kv := range c.Env {
		id += " " + kv
	}
	return id
}

// Bad reports whether the check failed or hung.
func (c *GateCheck) Bad() bool { return c.Outcome == Failed || c.Outcome == Hung }

// covers reports whether a failure of b, the same check on before, makes the
// failure of c a known one: nothing fails in c that does not in b.
func (b *GateCheck) covers(c *GateCheck) bool {
	if !b.Bad() {
		return false
	}
	for _, f := range c.Failures {
		if !slices.Contains(b.Failures, f) {
			return false
		}
	}
	return true
}

var (
	testFailed = regexp.MustCompile(`(?m)^\s*--- FAIL: (\S+)`)
	testPassed = regexp.MustCompile(`(?m)^--- PASS: (\S+)`)
	// A benchmark prints its name, and a tab, before it crashes.
	crashed = regexp.MustCompile(`(?m)(?:^|\t)((?:fatal error: |panic: |SIG[A-Z]+: |unexpected fault address ).*)`)
	numbers = regexp.MustCompile(`\b(?:0x[0-9a-f]+|[0-9]+)\b`)
)

// judge fills in how the check went, from how its process ended. ran are
// expressions for lines that the process must have printed to have done
// anything at all.
func (c *GateCheck) judge(end gateEnd, ran ...*regexp.Regexp) {
	c.Outcome, c.Reason, c.Failures = Passed, "", nil
	c.Runs++
	c.Seconds = end.seconds
	for _, m := range testFailed.FindAllStringSubmatch(end.output, -1) {
		if !slices.Contains(c.Failures, m[1]) {
			c.Failures = append(c.Failures, m[1])
		}
	}
	// After SIGQUIT the process says nothing about itself that counts.
	crash := ""
	if !end.hung {
		if m := crashed.FindStringSubmatch(end.output); m != nil {
			crash = m[1]
		}
	}
	if crash != "" {
		c.Failures = append(c.Failures, numbers.ReplaceAllString(crash, "N"))
	}
	switch {
	case end.hung:
		c.Outcome = Hung
		c.Failures = append(c.Failures, "hung")
		c.Reason = fmt.Sprintf("no end after %.0f s", end.seconds)
	case end.memory > 0:
		c.Outcome = Failed
		c.Failures = append(c.Failures, "memory")
		c.Reason = fmt.Sprintf("took %d MiB, more than the %d it may", end.memory>>20, int64(gateMemory)>>20)
	case end.err != nil:
		c.Outcome = Failed
		if len(c.Failures) == 0 {
			c.Failures = []string{end.err.Error()}
		}
		c.Reason = end.err.Error()
		if crash != "" {
			c.Reason = oneLine(crash)
		}
	}
	if c.Outcome != Passed {
		if tests := testFailed.FindAllString(end.output, -1); len(tests) > 0 {
			c.Reason += fmt.Sprintf(" (%s)", strings.Join(c.Failures[:min(3, len(c.Failures))], ", "))
		}
		return
	}
	for _, line := range ran {
		if !line.MatchString(end.output) {
			c.Outcome, c.Failures = Failed, []string{"did not run"}
			c.Reason = "ended well but ran nothing: no line like " + line.String()
		}
	}
}
