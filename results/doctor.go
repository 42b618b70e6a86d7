package results

// A Doctor is what patchbench doctor said of the host before the first sample.
type Doctor struct {
	Score  int      `json:"score"`            // 0 to 100: nothing seen that disturbs a measurement
	Doubts []string `json:"doubts,omitempty"` // what is not fine, the worst first, a line each
}
