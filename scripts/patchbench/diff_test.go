package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"patchbench/toolchain"
)

func TestPrintBlast(t *testing.T) {
	worker := toolchain.FunctionChange{Name: "runtime.gcBgMarkWorker", BeforeSize: 1322, AfterSize: 1258, BeforeInstructions: 257, AfterInstructions: 250, File: "runtime/mgc.go", Why: "other instructions"}
	closure := toolchain.FunctionChange{Name: "runtime.gcBgMarkWorker.func1", BeforeSize: 133, AfterSize: 138, BeforeInstructions: 29, AfterInstructions: 31}
	fresh := toolchain.FunctionChange{Name: "runtime.gcMarkTermination.func4", AfterSize: 64, AfterInstructions: 12}
	gone := toolchain.FunctionChange{Name: "internal/sync.(*HashTrieMap[go.shape.interface {},go.shape.interface {}]).LoadOrStore.func1", BeforeSize: 90, BeforeInstructions: 20}
	unknown := toolchain.FunctionChange{Name: "math/big.addMulVVW", BeforeSize: 513, AfterSize: 513, Why: "an instruction that is not understood"}
	tests := []struct {
		name    string
		blast   *toolchain.Blast
		patched bool
	}{
		{"only-edited", &toolchain.Blast{
			Diff:      &toolchain.BinaryDiff{Kind: toolchain.Code, Changed: make([]toolchain.FunctionChange, 2), Functions: 2291, Moved: 2045, Distances: map[int64]int{-64: 2045}},
			Functions: []toolchain.BlastFunction{{FunctionChange: worker, Named: true}, {FunctionChange: closure, Named: true}},
		}, true},
		{"others", &toolchain.Blast{
			Diff: &toolchain.BinaryDiff{
				Kind: toolchain.Code, Changed: make([]toolchain.FunctionChange, 3), Unproven: []toolchain.FunctionChange{unknown}, Functions: 7001, Moved: 1272,
				Distances: map[int64]int{64: 1263, 32: 1, -16: 2, 48: 1, 96: 1, 128: 1, 160: 1, 192: 2},
			},
			Functions: []toolchain.BlastFunction{
				{FunctionChange: gone, Cause: "only before has it"},
				{FunctionChange: worker, Named: true},
				{FunctionChange: fresh, Cause: "has a copy of runtime.gcMarkDone; in runtime/mgc.go, which the patches edit"},
			},
		}, true},
		{"bases", &toolchain.Blast{
			Diff:      &toolchain.BinaryDiff{Kind: toolchain.Code, Changed: make([]toolchain.FunctionChange, 1), Functions: 3343, Moved: 1, Distances: map[int64]int{32: 1}},
			Functions: []toolchain.BlastFunction{{FunctionChange: closure, Named: true}},
		}, false},
		{"identical", &toolchain.Blast{Diff: &toolchain.BinaryDiff{Kind: toolchain.Identical, Functions: 12}}, true},
		{"lines", &toolchain.Blast{Diff: &toolchain.BinaryDiff{Kind: toolchain.LineTables, Functions: 12}}, true},
		{"data", &toolchain.Blast{Diff: &toolchain.BinaryDiff{Kind: toolchain.Code, Functions: 12}}, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var out bytes.Buffer
			if err := printBlast(&out, "mark-worker-preemption, programs/cyclestorm for amd64", test.blast, test.patched); err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join("testdata", "diff", test.name+".txt")
			if *update {
				if err := os.WriteFile(golden, out.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if out.String() != string(want) {
				t.Errorf("got\n%s\nwant\n%s", out.String(), want)
			}
		})
	}
}
