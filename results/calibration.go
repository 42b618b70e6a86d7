package results

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// CalibrationDir is the folder, beside those of the experiments, in which each
// host class has a calibration, CLASS.json, and the runs it comes from.
const CalibrationDir = "calibration"

// A CalibrationFile holds what runs of one host class showed in which before
// was compared with a copy of itself: all there was to find was noise.
type CalibrationFile struct {
	Format int          `json:"format"`
	Host   Host         `json:"host"`
	Trials []Calibrated `json:"trials"` // by run, then as the protocol lists benchmarks and their metrics
}

// A Calibrated is one metric of one benchmark in one such run.
type Calibrated struct {
	Run       string    `json:"run"` // name of its folder
	Date      time.Time `json:"date"`
	Harness   string    `json:"harness"`
	Benchmark string    `json:"benchmark"`
	Unit      string    `json:"unit"`
	// What ran on the before side: the digest of its binary, and how many
	// iterations a sample had. Older trials lack them.
	Binary     string `json:"binary,omitempty"`
	Iterations int    `json:"iterations,omitempty"`

	Planted float64  `json:"planted,omitempty"` // the relative loss there was to find; 0 for none
	Effect  float64  `json:"effect,omitempty"`  // as estimated, after stopping
	First   bool     `json:"first,omitempty"`   // of the benchmark's primary metrics, the one that is counted
	Layouts int      `json:"layouts,omitempty"` // in which its code was laid out on each side; 0 means 1
	Alpha   float64  `json:"alpha"`
	Pairs   int      `json:"pairs"`
	Verdict string   `json:"verdict"`
	Lower   *float64 `json:"lower"` // one-sided bounds of the effect, after stopping; null for none
	Upper   *float64 `json:"upper"`
	P       float64  `json:"p"`       // one-sided, of the pairs that every trial has
	BatchP  float64  `json:"batch_p"` // Mann-Whitney's, of the first half of the processes against the second
	Sigma   float64  `json:"sigma"`   // robust standard deviation of the paired log-ratio
	Rho     float64  `json:"rho"`     // correlation of neighbouring processes, of both sides
	Drift   float64  `json:"drift"`   // rank correlation of the pairs' differences with their order
}

// CalibrationPath is where the calibration of a host class lies below root, a
// folder of results.
func CalibrationPath(root, class string) string {
	return filepath.Join(root, CalibrationDir, class+".json")
}

// ReadCalibration reads the calibration of a host class below root, nil if
// there is none.
func ReadCalibration(root, class string) (*CalibrationFile, error) {
	path := CalibrationPath(root, class)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the calibration: %w", err)
	}
	c := new(CalibrationFile)
	if err := json.Unmarshal(data, c); err != nil {
		return nil, fmt.Errorf("%s: %w; remove it to calibrate anew", path, err)
	}
	if c.Format > Format {
		return nil, fmt.Errorf("%s: made by a newer patchbench (format %d, this one reads up to %d); use that one", path, c.Format, Format)
	}
	return c, nil
}

// Write writes the calibration of its host below root.
func (c *CalibrationFile) Write(root string) error {
	data, err := json.MarshalIndent(c, "", "\t")
	if err != nil {
		return err
	}
	return WriteFile(CalibrationPath(root, c.Host.Class), append(data, '\n'))
}

// InLayouts is in how many code layouts the trial's sides were, 1 or more.
func (c *Calibrated) InLayouts() int { return max(1, c.Layouts) }

// A Rate is how often something happened in independent trials.
type Rate struct {
	Count  int     `json:"count"`
	Trials int     `json:"trials"`
	Lower  float64 `json:"lower"` // two-sided 95 % interval (Clopper & Pearson 1934)
	Upper  float64 `json:"upper"`
}

// A Calibration is what the trials of a host class say in short. It counts the
// first primary metric of each benchmark, as the others go along with it.
type Calibration struct {
	Class       string    `json:"class"`
	Newest      time.Time `json:"newest"`
	Runs        int       `json:"runs"`
	Alpha       float64   `json:"alpha"`
	Regression  Rate      `json:"regression"`  // called though nothing differs
	Improvement Rate      `json:"improvement"` // likewise
	LowerHolds  Rate      `json:"lower_holds"` // the bound is on the right side of no effect
	UpperHolds  Rate      `json:"upper_holds"`
	UniformityP float64   `json:"uniformity_p"`        // of the p-values, by Kolmogorov and Smirnov
	BatchAlarms Rate      `json:"batch_alarms"`        // differences that two batches and Mann-Whitney's test call
	InLayouts   Rate      `json:"in_layouts,omitzero"` // Regression among those trials that had several code layouts
	RunAlarms   Rate      `json:"run_alarms,omitzero"` // runs in which any metric of any benchmark was called a regression
}
