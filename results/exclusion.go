package results

import (
	"fmt"
	"strings"
)

// An Exclusion is the rule by which whole blocks are left out: a block goes if
// any of its samples exceeds a share. The shares are of the machine's CPU time
// while the sample ran, 0 to 1, as its event has them; 0 turns a share's rule
// off.
//
// The rule knows nothing of what a sample reports, so that leaving out blocks
// can't favour a side.
type Exclusion struct {
	Busy  float64 `json:"busy,omitempty"`  // spent on other processes
	Steal float64 `json:"steal,omitempty"` // kept by the hypervisor

	// Shortest is the wall time in seconds, as the protocol has it of the
	// benchmark, below which samples are too short for shares to mean much: the
	// kernel counts CPU time in ticks of 10 ms.
	Shortest float64 `json:"shortest,omitempty"`
}

// Reason says why the block of the sample of b that e is of is left out, in one
// line, or is empty if e is no reason. Of no rule, a nil one, it is empty too.
func (x *Exclusion) Reason(b *Benchmark, e *Event) string {
	switch {
	case x == nil || b.Seconds < x.Shortest:
	case x.Busy > 0 && e.Busy > x.Busy:
		return fmt.Sprintf("other processes used %.0f %% of the machine", 100*e.Busy)
	case x.Steal > 0 && e.Steal > x.Steal:
		return fmt.Sprintf("the hypervisor kept %.0f %% of the CPU time", 100*e.Steal)
	}
	return ""
}

// String is the rule in words, as a protocol has it.
func (x *Exclusion) String() string {
	var parts []string
	if x != nil && x.Busy > 0 {
		parts = append(parts, fmt.Sprintf("other processes used more than %.0f %% of the machine", 100*x.Busy))
	}
	if x != nil && x.Steal > 0 {
		parts = append(parts, fmt.Sprintf("the hypervisor kept more than %.0f %% of the CPU time", 100*x.Steal))
	}
	if len(parts) == 0 {
		return "none: every block measured is used"
	}
	text := "blocks with a sample during which " + strings.Join(parts, " or ")
	if x.Shortest > 0 {
		text += fmt.Sprintf(", where samples take %g s or longer", x.Shortest)
	}
	return text
}
