package toolchain

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const comparedProgram = `package main

import "fmt"

// count says how many.
//
//go:noinline
func count(words []string) (n int) {
	for _, w := range words {
		n += 3 * len(w)
	}
	return n
}

func main() {
	fmt.Println(count([]string{"a", "bc"}), "counted")
}
`

// compileProgram compiles source with the go command the tests run under.
func compileProgram(t *testing.T, arch, source string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module compared\n\ngo 1.26\n", "main.go": source} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	out := filepath.Join(dir, "out")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-buildid=", "-buildvcs=false", "-o", out, ".")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOARCH="+arch, "GOOS=linux", "CGO_ENABLED=0", "GOFLAGS=", "GOWORK=off")
	if msg, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, msg)
	}
	return out
}

func TestCompareBinaries(t *testing.T) {
	replace := func(old, new string) string {
		if !strings.Contains(comparedProgram, old) {
			t.Fatalf("the program has no %q", old)
		}
		return strings.Replace(comparedProgram, old, new, 1)
	}
	for _, arch := range []string{"amd64", "arm64"} {
		before := compileProgram(t, arch, comparedProgram)
		for _, test := range []struct {
			name, source string
			want         Difference
			changed      string // a function that must be among the changed ones
		}{
			{"same source", comparedProgram, Identical, ""},
			{"comment reworded", replace("says how many", "tells the number"), Identical, ""},
			{"comment line added", replace("// count", "// One more line.\n// count"), LineTables, ""},
			{"constant", replace("3 * len", "5 * len"), Code, "main.count"},
			// Which function a string belongs to is not always found;
			// that it differs must be.
			{"string of the same length", replace(`"counted"`, `"figures"`), Code, ""},
			{"function added", comparedProgram + "\n//go:noinline\nfunc more() int { return 1 }\n\nvar _ = fmt.Sprint(more())\n", Code, "main.more"},
		} {
			t.Run(arch+"/"+test.name, func(t *testing.T) {
				diff, err := CompareBinaries(before, compileProgram(t, arch, test.source))
				if err != nil {
					t.Fatal(err)
				}
				if diff.Kind != test.want {
					t.Errorf("got %q (changed %v, %d moved of %d), want %q", diff.Kind, diff.Changed, diff.Moved, diff.Functions, test.want)
				}
				has := slices.ContainsFunc(diff.Changed, func(f FunctionChange) bool { return f.Name == test.changed })
				if has != (test.changed != "") {
					t.Errorf("changed %v, want %q among them", diff.Changed, test.changed)
				}
			})
		}
	}
}

func TestCompareBinariesErrors(t *testing.T) {
	amd64 := compileProgram(t, "amd64", comparedProgram)
	arm64 := compileProgram(t, "arm64", comparedProgram)
	text := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(text, []byte("not a program"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, after, want string }{
		{"missing", filepath.Join(t.TempDir(), "none"), "no such file"},
		{"not a program", text, text},
		{"other architecture", arm64, "compare binaries of one architecture"},
	} {
		if _, err := CompareBinaries(amd64, test.after); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", test.name, err, test.want)
		}
	}
}
