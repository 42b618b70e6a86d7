package doctor

import (
	"slices"
	"strings"

	"patchbench/results"
)

// weights are the points that each check takes of the score where it is bad.
// The largest are for what stops or slows single samples at random, so that no
// pairing takes it out again; the smallest for what does the same to every
// sample. They are a rule of thumb for people who choose between hosts, and no
// verdict depends on them.
func weights() map[string]int {
	return map[string]int{
		"cpu quota":       40,
		"steal":           30,
		"other load":      30,
		"pressure":        20,
		"governor":        20,
		"thermal":         20,
		"affinity":        16,
		"cores":           10,
		"memory":          10,
		"turbo":           10,
		"smt":             10,
		"swap":            10,
		"clock":           10,
		"virtual machine": 10,
		"aslr":            6,
		"huge pages":      6,
	}
}

// grade sets the score: 100 less a check's weight where it is bad and half of
// that where it matters or is unknown, and never below 0.
func (r *Report) grade() {
	r.Score = 100
	for i := range r.Checks {
		c := &r.Checks[i]
		switch c.Level {
		case Bad:
			c.Cost = weights()[c.Name]
		case Matters, Unknown:
			c.Cost = weights()[c.Name] / 2
		}
		r.Score -= c.Cost
	}
	r.Score = max(0, r.Score)
}

// Summary is what a run's protocol keeps of r: the score, and what is not fine,
// what costs most first. All that is unknown is one doubt, the last.
func (r *Report) Summary() *results.Doctor {
	checks := slices.Clone(r.Checks)
	slices.SortStableFunc(checks, func(a, b Check) int { return b.Cost - a.Cost })
	s := &results.Doctor{Score: r.Score}
	var unknown []string
	for _, c := range checks {
		switch c.Level {
		case Matters, Bad:
			s.Doubts = append(s.Doubts, c.Name+": "+c.Seen)
		case Unknown:
			unknown = append(unknown, c.Name)
		}
	}
	if len(unknown) > 0 {
		s.Doubts = append(s.Doubts, "unknown: "+strings.Join(unknown, ", "))
	}
	return s
}
