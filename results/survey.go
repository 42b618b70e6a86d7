package results

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

// SurveyDir holds, below the results folder, what is known of the benchmarks
// themselves: one survey a host class.
const SurveyDir = "suites"

// A Survey is what benchmarks do on a host class, seen with one tree.
type Survey struct {
	Class      string            `json:"class"`
	CPU        string            `json:"cpu"`
	Benchmarks []SurveyBenchmark `json:"benchmarks"` // by name, then base
}

// A SurveyBenchmark is what one benchmark of a survey does.
type SurveyBenchmark struct {
	Name         string    `json:"name"` // with its GOMAXPROCS
	Package      string    `json:"package"`
	Pattern      string    `json:"pattern"`
	Base         string    `json:"base"` // of the tree
	Tree         string    `json:"tree"` // its digest
	Date         time.Time `json:"date"`
	Load         float64   `json:"load"` // one-minute load average before it began
	Processes    int       `json:"processes"`
	Iterations   int       `json:"iterations"`     // of a sample
	Seconds      float64   `json:"seconds"`        // wall time of a sample, median
	GCShare      float64   `json:"gc_share"`       // of CPU samples in the collector, 0 to 1
	ProfileSize  int64     `json:"profile_size"`   // CPU samples that is of
	CyclesPerSec float64   `json:"cycles_per_sec"` // of the collector
	HeapLive     float64   `json:"heap_live"`      // what a cycle marked, median, in MB of 2^20 bytes; 0 below one
	Spread       float64   `json:"spread"`         // coefficient of variation of sec/op between processes
	CPUSpread    float64   `json:"cpu_spread"`     // of cpu-sec
}

// ReadSurvey reads a survey. One that is not there yet is empty.
func ReadSurvey(path string) (*Survey, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return new(Survey), nil
	}
	if err != nil {
		return nil, err
	}
	s := new(Survey)
	if err := json.Unmarshal(data, s); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return s, nil
}

// WriteSurvey writes a survey.
func WriteSurvey(path string, s *Survey) error {
	data, err := json.MarshalIndent(s, "", "\t")
	if err != nil {
		return err
	}
	return WriteFile(path, append(data, '\n'))
}
