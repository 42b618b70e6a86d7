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
		if b.Flame == "" {
			continue
		}
		a.ui.update("flame graph %d/%d %s", i+1, len(result.Benchmarks), b.Name)
		if err := writeFlame(dir, b); err != nil {
			// A picture less is no reason to withhold the answer.
			a.ui.logf("%v", err)
			b.Warnings = append(b.Warnings, err.Error())
			b.Flame = ""
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

// writeFlame writes the differential flame graph of b.
func writeFlame(dir string, b *analysis.Benchmark) error {
	page, err := prof.FlamePage(
		analysis.Profiles(dir, b.Name, results.Before),
		analysis.Profiles(dir, b.Name, results.After),
		b.Name)
	if err != nil {
		return fmt.Errorf("flame graph of %s: %w", b.Name, err)
	}
	path := filepath.Join(dir, b.Flame)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return results.WriteFile(path, page)
}
