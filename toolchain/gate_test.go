package toolchain

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// fakeGateGo stands in for a tree's go command: every test binary it compiles is
// the tree's fake.
const fakeGateGo = `#!/bin/sh
if [ -e "$GOROOT/miscompiled" ]; then
	echo "# runtime" >&2
	echo "$GOROOT/src/runtime/mgc.go:7:1: syntax error" >&2
	exit 1
fi
while [ "$1" != -o ]; do shift; done
cp "$GOROOT/fake" "$2"
`

// fakeBinary stands in for a test binary whose tests and benchmarks all pass,
// unless the script that is put in the middle does something else.
const fakeBinary = `#!/bin/sh
echo "$0" "$@" >> "$GOROOT/../runs"
case "$*" in
-test.list*) echo TestChan; echo TestGcSys; echo TestDebugCall; exit 0 ;;
esac
program=$(basename "$0" .test)
%s
case "$*" in
*benchtime*) n=${*##*benchtime=}; printf 'BenchmarkX-2 \t %%s\t 12.5 ns/op\n' "${n%%x}" ;;
*) echo "--- PASS: TestChan (0.00s)" ;;
esac
`

// fakeGateTree makes a tree whose test binaries do what script says.
func fakeGateTree(t *testing.T, script string) *Tree {
	t.Helper()
	root := filepath.Join(t.TempDir(), "goroot")
	for name, text := range map[string]string{"bin/go": fakeGateGo, "fake": fmt.Sprintf(fakeBinary, script)} {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(filepath.Join(root, "src", "runtime"), 0o777); err != nil {
		t.Fatal(err)
	}
	return &Tree{GOROOT: root, GOCACHE: t.TempDir(), Digest: root}
}

// gateRuns counts how often the test binaries of a fake tree were started to run
// something.
func gateRuns(t *testing.T, tree *Tree) int {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(filepath.Dir(tree.GOROOT), "runs"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(data)) {
		if !strings.Contains(line, "-test.list") {
			n++
		}
	}
	return n
}

func fakeGate(t *testing.T) *Gate {
	t.Helper()
	return &Gate{
		Cache: &Cache{Dir: t.TempDir()}, Programs: filepath.Join("..", "bench", "programs"), Log: t.Logf,
		Now: func() time.Time { return time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC) },
		plan: func(bool) []GateCheck {
			return []GateCheck{
				{Name: "runtime", Procs: 1},
				{Name: "liveheap", Procs: 4, Env: []string{"GODEBUG=clobberfree=1"}},
				{Name: "assist", Env: []string{"GOGC=1"}, Outcome: LeftOut, Reason: "as a test"},
				{Name: "assist", Procs: 2},
				{Name: "runtime-programs", Procs: 2},
				{Name: "buffers", Procs: 8, Env: []string{"GOGC=off"}},
			}
		},
	}
}

const (
	crash    = `if [ "$program" = liveheap ] && [ "$GODEBUG" = clobberfree=1 ]; then echo "fatal error: bad pointer 0xc000$$"; exit 2; fi`
	another  = `if [ "$program" = liveheap ] && [ "$GODEBUG" = clobberfree=1 ]; then echo "panic: another"; exit 2; fi`
	oneTest  = `if [ "$program" = runtime ] && [ "$GOMAXPROCS" = 1 ]; then echo "--- FAIL: TestChan (0.00s)"; exit 1; fi`
	idle     = `if [ "$program" = assist ]; then echo PASS; exit 0; fi`
	skipping = `if [ "$program" = runtime ]; then echo "--- SKIP: TestChan (0.00s)"; exit 0; fi`
	all      = `echo "SIGSEGV: segmentation violation"; exit 2`
	// Once in three runs, and not in the first.
	flaky = `if [ "$program" = liveheap ] && [ "$GODEBUG" = clobberfree=1 ]; then echo >> "$GOROOT/flaky"; [ $(wc -l < "$GOROOT/flaky") = 3 ] && { echo "fatal error: bad pointer 0xc0001"; exit 2; }; fi`
)

