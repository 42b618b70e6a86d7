package gctrace

import "patchbench/analysis/stats"

// Stats are the measures of the collector over one or more processes.
// Durations are in seconds. Every measure is finite and at least 0, and 0
// where no cycle was seen.
type Stats struct {
	Processes int `json:"processes"` // that ran at least one cycle; others leave no trace
	Cycles    int `json:"cycles"`    // of all processes together
	Forced    int `json:"forced"`    // cycles the program asked for; the testing package forces some itself
	Unparsed  int `json:"unparsed"`  // trace lines cut off or torn by other output; in no other measure

	// Cycles over the time from each process's start to the start of its
	// last cycle, summed over processes.
	CyclesPerSec float64 `json:"cycles_per_sec"`

	// Share of the CPU time available to the program that the collector
	// took, 0 to 100, as the runtime states it in whole percent at each
	// process's last cycle. The mean over processes, each weighted by the
	// time to that cycle.
	GCCPUPercent float64 `json:"gc_cpu_percent"`

	// CPU time of the mark phase by who did it, summed over cycles. The
	// runtime takes them from the wall clock, so under load they exceed the
	// CPU really used: good for the split, not for the amount.
	AssistCPU     float64 `json:"assist_cpu"`     // by allocating goroutines
	BackgroundCPU float64 `json:"background_cpu"` // by dedicated and fractional workers
	IdleCPU       float64 `json:"idle_cpu"`       // by workers on Ps that had nothing else to do

	SweepTermSTW stats.Distribution `json:"sweep_term_stw"` // world stopped at the start, per cycle
	Mark         stats.Distribution `json:"mark"`           // concurrent phase, wall, per cycle
	MarkTermSTW  stats.Distribution `json:"mark_term_stw"`  // world stopped at the end, per cycle

	// Medians over cycles, in MB of 2^20 bytes. The runtime rounds each
	// value down to a whole MB, so a heap below one reads 0.
	HeapStart float64 `json:"heap_start"` // when the cycle began
	HeapEnd   float64 `json:"heap_end"`   // when marking ended
	HeapLive  float64 `json:"heap_live"`  // what was marked
	HeapGoal  float64 `json:"heap_goal"`  // what the pacer aimed at for the end

	Procs int `json:"procs"` // GOMAXPROCS as the runtime saw it; the largest, should it change
}
