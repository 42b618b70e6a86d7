package results

import "time"

// What an Event can tell of.
const (
	EventStart   = "start"   // a session of measuring began; more than one if the run was interrupted
	EventWait    = "wait"    // a quiet machine was waited for; Wall tells how long and Message how it ended
	EventSample  = "sample"  // a scored sample ended well
	EventFailure = "failure" // a process failed, in or out of the schedule
	EventBroken  = "broken"  // a benchmark was given up; Message says why
	EventDecided = "decided" // a benchmark needs no more samples; Message says what was found
	EventSkipped = "skipped" // a benchmark in reserve gets no samples, as the others left too little time; Message is its Reserve
	EventPass    = "pass"    // an unscored process ended well
	EventDone    = "done"    // the schedule and the passes are complete
)

// An Event is one line of events.jsonl.
type Event struct {
	Time       time.Time `json:"time"` // start of what happened
	Kind       string    `json:"kind"`
	Session    int       `json:"session"` // from 0; a pair with samples of two sessions was torn by an interruption
	Sample     int       `json:"sample"`  // Sample.ID, for kind sample
	Benchmark  string    `json:"benchmark,omitempty"`
	Side       Side      `json:"side,omitempty"`
	Pass       string    `json:"pass,omitempty"`       // "profile", "memprofile", "gctrace", "trace" or "metrics"
	Iterations int       `json:"iterations,omitempty"` // of a traced process, where fewer than the protocol's keep its trace small
	Wall       float64   `json:"wall,omitempty"`       // seconds
	User       float64   `json:"user,omitempty"`       // CPU seconds
	System     float64   `json:"system,omitempty"`
	PeakRSS    int64     `json:"peak_rss,omitempty"` // bytes
	Exit       int       `json:"exit,omitempty"`
	Retries    int       `json:"retries,omitempty"`  // times this sample was measured before and lost to an interruption
	Load       float64   `json:"load"`               // one-minute load average before the process started
	Steal      float64   `json:"steal"`              // share of the machine's CPU time the hypervisor kept, 0 to 1
	Busy       float64   `json:"busy"`               // share of the machine's CPU time spent on other processes, 0 to 1
	Pressure   float64   `json:"pressure"`           // share of wall time some task waited for a CPU (PSI), 0 to 1
	Excluded   string    `json:"excluded,omitempty"` // reason its block is left out, by the protocol's rule
	Message    string    `json:"message,omitempty"`

	SamplesSHA256 string `json:"samples_sha256,omitempty"` // of samples.bench, for kind done
}
