package analysis

import (
	"encoding/json"
	"fmt"
	"path/filepath"

	"patchbench/results"
)

// Names of the files Save writes.
const (
	VerdictFile   = "verdict.json"
	BenchstatFile = "benchstat.txt"
)

// Save writes a, the analysis of the run folder dir, to its verdict.json, and
// what benchstat makes of the samples to its benchstat.txt. Each is written
// whole or not at all.
func Save(dir string, a *Analysis) error {
	data, err := json.MarshalIndent(a, "", "\t")
	if err != nil {
		return fmt.Errorf("encode %s: %w", VerdictFile, err)
	}
	table, err := Benchstat(dir)
	if err != nil {
		return err
	}
	if err := results.WriteFile(filepath.Join(dir, VerdictFile), append(data, '\n')); err != nil {
		return err
	}
	return results.WriteFile(filepath.Join(dir, BenchstatFile), table)
}
