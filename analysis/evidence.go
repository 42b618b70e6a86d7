package analysis

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"patchbench/analysis/gctrace"
	"patchbench/analysis/prof"
	"patchbench/analysis/traces"
	"patchbench/results"
)

// FlameDir is the folder of a run folder that goes with the report: flame
// graphs and other pages by pprof, and the profiles of each side merged.
const FlameDir = "flame"

// mostUnreadable is how many files of a side that do not read a warning names.
const mostUnreadable = 3

// addEvidence adds what the unscored passes left of b. What cannot be read
// becomes a warning, as the verdict does not rest on it.
func (b *Benchmark) addEvidence(dir string, p *results.Protocol) {
	b.GC = make(map[results.Side]*gctrace.Stats)
	b.Trace = make(map[results.Side]*traces.Stats)
	for _, side := range results.Sides() {
		stats, faults := traceStats(numbered(filepath.Join(dir, results.GCTraceDir), b.Name, side, ".txt.gz"))
		if stats != nil {
			b.GC[side] = stats
		}
		b.Warnings = append(b.Warnings, unreadable(dir, "gctrace of "+string(side), faults)...)
		b.addTrace(dir, side)
	}
	profiles := b.readProfiles(dir, prof.CPU, "CPU profiles", Profiles)
	if pb := p.Benchmark(b.Name); pb.Measured() {
		b.Exposure = expose(pb, p.Alpha, profiles, b.GC, b.Trace)
	}
	b.Runtime = make(map[results.Side]*RuntimeMeasures)
	for _, side := range results.Sides() {
		m, faults := readRuntimeMetrics(numbered(filepath.Join(dir, results.MetricsDir), b.Name, side, ".json"))
		if m != nil {
			b.Runtime[side] = m
		}
		b.Warnings = append(b.Warnings, unreadable(dir, "metrics of "+string(side), faults)...)
	}
	b.GCShares = make(map[results.Side]*GCShares)
	for side, read := range profiles {
		b.GCShares[side] = gcShares(read)
	}
	var faults []string
	b.ProfileEvidence, faults = newProfileEvidence(profiles, b.Name, p.Alpha)
	b.Warnings = append(b.Warnings, faults...)
	if p.MemProfiles > 0 {
		b.addAllocations(dir, p.Alpha)
	}
}

// addAllocations adds what allocation profiles tell of b.
func (b *Benchmark) addAllocations(dir string, alpha float64) {
	profiles := b.readProfiles(dir, prof.Allocations, "allocation profiles", AllocationProfiles)
	e, faults := newProfileEvidence(profiles, b.Name+".allocs", alpha)
	b.Warnings = append(b.Warnings, faults...)
	if e.Profile != nil {
		b.Allocations = &e
	}
}

// readProfiles reads the profiles of one kind that there are of b on both sides.
func (b *Benchmark) readProfiles(dir string, kind prof.Kind, what string, files func(dir, benchmark string, side results.Side) []prof.File) map[results.Side]*prof.Side {
	profiles := make(map[results.Side]*prof.Side)
	read, faults := prof.ReadBoth(kind, files(dir, b.Name, results.Before), files(dir, b.Name, results.After))
	for i, side := range results.Sides() {
		if read[i] != nil {
			profiles[side] = read[i]
		}
		b.Warnings = append(b.Warnings, unreadable(dir, what+" of "+string(side), faults[i])...)
	}
	return profiles
}

// newProfileEvidence compares the profiles of both sides, and names the files
// that a report makes of them after name. It is empty without those of both.
func newProfileEvidence(profiles map[results.Side]*prof.Side, name string, alpha float64) (e ProfileEvidence, faults []string) {
	before, after := profiles[results.Before], profiles[results.After]
	if before == nil || after == nil {
		return e, nil
	}
	diff, err := prof.Compare(before, after, alpha)
	if err != nil {
		return e, []string{err.Error()}
	}
	stem := FlameDir + "/" + name
	e = ProfileEvidence{Profile: diff, Flame: stem + ".html", Top: stem + ".top.html", Peek: stem + ".peek.html", Merged: make(map[results.Side]string)}
	for _, side := range results.Sides() {
		e.Merged[side] = stem + "." + string(side) + profileSuffix
	}
	return e, nil
}

