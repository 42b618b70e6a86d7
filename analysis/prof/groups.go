package prof

import "strings"

// A Group is what CPU time is spent for, as the collector sees it.
type Group string

// The groups, as they are listed. The last two hold what no function of
// groupTable is on the stack of.
const (
	Mark         Group = "mark"
	Assist       Group = "assist"
	Sweep        Group = "sweep"
	WriteBarrier Group = "write barrier"
	Allocation   Group = "allocation"
	Scheduler    Group = "scheduler"
	Idle         Group = "idle"
	OtherRuntime Group = "runtime, other"
	Program      Group = "program"
)

// A groupRule names the functions of a group. A name with * at its end stands
// for all that begin so.
type groupRule struct {
	group     Group
	means     string
	functions []string
}

// groupTable is what the functions of package runtime are for, from Go 1.16 to
// 1.27. A sample belongs to the first of them on its stack, from the running
// function on towards its callers. So the table holds where a kind of work
// begins, not what does it: the same runtime.scanobject marks for a worker and
// for an assist, and who called it tells. A worker that wakes a thread is the
// scheduler's, a span swept in order to be allocated from is sweep's.
//
// The names are of these releases: 1.20 renamed findrunnable, 1.17 put the
// sweep of a span into sweepLocked, 1.21 made a write barrier of each size,
// 1.23 split mallocgc by size and 1.26 by size class.
func groupTable() []groupRule {
	return []groupRule{
		{Mark, "marking by the workers; starting and ending a cycle", []string{
			"runtime.gcBgMarkWorker*", "runtime.gcBgMarkStartWorkers", "runtime.gcBgMarkPrepare",
			"runtime.gcStart", "runtime.gcMarkDone", "runtime.gcMarkTermination", "runtime.gcMark",
			"runtime._GC", // a stack that could not be walked, while a cycle marks
		}},
		{Assist, "marking by goroutines that allocate", []string{
			"runtime.gcAssistAlloc*", "runtime.gcParkAssist", "runtime.deductAssistCredit",
		}},
		{Sweep, "making dead objects free, in the background or to allocate", []string{
			"runtime.bgsweep", "runtime.sweepone", "runtime.finishsweep_m", "runtime.gcSweep",
			"runtime.(*mspan).sweep", "runtime.(*sweepLocked).sweep", "runtime.(*mspan).ensureSwept",
			"runtime.(*mheap).reclaim", "runtime.(*mheap).reclaimChunk", "runtime.deductSweepCredit",
		}},
		{WriteBarrier, "telling the collector of pointers written while it marks", []string{
			"runtime.gcWriteBarrier*", "gcWriteBarrier", "runtime.wbBufFlush*", "runtime.wbMove", "runtime.wbZero",
			"runtime.bulkBarrier*", "runtime.typeBitsBulkBarrier", "runtime.atomicwb",
		}},
		{Allocation, "finding and clearing memory for objects", []string{
			"runtime.mallocgc*", "runtime.newobject", "runtime.newarray", "runtime.makeslice*",
		}},
		{Scheduler, "choosing what runs next, waking and preempting", []string{
			"runtime.schedule", "runtime.findRunnable", "runtime.findrunnable", "runtime.execute", "runtime.resetspinning",
			"runtime.mcall", "runtime.gogo", "runtime.park_m", "runtime.gopark", "runtime.goparkunlock",
			"runtime.ready", "runtime.goready", "runtime.injectglist", "runtime.wakep", "runtime.startm", "runtime.handoffp",
			"runtime.Gosched", "runtime.goschedImpl", "runtime.gosched_m", "runtime.gopreempt_m", "runtime.goyield*",
			"runtime.preemptPark", "runtime.asyncPreempt*", "runtime.coroswitch*",
			"runtime.newproc*", "runtime.goexit0", "runtime.goexit1", "runtime.gdestroy",
			"runtime.entersyscall*", "runtime.reentersyscall", "runtime.exitsyscall*",
			"runtime.mstart*", "runtime.sysmon", "runtime.gcstopm", "runtime.startlockedm",
		}},
		{Idle, "threads without work: going to sleep, asking the network", []string{
			"runtime.stopm", "runtime.stoplockedm", "runtime.mPark", "runtime.netpoll",
		}},
		{OtherRuntime, "all else that package runtime runs", nil},
		{Program, "all else", nil},
	}
}

// Means says in a few words what the time of g is spent for.
func (g Group) Means() string {
	for _, r := range groupTable() {
		if r.group == g {
			return r.means
		}
	}
	return ""
}

// A grouping is groupTable made for looking names up.
type grouping struct {
	exact  map[string]Group
	begins []beginning
}

type beginning struct {
	prefix string
	group  Group
}

func newGrouping() *grouping {
	g := &grouping{exact: make(map[string]Group)}
	for _, r := range groupTable() {
		for _, name := range r.functions {
			if prefix, ok := strings.CutSuffix(name, "*"); ok {
				g.begins = append(g.begins, beginning{prefix, r.group})
			} else {
				g.exact[name] = r.group
			}
		}
	}
	return g
}

// of is the group that the function begins, or "" if it begins none.
func (g *grouping) of(function string) Group {
	if group, ok := g.exact[function]; ok {
		return group
	}
	for _, b := range g.begins {
		if strings.HasPrefix(function, b.prefix) {
			return b.group
		}
	}
	return ""
}

// rest is the group of samples that run the function and have none of the
// table on their stack.
func rest(function string) Group {
	for _, prefix := range []string{"runtime.", "runtime/internal/", "internal/runtime/"} {
		if strings.HasPrefix(function, prefix) {
			return OtherRuntime
		}
	}
	return Program
}
