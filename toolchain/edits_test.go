package toolchain

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

const editedSource = `package runtime

type heap[T any] struct{ n int }

// push has a comment before it, which is no part of it.
func (h *heap[T]) push(n int) {
	defer func() { h.n = n }()
}

func (h heap[T]) len() int { return h.n }

func mark(n int) int { return n + 1 }

func sweep() {} // a comment behind it
`

const editedAssembly = "#include \"textflag.h\"\n\nTEXT ·asmcgocall(SB),NOSPLIT,$0\n\tRET\n\nTEXT reflect·call(SB), NOSPLIT, $0\n\tRET\n"

// TestEdits changes two files as a patch would, and asks what was edited.
func TestEdits(t *testing.T) {
	tests := []struct {
		name     string
		old, new string
		want     string
	}{
		{"a comment before a function", "before it, which", "ahead of it, which", ""},
		{"code", "n + 1", "n + 2", "runtime.mark"},
		{"a comment in a closure", "h.n = n }", "h.n = n /* here */ }", "runtime.(*heap).push runtime.heap.push"},
		{"a renamed function", "func sweep", "func clean", "runtime.clean runtime.sweep"},
		{"assembly", "reflect·call(SB), NOSPLIT", "reflect·call(SB), 0", "reflect.call"},
		{"assembly of the package", "asmcgocall(SB),NOSPLIT", "asmcgocall(SB),0", "runtime.asmcgocall"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var trees [2]*Tree
			for i, to := range []string{test.old, test.new} {
				trees[i] = &Tree{GOROOT: t.TempDir()}
				write(t, trees[i].GOROOT, map[string]string{
					"src/runtime/mgc.go": strings.Replace(editedSource, test.old, to, 1),
					"src/runtime/asm.s":  strings.Replace(editedAssembly, test.old, to, 1),
				})
			}
			var patch Patch
			for _, file := range []string{"src/runtime/mgc.go", "src/runtime/asm.s"} {
				patch.data = append(patch.data, "diff --git a/"+file+" b/"+file+"\n--- a/"+file+"\n+++ b/"+file+"\n@@ -1 +1 @@\n-x\n+y\n"...)
			}
			edits, err := EditsOf(&Experiment{After: []Patch{patch}}, trees[0], trees[1])
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(slices.Sorted(maps.Keys(edits.functions)), " "); got != test.want {
				t.Errorf("edited: %s; want %s", got, test.want)
			}
		})
	}
}

func TestNewBlast(t *testing.T) {
	edits := &Edits{
		files:     map[string]bool{"runtime/mgc.go": true},
		functions: map[string]bool{"runtime.mark": true, "runtime.(*heap).push": true, "runtime.heap.push": true},
	}
	tests := []struct {
		change FunctionChange
		cause  string // empty: it is named
	}{
		{FunctionChange{Name: "runtime.mark"}, ""},
		{FunctionChange{Name: "runtime.mark.func1.2"}, ""},
		{FunctionChange{Name: "runtime.mark-range1"}, ""},
		{FunctionChange{Name: "runtime.mark.abi0"}, ""},
		{FunctionChange{Name: "runtime.(*heap[go.shape.[]int]).push.func1"}, ""},
		{FunctionChange{Name: "runtime.heap[int].push-fm"}, ""},
		{FunctionChange{Name: "runtime.markroot", BeforeSize: 1, AfterSize: 2, Why: "other instructions"}, "other instructions"},
		{FunctionChange{Name: "runtime.gc", BeforeSize: 1, AfterSize: 2, Inlines: []string{"runtime.add", "runtime.mark"}}, "has a copy of runtime.mark"},
		{FunctionChange{Name: "runtime.gc", AfterSize: 2, File: "runtime/mgc.go"}, "only after has it; in runtime/mgc.go, which the patches edit"},
		{FunctionChange{Name: "runtime.gc", BeforeSize: 2, File: "runtime/proc.go"}, "only before has it"},
		{FunctionChange{Name: "main.mark", BeforeSize: 2, AfterSize: 2, Why: "another constant or offset"}, "another constant or offset"},
	}
	for _, test := range tests {
		diff := &BinaryDiff{Kind: Code, Changed: []FunctionChange{test.change}}
		f := NewBlast(diff, edits).Functions[0]
		if f.Named != (test.cause == "") || f.Cause != test.cause {
			t.Errorf("%s: named %t, %q; want %q", test.change.Name, f.Named, f.Cause, test.cause)
		}
		if f := NewBlast(diff, nil).Functions[0]; !f.Named || f.Cause != "" {
			t.Errorf("%s between two bases: named %t, %q", test.change.Name, f.Named, f.Cause)
		}
	}
}