func TestGate(t *testing.T) {
	for _, tt := range []struct {
		name          string
		before, after string
		new, known    string // IDs, sorted and joined
		broken        string // what the reason must have in it; empty if sound
	}{
		{"sound", "", "", "", "", ""},
		{"a crash on after", "", crash, "liveheap-4 GODEBUG=clobberfree=1", "", "bad pointer"},
		{"a crash on both", crash, crash, "", "liveheap-4 GODEBUG=clobberfree=1", ""},
		{"a crash on before", crash, "", "", "liveheap-4 GODEBUG=clobberfree=1", ""},
		{"now and then on before", flaky, crash, "", "liveheap-4 GODEBUG=clobberfree=1", ""},
		{"another crash than on before", another, crash, "liveheap-4 GODEBUG=clobberfree=1", "liveheap-4 GODEBUG=clobberfree=1", "bad pointer"},
		{"a failing test", "", oneTest, "runtime-1", "", "TestChan"},
		{"programs that do nothing", "", idle, "", "", "ran nothing"},
		{"tests that are all skipped", "", skipping, "", "", "ran nothing"},
		{"everything on after", "", all, "", "", "SIGSEGV"},
		{"everything on both", all, all, "", "", "nothing can be compared"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before, after := fakeGateTree(t, tt.before), fakeGateTree(t, tt.after)
			r, err := fakeGate(t).Check(t.Context(), before, after, false)
			if err != nil {
				t.Fatal(err)
			}
			if tt.broken == "" && r.Broken != "" || !strings.Contains(r.Broken, tt.broken) {
				t.Errorf("broken %q, want %q", r.Broken, tt.broken)
			}
			if tt.broken == "" || tt.new != "" {
				if got := strings.Join(r.New, ", "); got != tt.new {
					t.Errorf("new %q, want %q", got, tt.new)
				}
				if got := strings.Join(r.Known, ", "); got != tt.known {
					t.Errorf("known %q, want %q", got, tt.known)
				}
			}
			for _, c := range slices.Concat(r.Before.Checks, r.After.Checks) {
				if _, err := os.Stat(c.Log); c.Bad() && err != nil {
					t.Errorf("%s has no log: %v", c.ID(), err)
				}
			}
		})
	}
}

func TestGateGivesUp(t *testing.T) {
	before, after := fakeGateTree(t, ""), fakeGateTree(t, all)
	r, err := fakeGate(t).Check(t.Context(), before, after, false)
	if err != nil {
		t.Fatal(err)
	}
	if _, failed, leftOut := r.After.Counts(); !r.After.GivenUp || failed != gateGiveUp || leftOut != 3 {
		t.Errorf("given up: %v, %d failed, %d left out", r.After.GivenUp, failed, leftOut)
	}
	if got := gateRuns(t, after); got != gateGiveUp {
		t.Errorf("%d runs on after, want %d", got, gateGiveUp)
	}
}

