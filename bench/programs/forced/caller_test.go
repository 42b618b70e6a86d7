package forced

import (
	"runtime"
	"testing"

	"patchbench/programs/internal/crew"
	"patchbench/programs/internal/histogram"
	"patchbench/programs/internal/meter"
)

// lookEach is the number of calls of one member between two looks at the
// pauses: 4 members make 4 cycles of 4 calls at most, so that 128 pass.
const lookEach = 32

func growAnew() (all [members]*caller) {
	for m := range all {
		all[m] = newCaller(uint64(m))
	}
	return all
}

func BenchmarkForced(b *testing.B) {
	all := growAnew()
	w := meter.Start(b)
	crew.Run(members, b.N, func(m int) {
		all[m].step()
		if all[m].waits.Total()%lookEach == 0 {
			w.Look()
		}
	})
	w.Stop()
	h := new(histogram.Histogram)
	for _, c := range all {
		h.Merge(&c.waits)
	}
	meter.ReportQuantiles(b, h, "cycle")
	w.ReportPauses()
}

func TestCallsOverlapAndEachIsServed(t *testing.T) {
	all := growAnew()
	const calls = 200
	cycles := meter.Cycles(func() { crew.Run(members, calls, func(m int) { all[m].step() }) })
	// A call returns after a whole cycle that began after it: 4 calls can
	// share one, or have one each.
	if cycles < calls/members || cycles > calls+members {
		t.Errorf("%d cycles for %d calls of %d goroutines", cycles, calls, members)
	}
	served := uint64(0)
	for _, c := range all {
		served += c.waits.Total()
	}
	if served != calls {
		t.Errorf("%d calls timed of %d", served, calls)
	}
}

func TestHeapKeepsItsSize(t *testing.T) {
	before := meter.Live()
	all := growAnew()
	crew.Run(members, 200, func(m int) { all[m].step() })
	got, want := int64(meter.Live())-int64(before), int64(0)
	for _, c := range all {
		want += int64(c.forest.Bytes())
	}
	if got < want || got > want+want/4 { // the counts of the waits are in it
		t.Errorf("%d bytes live, want %d and up to a quarter more", got, want)
	}
	runtime.KeepAlive(&all)
}
