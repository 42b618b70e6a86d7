package results

// A Quiet says how quiet the machine has to be before the first sample of a
// session, and before the block that follows one that is left out, and how long
// that is waited for. Measuring goes on after that in any case.
type Quiet struct {
	Busy     float64 `json:"busy"`     // largest share of the machine's CPU time that others use over a second, 0 to 1
	Pressure float64 `json:"pressure"` // largest share of that second in which some task waits for a CPU, 0 to 1
	Limit    float64 `json:"limit"`    // seconds of one wait at most
	Between  float64 `json:"between"`  // seconds of a session's waits between blocks, all together, at most; 0 for none
}

// How waiting for a quiet machine ended, as an event's Message has it.
const (
	WaitedQuiet = "quiet"
	WaitedLimit = "not quiet within the limit"
)
