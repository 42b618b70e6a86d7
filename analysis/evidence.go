package analysis

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"patchbench/analysis/gctrace"
	"patchbench/analysis/prof"
	"patchbench/results"
)

// FlameDir is the folder of a run folder that flame graph pages go into.
const FlameDir = "flame"

// addEvidence adds what the unscored passes left of b. What cannot be read
// becomes a warning, as the verdict does not rest on it.
func (b *Benchmark) addEvidence(dir string) {
	b.GC = make(map[results.Side]*gctrace.Stats)
	for _, side := range results.Sides() {
		stats, err := traceStats(filepath.Join(dir, results.GCTraceDir, fmt.Sprintf("%s.%s.txt", b.Name, side)))
		if err != nil {
			b.Warnings = append(b.Warnings, fmt.Sprintf("gctrace of %s: %v", side, err))
		}
		if stats != nil {
			b.GC[side] = stats
		}
	}
	before, after := Profiles(dir, b.Name, results.Before), Profiles(dir, b.Name, results.After)
	if len(before) == 0 || len(after) == 0 {
		return
	}
	diff, err := prof.Compare(before, after)
	if err != nil {
		b.Warnings = append(b.Warnings, err.Error())
		return
	}
	b.Profile = diff
	b.Flame = FlameDir + "/" + b.Name + ".html"
}

// traceStats is nil if there is no trace at path.
func traceStats(path string) (*gctrace.Stats, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return gctrace.Parse(f)
}

// Profiles lists the CPU profiles a run folder has of one benchmark and side,
// by number.
func Profiles(dir, benchmark string, side results.Side) []string {
	var paths []string
	for k := 1; ; k++ {
		path := filepath.Join(dir, results.ProfilesDir, benchmark+"."+string(side)+"."+strconv.Itoa(k)+".pb.gz")
		if _, err := os.Stat(path); err != nil {
			return paths
		}
		paths = append(paths, path)
	}
}
