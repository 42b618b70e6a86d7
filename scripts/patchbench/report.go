package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"patchbench/analysis"
	"patchbench/analysis/prof"
	"patchbench/analysis/report"
	"patchbench/results"
)

// writeReport writes all that is made of an analysis into its run folder.
// Flame graphs are told of as they are made, since they take longest.
func (a *app) writeReport(dir string, result *analysis.Analysis) error {
	for i := range result.Benchmarks {
		b := &result.Benchmarks[i]
		for _, e := range []*analysis.ProfileEvidence{&b.ProfileEvidence, b.Allocations} {
			if e == nil || e.Profile == nil {
				continue
			}
			a.ui.update("flame graph %d/%d %s", i+1, len(result.Benchmarks), b.Name)
			kind, files := prof.CPU, analysis.Profiles
			if e == b.Allocations {
				kind, files = prof.Allocations, analysis.AllocationProfiles
			}
			if err := writeProfiles(dir, b.Name, kind, files, e); err != nil {
				// A picture less is no reason to withhold the answer.
				a.ui.logf("%v", err)
				b.Warnings = append(b.Warnings, err.Error())
			}
		}
	}
	if err := analysis.Save(dir, result); err != nil {
		return err
	}
	table, err := os.ReadFile(filepath.Join(dir, analysis.BenchstatFile))
	if err != nil {
		return err
	}
	result.Benchstat = string(table)
	for _, r := range []struct {
		name   string
		render func(io.Writer, *analysis.Analysis) error
	}{{"report.md", report.Markdown}, {"report.html", report.HTML}} {
		var page bytes.Buffer
		if err := r.render(&page, result); err != nil {
			return fmt.Errorf("render %s: %w", r.name, err)
		}
		if err := results.WriteFile(filepath.Join(dir, r.name), page.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// writeProfiles writes the profiles of each side of a benchmark, of one kind, in
// one file, and the pages that compare them. What it cannot write e no longer
// refers to.
func writeProfiles(dir, benchmark string, kind prof.Kind, files func(dir, benchmark string, side results.Side) []prof.File, e *analysis.ProfileEvidence) error {
	pages := map[string]*string{"flame": &e.Flame, "top": &e.Top, "peek": &e.Peek}
	forget := func(err error) error {
		for _, path := range pages {
			*path = ""
		}
		return fmt.Errorf("profile pages of %s: %w", benchmark, err)
	}
	merged := e.Merged
	e.Merged = nil
	if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, e.Flame)), 0o755); err != nil {
		return forget(err)
	}
	// What does not read the analysis has told of.
	sides, _ := prof.ReadBoth(kind, files(dir, benchmark, results.Before), files(dir, benchmark, results.After))
	for i, side := range results.Sides() {
		if sides[i] == nil {
			return forget(fmt.Errorf("the profiles of %s are gone", side))
		}
		if err := sides[i].Write(filepath.Join(dir, merged[side])); err != nil {
			return forget(err)
		}
	}
	e.Merged = merged
	made, err := prof.NewPages(sides[0], sides[1], benchmark)
	if err != nil {
		return forget(err)
	}
	for name, page := range map[string][]byte{"flame": made.Flame, "top": made.Top, "peek": made.Peek} {
		if err := results.WriteFile(filepath.Join(dir, *pages[name]), page); err != nil {
			return forget(err)
		}
	}
	return nil
}
