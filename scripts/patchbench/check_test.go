package main

import (
	"strings"
	"testing"
	"time"

	"patchbench/toolchain"
)

func TestPrintGate(t *testing.T) {
	storm := toolchain.GateCheck{Name: "cyclestorm", Procs: 8, Env: []string{"GOGC=1"}, Outcome: toolchain.Passed, Seconds: 1.5}
	hung := storm
	hung.Outcome, hung.Reason, hung.Log = toolchain.Hung, "no end after 60 s", "/cache/checks/storm.log"
	never := toolchain.GateCheck{Name: "TestGdb*", Outcome: toolchain.LeftOut, Reason: "test the host's debugger"}
	rest := toolchain.GateCheck{Name: "assist", Procs: 1, Outcome: toolchain.LeftOut, Reason: "3 checks failed before it"}
	r := &toolchain.GateResult{
		Subset: "default", Date: time.Unix(0, 0), Broken: "after hung in cyclestorm-8 GOGC=1: no end after 60 s; see /cache/checks/storm.log",
		Before: toolchain.GateSide{Checks: []toolchain.GateCheck{storm, never}},
		After:  toolchain.GateSide{Checks: []toolchain.GateCheck{hung, rest, never}, GivenUp: true},
	}
	var out strings.Builder
	if err := printGate(&out, r); err != nil {
		t.Fatal(err)
	}
	want := `check       before         after
cyclestorm  1 passed, 2 s  0 passed, 1 FAILED, 2 s
assist                     0 passed, 1 left out, 0 s

after hung: cyclestorm-8 GOGC=1
  no end after 60 s
  log: /cache/checks/storm.log

  left out: TestGdb*: test the host's debugger
  left out: 1 check of after, given up after too many failures

rule: one failure is enough: a check that failed is not run again on that side.
One that failed on after alone is run 3 times more on before, and is known on
before if the same fails there; if not, after is broken.

broken: after hung in cyclestorm-8 GOGC=1: no end after 60 s; see /cache/checks/storm.log (default checks)
`
	if got := out.String(); got != want {
		t.Errorf("printed\n%s\nwant\n%s", got, want)
	}
}
