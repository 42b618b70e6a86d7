package cyclestorm

import (
	"runtime"
	"runtime/debug"
	"testing"

	"patchbench/programs/internal/crew"
	"patchbench/programs/internal/meter"
)

// lookEach is the number of blocks of one member between two looks at the
// pauses: 64 MB, while a cycle takes about one.
const lookEach = 512 * perStep

func BenchmarkCycleStorm(b *testing.B) {
	defer debug.SetGCPercent(debug.SetGCPercent(gcPercent))
	var a [members]*allocator
	for m := range a {
		a[m] = new(allocator)
	}
	w := meter.Start(b)
	crew.Run(members, b.N, func(m int) {
		a[m].step()
		if a[m].made%lookEach == 0 {
			w.Look()
		}
	})
	w.Stop()
	w.ReportPauses()
	runtime.KeepAlive(&a)
}

func TestStepAllocatesWhatItSays(t *testing.T) {
	a := new(allocator)
	if got := testing.AllocsPerRun(50, a.step); got != perStep {
		t.Errorf("%v allocations, want %d", got, perStep)
	}
	bytes := meter.Allocated(func() {
		for i := 0; i < 50; i++ {
			a.step()
		}
	})
	if want := uint64(50 * perStep * 1024); bytes < want || bytes > want+want/50 {
		t.Errorf("%d bytes allocated, want %d and up to 2 %% more", bytes, want)
	}
}

func TestHeapStaysTinyAndCyclesAreMany(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(gcPercent))
	const steps = 1000
	before := meter.Live()
	a := new(allocator)
	cycles := meter.Cycles(func() {
		for i := 0; i < steps; i++ {
			a.step()
		}
	})
	// The runtime lets 1 MiB be allocated between two cycles, and some more
	// while it marks; four times that would be no storm.
	if want := steps * perStep * blockBytes >> 22; cycles < want {
		t.Errorf("%d cycles in %d steps, want %d at least", cycles, steps, want)
	}
	if live := int64(meter.Live()) - int64(before); live > 128<<10 {
		t.Errorf("%d bytes live, want 128 KiB at most", live)
	}
	runtime.KeepAlive(a)
}
