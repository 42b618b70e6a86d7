package gctrace

// Stats are the measures of the collector over one or more processes.
// Durations are in seconds.
type Stats struct {
	Processes    int     `json:"processes"`
	Cycles       int     `json:"cycles"`
	Forced       int     `json:"forced"`
	CyclesPerSec float64 `json:"cycles_per_sec"`
	GCCPUPercent float64 `json:"gc_cpu_percent"` // as the runtime states it: since the program started
	// CPU time of the mark phase by who did it, summed over cycles. The
	// runtime takes them from the wall clock, so under load they exceed the
	// CPU really used: good for the split, not for the amount.
	AssistCPU     float64      `json:"assist_cpu"`
	BackgroundCPU float64      `json:"background_cpu"` // dedicated and fractional workers
	IdleCPU       float64      `json:"idle_cpu"`
	SweepTermSTW  Distribution `json:"sweep_term_stw"` // per cycle
	Mark          Distribution `json:"mark"`           // concurrent phase, wall, per cycle
	MarkTermSTW   Distribution `json:"mark_term_stw"`
	HeapStart     float64      `json:"heap_start"` // MB, median over cycles
	HeapEnd       float64      `json:"heap_end"`
	HeapLive      float64      `json:"heap_live"`
	HeapGoal      float64      `json:"heap_goal"`
	Procs         int          `json:"procs"` // GOMAXPROCS as the runtime saw it
}

// A Distribution is a set of durations, one per GC cycle, in seconds.
type Distribution struct {
	Mean float64 `json:"mean"`
	P50  float64 `json:"p50"`
	P99  float64 `json:"p99"`
	Max  float64 `json:"max"`
}
