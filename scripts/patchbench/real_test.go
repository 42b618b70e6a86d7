package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"patchbench/analysis"
	"patchbench/results"
)

// runFolder finds the one run folder of an experiment and sets $RUN to it:
// run-folder EXPERIMENT.
func runFolder(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: run-folder EXPERIMENT")
	}
	paths, err := filepath.Glob(ts.MkAbs(filepath.Join("results", args[0], "*", results.ProtocolFile)))
	ts.Check(err)
	if len(paths) != 1 {
		ts.Fatalf("%d run folders of %s: %q", len(paths), args[0], paths)
	}
	ts.Setenv("RUN", filepath.Dir(paths[0]))
}

// checkVerdict reads the report of $RUN back: verdict RUN-VERDICT
// [BENCHMARK=VERDICT …].
func checkVerdict(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: verdict VERDICT [BENCHMARK=VERDICT ...]")
	}
	run := ts.Getenv("RUN")
	data, err := os.ReadFile(filepath.Join(run, "verdict.json"))
	ts.Check(err)
	var a analysis.Analysis
	ts.Check(json.Unmarshal(data, &a))
	if a.Verdict != analysis.Verdict(args[0]) {
		ts.Fatalf("verdict %q (%s), want %q", a.Verdict, a.Sentence, args[0])
	}
	if !a.Complete {
		ts.Fatalf("the run is not complete")
	}
	for _, arg := range args[1:] {
		name, want, _ := strings.Cut(arg, "=")
		found := false
		for _, b := range a.Benchmarks {
			if b.Name == name {
				found = true
				if b.Verdict != analysis.Verdict(want) {
					ts.Fatalf("%s is %q (%s), want %q", name, b.Verdict, b.Basis, want)
				}
			}
		}
		if !found {
			ts.Fatalf("the report has no %s", name)
		}
	}
	for _, file := range []string{"report.md", "report.html"} {
		text, err := os.ReadFile(filepath.Join(run, file))
		ts.Check(err)
		if !bytes.Contains(text, []byte(a.ProtocolSHA256[:12])) {
			ts.Fatalf("%s does not name the protocol %.12s", file, a.ProtocolSHA256)
		}
	}
}

// cut takes the end off a file, in the middle of its last line: cut FILE.
func cut(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: cut FILE")
	}
	path := ts.MkAbs(args[0])
	data, err := os.ReadFile(path)
	ts.Check(err)
	ts.Check(os.WriteFile(path, data[:len(data)-10], 0o644))
}

// waitSamples waits until the run of an experiment has so many samples:
// wait-samples EXPERIMENT N.
func waitSamples(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: wait-samples EXPERIMENT N")
	}
	want, err := strconv.Atoi(args[1])
	ts.Check(err)
	pattern := ts.MkAbs(filepath.Join("results", args[0], "*", results.SamplesFile))
	for deadline := time.Now().Add(5 * time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		paths, err := filepath.Glob(pattern)
		ts.Check(err)
		if len(paths) == 1 {
			data, err := os.ReadFile(paths[0])
			ts.Check(err)
			if bytes.Count(data, []byte("\nBenchmark")) >= want {
				return
			}
		}
	}
	ts.Fatalf("%s has not %d samples after 5 minutes", args[0], want)
}
