package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"patchbench/bench"
	"patchbench/results"
)

func TestKeepSurvey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "class.json")
	host := results.Host{Class: "class", CPU: "a chip"}
	for _, r := range []results.SurveyBenchmark{
		{Name: "Storm-4", Seconds: 1},
		{Name: "Heap-2", Seconds: 2},
		{Name: "Storm-4", Seconds: 3},
		{Name: "Storm-4", Base: "release:go1.27.4", Seconds: 4},
	} {
		if err := keepSurvey(path, host, r); err != nil {
			t.Fatal(err)
		}
	}
	s, err := results.ReadSurvey(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Benchmarks) != 3 || s.Benchmarks[0].Name != "Heap-2" || s.Benchmarks[1].Seconds != 3 || s.Benchmarks[2].Seconds != 4 || s.Class != "class" {
		t.Errorf("got %+v, want Heap-2, and Storm-4 as measured last on each base", s)
	}
}

// Every benchmark of gc was measured, and those that hardly collect say that
// they are controls.
func TestSurveyed(t *testing.T) {
	root := filepath.Join("..", "..")
	suite, err := bench.LoadSuite(filepath.Join(root, "bench", "suites"), "gc")
	if err != nil {
		t.Fatal(err)
	}
	paths, err := filepath.Glob(filepath.Join(root, "results", results.SurveyDir, "*.json"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("%d surveys, %v", len(paths), err)
	}
	shares := make(map[string]float64) // the least of a benchmark, at any GOMAXPROCS and on any base
	for _, path := range paths {
		s, err := results.ReadSurvey(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range s.Benchmarks {
			name, _, _ := strings.Cut(b.Name, "-")
			if share, ok := shares[name]; b.ProfileSize > 0 && (!ok || b.GCShare < share) {
				shares[name] = b.GCShare
			}
		}
	}
	for _, b := range suite.Benchmarks {
		share, ok := shares[b.Name]
		switch {
		case !ok:
			t.Errorf("%s was never measured: patchbench suites --measure gc", b.Name)
		case share < 0.05 && (!b.Control || !strings.Contains(b.Loads, "control")):
			t.Errorf("the collector takes %.1f %% of %s, which does not say that it is a control", 100*share, b.Name)
		}
	}
}

func TestPrintListed(t *testing.T) {
	var out bytes.Buffer
	a := &app{stdout: &out, root: t.TempDir()}
	known := &results.Survey{Benchmarks: []results.SurveyBenchmark{
		{Name: "Storm-4", Base: "release:go1.16.15", Date: time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC),
			Seconds: 0.61, GCShare: 0.812, ProfileSize: 500, CyclesPerSec: 1409.6, Spread: 0.08, CPUSpread: 0.071, Load: 0.4},
		{Name: "StormTwo-4"},
	}}
	b := &listed{SuiteBenchmark: bench.SuiteBenchmark{Name: "Storm", Package: "programs/storm",
		Loads: strings.Repeat("many words ", 12)}, suites: []string{"gc", "quick"}}
	if err := a.printListed(b, known); err != nil {
		t.Fatal(err)
	}
	want := `
Storm  (gc, quick)
    many words many words many words many words many words many words many words
    many words many words many words many words many words
    programs/storm
    Storm-4: 0.6 s, GC 81 %, 1410 cycles/s, CV 8 % wall 7 % CPU
             release:go1.16.15, 2026-11-24, load 0.4
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}