// unreadable tells of files that do not read, a line each. They are named from
// the run folder on: where that lies is nobody's business who reads the report.
func unreadable(dir, what string, faults []error) []string {
	var list []string
	for i, err := range faults {
		if i == mostUnreadable {
			return append(list, fmt.Sprintf("%s: %d more do not read", what, len(faults)-i))
		}
		text := strings.ReplaceAll(err.Error(), filepath.Clean(dir)+string(filepath.Separator), "")
		list = append(list, what+": "+text)
	}
	return list
}

// traceStats sums up the collector's traces of one side. Those that do not read
// are left out and told of, one error each. It is nil if that leaves none.
func traceStats(paths []string) (*gctrace.Stats, []error) {
	var all []io.Reader
	var faults []error
	for _, path := range paths {
		text, err := unzip(path)
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", path, err))
			continue
		}
		all = append(all, bytes.NewReader(text))
	}
	if len(all) == 0 {
		return nil, faults
	}
	stats, err := gctrace.Parse(io.MultiReader(all...))
	if err != nil {
		return nil, append(faults, err)
	}
	return stats, faults
}

// mostText bounds what the collector prints, in bytes: over a million cycles.
const mostText = 256 << 20

// unzip reads a compressed file of text.
func unzip(path string) ([]byte, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, errors.Unwrap(err) // without the path, which callers tell
	}
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("cut off or not compressed: %w", err)
	}
	text, err := io.ReadAll(io.LimitReader(z, mostText+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("cut off or damaged: %w", err)
	case len(text) > mostText:
		return nil, fmt.Errorf("unpacks to more than %d MB, which no collector's trace does", mostText>>20)
	}
	return text, nil
}

// Profiles lists the CPU profiles a run folder has of one benchmark and side,
// by number, which is that of their pair.
func Profiles(dir, benchmark string, side results.Side) []prof.File {
	return profiles(filepath.Join(dir, results.ProfilesDir), benchmark, side)
}

// AllocationProfiles is Profiles for allocation profiles.
func AllocationProfiles(dir, benchmark string, side results.Side) []prof.File {
	return profiles(filepath.Join(dir, results.AllocsDir), benchmark, side)
}

func profiles(folder, benchmark string, side results.Side) []prof.File {
	var files []prof.File
	for _, k := range numbers(folder, benchmark, side, profileSuffix) {
		files = append(files, prof.File{Pair: k, Path: numberedPath(folder, benchmark, side, k, profileSuffix)})
	}
	return files
}

// profileSuffix ends the names of profiles.
const profileSuffix = ".pb.gz"

// numbered lists the files NAME.SIDE.K of a folder.
func numbered(dir, benchmark string, side results.Side, suffix string) []string {
	var paths []string
	for _, k := range numbers(dir, benchmark, side, suffix) {
		paths = append(paths, numberedPath(dir, benchmark, side, k, suffix))
	}
	return paths
}

// numbers lists K of the files NAME.SIDE.K of a folder, in ascending order. A
// process that failed leaves a gap.
func numbers(dir, benchmark string, side results.Side, suffix string) []int {
	first := numberedPath(dir, benchmark, side, 1, suffix)
	entries, err := os.ReadDir(filepath.Dir(first))
	if err != nil {
		return nil
	}
	prefix := strings.TrimSuffix(filepath.Base(first), "1"+suffix)
	var list []int
	for _, e := range entries {
		text, ok := strings.CutPrefix(e.Name(), prefix)
		if !ok {
			continue
		}
		if text, ok = strings.CutSuffix(text, suffix); !ok {
			continue
		}
		if k, err := strconv.Atoi(text); err == nil && k > 0 && strconv.Itoa(k) == text {
			list = append(list, k)
		}
	}
	slices.Sort(list)
	return list
}

func numberedPath(dir, benchmark string, side results.Side, k int, suffix string) string {
	return filepath.Join(dir, benchmark+"."+string(side)+"."+strconv.Itoa(k)+suffix)
}
