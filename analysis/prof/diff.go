package prof

// A Diff says which functions gained or lost CPU share between two sets of
// profiles. Shares are of all samples of their side, 0 to 1.
type Diff struct {
	Processes [2]int         `json:"processes"` // profiles merged, before and after
	Samples   [2]int64       `json:"samples"`   // CPU samples, before and after
	Functions []FunctionDiff `json:"functions"` // largest absolute change of flat share first, at most 20
}

// A FunctionDiff is one function's share on each side.
type FunctionDiff struct {
	Name       string     `json:"name"`
	Flat       [2]float64 `json:"flat"`
	Cumulative [2]float64 `json:"cumulative"`
}
