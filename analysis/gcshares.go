package analysis

import "patchbench/analysis/prof"

// GCShares are the collector's parts of one side's CPU samples, by who does
// its work. A stack tells a worker from an assist in every release of Go, but
// not the mode of a worker.
type GCShares struct {
	Processes int `json:"processes"`

	Workers prof.Part `json:"workers"` // marking in the background, in any mode
	Assists prof.Part `json:"assists"` // marking by goroutines that allocate
	Sweep   prof.Part `json:"sweep"`   // sweeping, in the background or by goroutines that allocate
}

// gcShares counts in the CPU profiles of one side.
func gcShares(profiles *prof.Side) *GCShares {
	return &GCShares{
		Processes: profiles.Processes(),
		Workers:   *profiles.Part([]string{markWorker}),
		Assists:   *profiles.Part([]string{"runtime.gcAssistAlloc", "runtime.gcAssistAlloc1"}),
		Sweep:     *profiles.Part([]string{"runtime.sweepone", "runtime.(*mspan).sweep", "runtime.(*sweepLocked).sweep"}), // the second up to Go 1.16
	}
}
