package results

import "time"

// A Gate is what the correctness gate said of both trees before they were
// measured. A tree that fails is not measured, so there is no run of it; the
// failures here are those of the before tree, or of both.
type Gate struct {
	Subset  string       `json:"subset"` // default or full
	Date    time.Time    `json:"date"`
	Passed  map[Side]int `json:"passed"` // checks
	Failed  map[Side]int `json:"failed"`
	LeftOut map[Side]int `json:"left_out"`
	Seconds float64      `json:"seconds"`         // wall time of all checks, whenever they were run
	Known   []string     `json:"known,omitempty"` // checks that fail on before
}
