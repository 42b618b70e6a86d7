package toolchain

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// program is compared with changed versions of itself. It inlines, defers and
// keeps pointers across calls, which all leave their traces in the tables.
const program = `package main

type pair struct{ a, b *int }

var table = [...]string{"one", "two", "three"}

var global *int

// inlined has a comment of one line.
func inlined(n int) int { return n*3 + len(table[n&1]) }

//go:noinline
func work(n int) int {
	local := new(int)
	p := &pair{local, global}
	defer func() { global = p.b }()
	for i := range n {
		*local += inlined(i)
	}
	helper(local)
	return *p.a
}

//go:noinline
func helper(p *int) { *p += 1000 }

//go:noinline
func last(s string) int { return len(s) + 7 }

func main() {
	println(work(10), last("words"))
}
`

// buildProgram compiles source for goarch with the Go that runs the test.
func buildProgram(t *testing.T, goarch, source string) string {
	t.Helper()
	return linkProgram(t, goarch, source, "-buildid=")
}

// linkProgram is buildProgram with flags for the linker.
func linkProgram(t *testing.T, goarch, source, ldflags string) string {
	t.Helper()
	dir := t.TempDir()
	write(t, dir, map[string]string{"go.mod": "module example.invalid/p\n\ngo 1.22\n", "main.go": source})
	goCommand, err := lookPath(os.Environ(), "go")
	if err != nil {
		t.Fatal(err)
	}
	// The build cache of the test's own build has the standard library.
	cache, err := exec.Command(goCommand, "env", "GOCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	scratch := t.TempDir()
	if err := MakeScratch(scratch); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(goCommand, "build", "-trimpath", "-ldflags="+ldflags, "-o", "p", ".")
	cmd.Dir = dir
	cmd.Env = append(downloadEnviron(goCommand, scratch), "GOCACHE="+strings.TrimSpace(string(cache)), "CGO_ENABLED=0", "GOARCH="+goarch)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v: %s", err, out)
	}
	return filepath.Join(dir, "p")
}

func TestCompareBinaries(t *testing.T) {
	tests := []struct {
		name     string
		old, new string // what is replaced in the program
		kind     Difference
		changed  string // names of changed functions
		moved    bool   // whether others move
	}{
		{"nothing", "", "", Identical, "", false},
		{"comment reworded", "has a comment of one line", "is told about in one line", Identical, "", false},
		{"comment added", "// inlined has", "// There is more to say.\n// inlined has", LineTables, "", false},
		{"constant in a function", "1000", "1001", Code, "main.helper", false},
		{"string of equal length", `"words"`, `"sword"`, Code, "main.main", false},
		{"longer code", "+ 7", "+ 7*len(table[len(s)%3])", Code, "main.last", true},
		{"inlined code", "n*3", "n*5", Code, "main.work", false},
		{"initial data", `"two"`, `"TWO"`, Code, "", false},
	}
	for _, goarch := range []string{"amd64", "arm64"} {
		before := buildProgram(t, goarch, program)
		for _, test := range tests {
			t.Run(goarch+"/"+test.name, func(t *testing.T) {
				if !strings.Contains(program, test.old) {
					t.Fatalf("the program has no %q", test.old)
				}
				after := buildProgram(t, goarch, strings.Replace(program, test.old, test.new, 1))
				diff, err := CompareBinaries(before, after)
				if err != nil {
					t.Fatal(err)
				}
				var changed []string
				for _, f := range diff.Changed {
					changed = append(changed, f.Name)
				}
				if got := strings.Join(changed, " "); diff.Kind != test.kind || got != test.changed {
					t.Errorf("kind %s, changed %v; want %s, %s", diff.Kind, diff.Changed, test.kind, test.changed)
				}
				if diff.Functions < 500 || (diff.Moved > 0) != test.moved {
					t.Errorf("%d functions, %d moved", diff.Functions, diff.Moved)
				}
			})
		}
	}
}

// TestCompareBinariesAdded checks functions that only one side has.
func TestCompareBinariesAdded(t *testing.T) {
	before := buildProgram(t, "amd64", program)
	after := buildProgram(t, "amd64", strings.Replace(program, "helper(", "assist(", 2))
	diff, err := CompareBinaries(before, after)
	if err != nil {
		t.Fatal(err)
	}
	sizes := make(map[string]string)
	for _, f := range diff.Changed {
		sizes[f.Name] = fmt.Sprint(f.BeforeSize > 0, f.AfterSize > 0)
	}
	if sizes["main.helper"] != "true false" || sizes["main.assist"] != "false true" || sizes["main.work"] != "true true" {
		t.Errorf("changed are %v", diff.Changed)
	}
}

// TestCompareBinariesMetadata changes single bytes of what the runtime is told
// about functions: that must never pass for a difference of line numbers.
func TestCompareBinariesMetadata(t *testing.T) {
	before := buildProgram(t, "amd64", program)
	data, err := os.ReadFile(before)
	if err != nil {
		t.Fatal(err)
	}
	img, err := openImage(data)
	if err != nil {
		t.Fatal(err)
	}
	tables, ok := img.readTables()
	if !ok {
		t.Fatal("tables are not understood")
	}
	start := bytes.Index(data, tables.data)
	lines := 0
	for i := 0; i < len(tables.data); i += 397 {
		changed := bytes.Clone(data)
		changed[start+i] ^= 1
		other, err := openImage(changed)
		if err != nil {
			t.Fatal(err)
		}
		c := &comparison{before: img, after: other}
		if same := c.sameMetadata(); same != tables.inlineLines[i] {
			t.Errorf("byte %d: taken for the same: %t; is a line number: %t", i, same, tables.inlineLines[i])
		}
		if tables.inlineLines[i] {
			lines++
		}
	}
	if lines == 0 {
		t.Error("no line number was among the bytes changed")
	}
}

func TestCompareBinariesErrors(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"text": "text"})
	text, none := filepath.Join(dir, "text"), filepath.Join(dir, "none")
	good := buildProgram(t, "amd64", program)
	tests := []struct {
		before, after string
		want          []string
	}{
		{good, none, []string{"none", "no such file"}},
		{text, good, []string{"text", "not an ELF program"}},
		{good, linkProgram(t, "amd64", program, "-s"), []string{"has no symbol table", "without -s"}},
		{good, buildProgram(t, "arm64", program), []string{"EM_X86_64", "EM_AARCH64", "one architecture"}},
	}
	for _, test := range tests {
		_, err := CompareBinaries(test.before, test.after)
		wantError(t, err, append(test.want, "comparing binaries")...)
	}
}
