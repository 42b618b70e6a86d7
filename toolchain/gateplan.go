package toolchain

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// gateRecipe changes whenever what a check does, or how it is judged, does.
const gateRecipe = "5"

// programTimeout is a hundred times what a program takes on two idle cores.
const programTimeout = time.Minute

// runtimeTimeout allows the runtime's tests about as much more.
func runtimeTimeout(name string) time.Duration {
	switch name {
	case "runtime-all":
		return 30 * time.Minute
	case "runtime-programs":
		return 5 * time.Minute
	}
	return 2 * time.Minute
}

// gateMemory is what the processes of a check may take together, in bytes
// resident. The programs take a tenth of it, with GOGC=off too.
const gateMemory = 3 << 30

// allMemory is gateMemory for all of the runtime's tests together, whose process
// takes 3.1 GB on untouched releases.
const allMemory = 2 * gateMemory

// A gateProgram is one of our programs, as the gate runs it.
type gateProgram struct {
	name       string
	iterations int  // some tens of collections, and 300 MB allocated at most
	ownGOGC    bool // it sets its own, so that the variable has no effect
	brief      bool // the default subset has it in a few settings only, as it must not take long
}

func gatePrograms() []gateProgram {
	return []gateProgram{
		{name: "cyclestorm", iterations: 2000, ownGOGC: true},
		{name: "liveheap", iterations: 500},
		{name: "assist", iterations: 800, ownGOGC: true},
		{name: "idleprocs", iterations: 300},
		{name: "buffers", iterations: 500},
		{name: "latency", iterations: 4000},
		{name: "typecheck", iterations: 5},
		{name: "busyprocs", iterations: 2000, brief: true},
		{name: "deepstacks", iterations: 100, brief: true},
		{name: "finalizers", iterations: 100, brief: true},
		{name: "forced", iterations: 100, brief: true},
		{name: "lastwork", iterations: 1500, ownGOGC: true, brief: true},
		{name: "manyprocs", iterations: 600, brief: true},
		{name: "procschange", iterations: 30, brief: true},
		{name: "ratesteps", iterations: 10, brief: true},
	}
}

func programNamed(name string) *gateProgram {
	for _, p := range gatePrograms() {
		if p.name == name {
			return &p
		}
	}
	return nil
}

// benchmarkLine matches what a benchmark of n iterations prints at its end.
func benchmarkLine(n int) *regexp.Regexp {
	return regexp.MustCompile(fmt.Sprintf(`(?m)^Benchmark\S+\s+%d\s+\S+ ns/op`, n))
}

// checkmark is how the collector checks that it marked all there is to mark.
// Goroutines must not be preempted asynchronously then: their stacks are
// scanned conservatively, which may find other objects the second time. Go 1.26
// turns that off by itself, older releases do not.
const checkmark = "GODEBUG=gccheckmark=1,asyncpreemptoff=1"

// gateSettings are the environments the programs run in.
func gateSettings() [][]string {
	return [][]string{
		nil,
		{checkmark},
		{"GODEBUG=gcstoptheworld=1"},
		{"GODEBUG=gcstoptheworld=2"},
		{"GODEBUG=asyncpreemptoff=1"},
		{"GODEBUG=clobberfree=1"},
		{"GOGC=1"},
		{"GOGC=off"},
		{checkmark, "GOGC=1"},
	}
}

// briefSetting reports whether a program that has but a few settings by default
// has this one: as many as there are values of GOMAXPROCS.
func briefSetting(env []string) bool {
	return len(env) == 0 || len(env) == 1 && (env[0] == checkmark || strings.HasPrefix(env[0], "GODEBUG=gcstoptheworld="))
}

func setsGOGC(env []string) bool {
	return slices.ContainsFunc(env, func(kv string) bool { return strings.HasPrefix(kv, "GOGC=") })
}

// gateProcs are the values of GOMAXPROCS. From 4 on the collector has
// dedicated mark workers, and with one P it has but a fractional one.
func gateProcs() []int { return []int{1, 2, 4, 8} }

// gatePlan lists the checks of a tree in the order they are run. The default
// ones have each program under each setting, or a few of them, at one GOMAXPROCS,
// such that each setting meets every GOMAXPROCS, and so does each program.
func gatePlan(full bool) []GateCheck {
	plan := []GateCheck{{Name: "runtime", Procs: 2}, {Name: "runtime-programs", Procs: 2}}
	for i, p := range gatePrograms() {
		if p.ownGOGC {
			plan = append(plan, GateCheck{Name: p.name + " with GOGC", Outcome: LeftOut, Reason: "the program sets its own"})
		}
		met := 0
		for j, env := range gateSettings() {
			if p.ownGOGC && setsGOGC(env) {
				continue
			}
			turn := i + j
			if p.brief && !full {
				if !briefSetting(env) {
					continue
				}
				turn = i + met
				met++
			}
			for k, procs := range gateProcs() {
				if full || k == turn%len(gateProcs()) {
					plan = append(plan, GateCheck{Name: p.name, Procs: procs, Env: env})
				}
			}
		}
	}
	variants := []GateCheck{
		{Procs: 1},
		{Procs: 4, Env: []string{checkmark}},
		{Procs: 4, Env: []string{"GODEBUG=gcstoptheworld=1"}},
		{Procs: 8, Env: []string{"GODEBUG=clobberfree=1"}},
	}
	if full {
		variants = nil
		for _, env := range gateSettings() {
			for _, procs := range gateProcs() {
				if procs != 2 || env != nil {
					variants = append(variants, GateCheck{Procs: procs, Env: env})
				}
			}
		}
	}
	for _, c := range variants {
		c.Name = "runtime"
		plan = append(plan, c)
	}
	if full {
		plan = append(plan, GateCheck{Name: "runtime-all", Procs: 4})
	}
	for _, l := range leftOutTests() {
		if l.concerns(plan) {
			plan = append(plan, l.check())
		}
	}
	return plan
}

