package prof

import "testing"

func TestGroupOf(t *testing.T) {
	g := newGrouping()
	for _, tt := range []struct {
		name string
		want Group
	}{
		{"runtime.gcBgMarkWorker", Mark},
		{"runtime.gcBgMarkWorker.func2", Mark},
		{"runtime.gcAssistAlloc1", Assist},
		{"runtime.(*mspan).sweep", Sweep},       // Go 1.16
		{"runtime.(*sweepLocked).sweep", Sweep}, // since 1.17
		{"runtime.gcWriteBarrierCX", WriteBarrier},
		{"runtime.gcWriteBarrier2", WriteBarrier}, // since 1.21
		{"gcWriteBarrier", WriteBarrier},          // what these share
		{"runtime.mallocgc", Allocation},
		{"runtime.mallocgcSmallScanNoHeaderSC3", Allocation}, // since 1.26
		{"runtime.findrunnable", Scheduler},                  // up to 1.19
		{"runtime.findRunnable", Scheduler},
		{"runtime.asyncPreempt2", Scheduler},
		{"runtime.netpoll", Idle},
		{"runtime.scanobject", ""},
		{"runtime.gcDrain", ""},
		{"runtime.memmove", ""},
		{"main.mallocgc", ""},
		{"main.work", ""},
		{"", ""},
	} {
		if got := g.of(tt.name); got != tt.want {
			t.Errorf("%s begins %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestGroupTable checks that each name is of one group, and each group is told
// in words.
func TestGroupTable(t *testing.T) {
	g := newGrouping()
	for _, r := range groupTable() {
		if r.means == "" || r.group.Means() != r.means {
			t.Errorf("%s means %q", r.group, r.group.Means())
		}
		for _, name := range r.functions {
			if got := g.of(name); got != r.group {
				t.Errorf("%s is listed for %s and found for %s", name, r.group, got)
			}
		}
	}
}

func TestGroupOfStack(t *testing.T) {
	for _, tt := range []struct {
		frames string
		want   Group
	}{
		{"runtime.scanobject runtime.gcDrain runtime.gcBgMarkWorker.func2 runtime.systemstack runtime.gcBgMarkWorker runtime.goexit", Mark},
		{"internal/runtime/gc/scan.scanSpanPackedAVX512Asm<internal/runtime/gc/scan.ScanSpanPacked runtime.scanSpan runtime.gcDrain runtime.gcBgMarkWorker.func2", Mark},
		{"runtime.scanobject runtime.gcDrainN runtime.gcAssistAlloc1 runtime.gcAssistAlloc.func1 runtime.systemstack runtime.gcAssistAlloc runtime.mallocgc runtime.newobject main.f", Assist},
		{"runtime.gcMarkDone runtime.gcAssistAlloc runtime.mallocgc main.f", Mark}, // an assist that ends the cycle
		{"runtime.heapBitsSetType runtime.mallocgc runtime.newobject main.f", Allocation},
		{"runtime.nextFreeFast<runtime.mallocgc main.f", Allocation},
		{"runtime.memclrNoHeapPointers runtime.mallocgc runtime.growslice main.f", Allocation},
		{"runtime.memmove runtime.growslice main.f", OtherRuntime},
		{"runtime.(*sweepLocked).sweep runtime.(*mcentral).cacheSpan runtime.(*mcache).refill runtime.mallocgc main.f", Sweep},
		{"runtime.(*mspan).sweep runtime.sweepone runtime.bgsweep", Sweep},
		{"runtime.wbBufFlush1 runtime.wbBufFlush.func1 runtime.systemstack runtime.wbBufFlush runtime.gcWriteBarrier main.f", WriteBarrier},
		{"runtime.futex runtime.futexwakeup runtime.notewakeup runtime.startm runtime.wakep runtime.gcDrain runtime.gcBgMarkWorker", Scheduler},
		{"runtime.futex runtime.futexsleep runtime.notesleep runtime.stopm runtime.findrunnable runtime.schedule runtime.park_m runtime.mcall", Idle},
		{"runtime.epollwait runtime.netpoll runtime.findrunnable runtime.schedule", Idle},
		{"runtime.runqgrab runtime.runqsteal runtime.findrunnable runtime.schedule", Scheduler},
		{"runtime.futex runtime.futexsleep runtime.lock2 runtime.mallocgc main.f", Allocation}, // a lock that is held
		{"runtime.asyncPreempt main.f", Scheduler},
		{"runtime._GC", Mark},
		{"runtime._System", OtherRuntime},
		{"internal/runtime/maps.(*Map).getWithKey runtime.mapaccess2 main.f", OtherRuntime},
		{"runtime/internal/atomic.Cas main.f", OtherRuntime},
		{"runtime/debug.FreeOSMemory main.f", Program},
		{"main.in<main.f main.main runtime.main runtime.goexit", Program},
		{"main.finalize runtime.runfinq", Program},
		{"?", Program},
		{"", Program},
	} {
		c := newCounts(CPU)
		c.add(cpuProfile(stack{tt.frames, 7}))
		if got := sum(c.groups[tt.want]); got != 7 || len(c.groups) != 1 {
			t.Errorf("%q is counted as %v, want %s", tt.frames, c.groups, tt.want)
		}
	}
}

// TestGroupsReal checks that profiles of old and new Go alike have their
// samples in the groups that their programs must have.
func TestGroupsReal(t *testing.T) {
	for _, side := range []string{"before", "after"} {
		c := readSide(t, realPair(t, side)).counts
		var all int64
		for group, row := range c.groups {
			all += sum(row)
			t.Logf("%s: %s %.1f %%", side, group, 100*c.pooled(row))
		}
		if all != sum(c.totals) {
			t.Errorf("%s: groups have %d of %d samples", side, all, sum(c.totals))
		}
		for _, group := range []Group{Mark, Allocation, Scheduler, Program} {
			if sum(c.groups[group]) == 0 {
				t.Errorf("%s: no sample of %s", side, group)
			}
		}
	}
}
