package analysis

import (
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"patchbench/analysis/gctrace"
	"patchbench/analysis/prof"
	"patchbench/analysis/traces"
	"patchbench/results"
)

// FlameDir is the folder of a run folder that flame graph pages go into.
const FlameDir = "flame"

// addEvidence adds what the unscored passes left of b. What cannot be read
// becomes a warning, as the verdict does not rest on it.
func (b *Benchmark) addEvidence(dir string, p *results.Protocol) {
	b.GC = make(map[results.Side]*gctrace.Stats)
	b.Trace = make(map[results.Side]*traces.Stats)
	for _, side := range results.Sides() {
		stats, err := traceStats(numbered(filepath.Join(dir, results.GCTraceDir), b.Name, side, ".txt.gz"))
		if err != nil {
			b.Warnings = append(b.Warnings, fmt.Sprintf("gctrace of %s: %v", side, err))
		}
		if stats != nil {
			b.GC[side] = stats
		}
		b.addTrace(dir, side)
	}
	before, after := Profiles(dir, b.Name, results.Before), Profiles(dir, b.Name, results.After)
	if pb := p.Benchmark(b.Name); pb.Measured() {
		b.Exposure = expose(pb, p.Alpha, map[results.Side][]string{results.Before: before, results.After: after}, b.GC, b.Trace)
	}
	b.Runtime = make(map[results.Side]*RuntimeMeasures)
	for _, side := range results.Sides() {
		m, err := readRuntimeMetrics(numbered(filepath.Join(dir, results.MetricsDir), b.Name, side, ".json"))
		if err != nil {
			b.Warnings = append(b.Warnings, fmt.Sprintf("metrics of %s: %v", side, err))
		}
		if m != nil {
			b.Runtime[side] = m
		}
	}
	b.GCShares = make(map[results.Side]*GCShares)
	for side, profiles := range map[results.Side][]string{results.Before: before, results.After: after} {
		if s := gcShares(profiles); s != nil {
			b.GCShares[side] = s
		}
	}
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

// traceStats sums up the traces of one side. It is nil if there are none.
func traceStats(paths []string) (*gctrace.Stats, error) {
	if len(paths) == 0 {
		return nil, nil
	}
	var all []io.Reader
	for _, path := range paths {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		z, err := gzip.NewReader(f)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", filepath.Base(path), err)
		}
		all = append(all, z)
	}
	return gctrace.Parse(io.MultiReader(all...))
}

// Profiles lists the CPU profiles a run folder has of one benchmark and side,
// by number.
func Profiles(dir, benchmark string, side results.Side) []string {
	return numbered(filepath.Join(dir, results.ProfilesDir), benchmark, side, ".pb.gz")
}

// numbered lists the files NAME.SIDE.K of a folder, with K from 1 on.
func numbered(dir, benchmark string, side results.Side, suffix string) []string {
	var paths []string
	for k := 1; ; k++ {
		path := filepath.Join(dir, benchmark+"."+string(side)+"."+strconv.Itoa(k)+suffix)
		if _, err := os.Stat(path); err != nil {
			return paths
		}
		paths = append(paths, path)
	}
}