// A leftOutTest is what the gate never runs of the runtime's tests.
type leftOutTest struct {
	prefix  string // of the tests' names
	setting string // part of the environment they are left out in; empty for any
	reason  string
}

func leftOutTests() []leftOutTest {
	return []leftOutTest{
		{"TestDebugCall", "", "crash now and then on untouched releases, with a tiny GOGC and GOMAXPROCS=8"},
		{"TestGdb", "", "test the host's debugger"},
		{"TestLldb", "", "test the host's debugger"},
		{"TestWeakToStrongMarkTermination", "gcstoptheworld", "holds mark termination up while others run; without concurrent marking it hangs on untouched releases"},
		{"TestSelectStackAdjust", "GOGC=off", "waits for a collection that nothing but the heap's growth asks for"},
		{"TestPeriodicGC", "GOGC=off", "waits for collections by the clock, which there are none of then"},
		{"TestMemStats", "GOGC=off", "finds the goal of the heap too high, which is infinite then"},
	}
}

// concerns reports whether one of the plan's checks would run l otherwise.
func (l leftOutTest) concerns(plan []GateCheck) bool {
	return l.setting == "" || slices.ContainsFunc(plan, func(c GateCheck) bool {
		return c.Name == "runtime" && strings.Contains(strings.Join(c.Env, " "), l.setting)
	})
}

func (l leftOutTest) check() GateCheck {
	name := l.prefix + "*"
	if l.setting != "" {
		name = l.prefix + " with " + l.setting
	}
	return GateCheck{Name: name, Outcome: LeftOut, Reason: l.reason}
}

// chooseTests returns those of a binary's tests that c runs.
func chooseTests(c *GateCheck, have []string) []string {
	env := strings.Join(c.Env, " ")
	var tests []string
	for _, name := range have {
		out := slices.ContainsFunc(leftOutTests(), func(l leftOutTest) bool {
			return strings.HasPrefix(name, l.prefix) && strings.Contains(env, l.setting)
		})
		switch {
		case out || !strings.HasPrefix(name, "Test"):
		case c.Name == "runtime-all",
			c.Name == "runtime" && slices.Contains(testsAlone(), name),
			c.Name == "runtime-programs" && slices.Contains(testsWithPrograms(), name):
			tests = append(tests, name)
		}
	}
	return tests
}

// testsAlone are tests of the collector, the scheduler, stacks and channels
// that need nothing but their binary. Not every release has all of them.
func testsAlone() []string {
	return strings.Fields(`
		TestChan TestChanSendBarrier TestChanSendSelectBarrier TestCleanup
		TestCleanupInteriorPointer TestCleanupLost TestCleanupMultiple
		TestFinalizerInterfaceBig TestFinalizerOnGlobal TestFinalizerType
		TestFinalizerZeroSizedStruct TestGCCPULimiter TestGCInfo
		TestGCTestIsReachable TestGCTestMoveStackOnNextCall
		TestGcArraySlice TestGcDeepNesting TestGcLastTime TestGcMapIndirection
		TestGcPacer TestGcRescan TestGoroutineParallelism
		TestGoroutineParallelism2 TestGoroutineProfile TestHugeGCInfo
		TestIdleMarkWorkerCount TestIterGrowWithGC TestLFStack TestLFStackStress
		TestLockOSThreadNesting TestMemStats TestNoShrinkStackWhileParking
		TestNonblockRecvRace TestPageAccounting TestPeriodicGC TestPreemption
		TestPreemptionAfterSyscall TestPreemptionGC TestReadMemStats
		TestReadMetricsConsistency TestSchedLocalQueue TestSchedLocalQueueEmpty
		TestSchedLocalQueueSteal TestSelectStackAdjust
		TestShrinkStackDuringBlockedSend TestStackGrowth TestStackMem
		TestTimerFairness TestTinyAlloc TestUserForcedGC
		TestWeakToStrongMarkTermination TestYieldLockedProgress
		TestYieldProgress`)
}

// testsWithPrograms are such tests that build and run programs.
func testsWithPrograms() []string {
	return strings.Fields(`
		TestAsyncPreempt TestGCFairness TestGCFairness2 TestGcSys
		TestGcZombieReporting TestNumGoroutine`)
}
