package toolchain

import (
	"path/filepath"
	"testing"
)

// TestSlowPath checks which patches leave the fast path.
func TestSlowPath(t *testing.T) {
	tests := map[string]string{ // file to why, or "" for the fast path
		"src/runtime/mgc.go":         "",
		"src/runtime/new.h":          "",
		"src/runtime/asm.h":          "src/runtime/asm.h, which assemblers include",
		"src/f.go":                   "",
		"src/internal/abi/abi.go":    "", // reached through package runtime only
		"src/sort/sort.go":           "src/sort/sort.go, from which the compiler is built",
		"src/sort/new.go":            "src/sort/new.go, from which the compiler is built",
		"src/sort/sort_test.go":      "",
		"src/sort/testdata/in.go":    "",
		"src/cmd/compile/gen.go":     "src/cmd/compile/gen.go",
		"src/cmd/compile/ssa/new.go": "src/cmd/compile/ssa/new.go",
		"src/cmd/internal/obj/o.go":  "src/cmd/internal/obj/o.go",
		"src/cmd/vet/vet.go":         "",
		"src/cmd/dist/build.go":      "src/cmd/dist/build.go",
		"pkg/include/asm.h":          "pkg/include/asm.h",
		"VERSION":                    "VERSION",
		"src/make.bash":              "src/make.bash",
		"doc/new.txt":                "",
	}
	fx := newFixture(t)
	before, _ := fx.build(t, fx.experiment(t, "2", "3"))
	for name, want := range tests {
		patch := Patch{File: "p", data: []byte("--- /dev/null\n+++ b/" + name + "\n@@ -0,0 +1 @@\n+x\n")}
		got, err := before.slowPath(t.Context(), t.TempDir(), nil, []Patch{patch})
		if want != "" {
			want = "the series changes " + want
		}
		if err != nil || got != want {
			t.Errorf("%s: %q (%v), want %q", name, got, err, want)
		}
	}
}

// TestBuildSlowPath checks that a series off the fast path gets commands and a
// build cache of its own, and that what comes on top of it uses those.
func TestBuildSlowPath(t *testing.T) {
	fx := newFixture(t)
	e := fx.experiment(t, "2", "3")
	e.Before[0].data = []byte("--- a/src/cmd/compile/gen.go\n+++ b/src/cmd/compile/gen.go\n@@ -1 +1,2 @@\n package main\n+// more\n")
	e.After[0].data = []byte("--- a/src/f.go\n+++ b/src/f.go\n@@ -1,3 +1,4 @@\n package f\n+// more\n var a = 1\n var b = 1\n")
	before, after := fx.build(t, e)
	if before.Slow == "" || after.Slow != before.Slow || before.GOCACHE != after.GOCACHE || filepath.Base(before.GOCACHE) != before.Key {
		t.Errorf("got %+v and %+v", before, after)
	}
	stock, _ := fx.build(t, fx.experiment(t, "4", "5"))
	if stock.GOCACHE == before.GOCACHE {
		t.Error("trees with other compilers share a build cache")
	}
}