func TestGateNamesWhatDoesNotCompile(t *testing.T) {
	before, after := fakeGateTree(t, ""), fakeGateTree(t, "")
	if err := os.WriteFile(filepath.Join(after.GOROOT, "miscompiled"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	r, err := fakeGate(t).Check(t.Context(), before, after, false)
	if err != nil {
		t.Fatal(err)
	}
	if want := "src/runtime/mgc.go:7:1: syntax error"; !strings.Contains(r.Broken, want) {
		t.Errorf("broken %q, want %q in it", r.Broken, want)
	}
}

// TestGateGoesOn interrupts the gate and checks that what was over is not run
// again.
func TestGateGoesOn(t *testing.T) {
	before, after := fakeGateTree(t, ""), fakeGateTree(t, "")
	g := fakeGate(t)
	ctx, cancel := context.WithCancel(t.Context())
	g.Progress = func(p GateProgress) {
		if p.Side == "after" && p.Done == 3 {
			cancel()
		}
	}
	if _, err := g.Check(ctx, before, after, false); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want that it was cancelled", err)
	}
	g.Progress = nil
	r, err := g.Check(t.Context(), before, after, false)
	if err != nil {
		t.Fatal(err)
	}
	passed, failed, _ := r.After.Counts()
	if failed > 0 || gateRuns(t, before) != passed || gateRuns(t, after) != passed {
		t.Errorf("%d checks passed and %d failed; %d runs on before, %d on after", passed, failed, gateRuns(t, before), gateRuns(t, after))
	}
	if _, err := g.Check(t.Context(), before, after, false); err != nil || gateRuns(t, after) != passed {
		t.Errorf("the third time %d runs on after, want the same %d (%v)", gateRuns(t, after), passed, err)
	}
	if left, err := os.ReadDir(g.Cache.path("tmp")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestGatePlan(t *testing.T) {
	some, every := gatePlan(false), gatePlan(true)
	ids := make(map[string]bool)
	for _, c := range every {
		if ids[c.ID()] {
			t.Errorf("%s is there twice", c.ID())
		}
		ids[c.ID()] = true
		if (c.Outcome == LeftOut) != (c.Reason != "") {
			t.Errorf("%s: outcome %q, reason %q", c.ID(), c.Outcome, c.Reason)
		}
	}
	met := make(map[string]int)
	for _, c := range some {
		if !ids[c.ID()] {
			t.Errorf("%s is not in the full plan", c.ID())
		}
		if programNamed(c.Name) != nil && c.Outcome != LeftOut {
			met[fmt.Sprint(c.Name, " ", c.Procs)]++
			met[fmt.Sprint(c.Env, " ", c.Procs)]++
		}
	}
	for _, procs := range gateProcs() {
		for _, p := range gatePrograms() {
			if key := fmt.Sprint(p.name, " ", procs); met[key] == 0 {
				t.Errorf("by default, %s is never met", key)
			}
		}
		for _, env := range gateSettings() {
			if key := fmt.Sprint(env, " ", procs); met[key] == 0 {
				t.Errorf("by default, %s is never met", key)
			}
		}
	}
}

// TestGateProgramsExist keeps the gate's list in step with the programs.
func TestGateProgramsExist(t *testing.T) {
	dirs, err := filepath.Glob(filepath.Join("..", "bench", "programs", "*", "doc.go"))
	if err != nil {
		t.Fatal(err)
	}
	var have, want []string
	for _, d := range dirs {
		have = append(have, filepath.Base(filepath.Dir(d)))
	}
	for _, p := range gatePrograms() {
		want = append(want, p.name)
	}
	slices.Sort(want)
	if !slices.Equal(have, want) {
		t.Errorf("there are %v, the gate runs %v", have, want)
	}
}

func TestChooseTests(t *testing.T) {
	have := strings.Fields("TestChan TestDebugCall TestGcSys TestGdbPanic TestWeakToStrongMarkTermination TestOther ok")
	for _, tt := range []struct {
		check GateCheck
		want  string
	}{
		{GateCheck{Name: "runtime"}, "TestChan TestWeakToStrongMarkTermination"},
		{GateCheck{Name: "runtime", Env: []string{"GODEBUG=gcstoptheworld=2"}}, "TestChan"},
		{GateCheck{Name: "runtime-programs"}, "TestGcSys"},
		{GateCheck{Name: "runtime-all"}, "TestChan TestGcSys TestWeakToStrongMarkTermination TestOther"},
	} {
		if got := strings.Join(chooseTests(&tt.check, have), " "); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.check.ID(), got, tt.want)
		}
	}
}

func TestGateCheckSaysWhy(t *testing.T) {
	failed := errors.New("exit status 2")
	for _, tt := range []struct {
		output   string
		err      error
		reason   string
		failures string
	}{
		{"PASS\n", nil, "", ""},
		{"BenchmarkX-8   \tfatal error: bad pointer 0xc000123 at 77\n\nruntime stack:\n", failed,
			"fatal error: bad pointer 0xc000123 at 77", "fatal error: bad pointer N at N"},
		{"SIGSEGV: segmentation violation\nPC=0x1\n", failed, "SIGSEGV: segmentation violation", "SIGSEGV: segmentation violation"},
		{"--- FAIL: TestB (0.00s)\n    --- FAIL: TestB/x (0.00s)\n--- FAIL: TestA (1.00s)\n", failed, "exit status 2 (TestB, TestB/x, TestA)", "TestB TestB/x TestA"},
		{"", failed, "exit status 2", "exit status 2"},
	} {
		var c GateCheck
		c.judge(gateEnd{output: tt.output, err: tt.err})
		if failures := strings.Join(c.Failures, " "); c.Reason != tt.reason || failures != tt.failures {
			t.Errorf("%q: %q, %q; want %q, %q", tt.output, c.Reason, failures, tt.reason, tt.failures)
		}
	}
}
