package prof

import "testing"

func TestCountPart(t *testing.T) {
	paths := []string{
		write(t, cpuProfile(
			stack{"runtime.gcDrain runtime.systemstack runtime.gcBgMarkWorker", 7},
			stack{"runtime.gcBgMarkWorker", 2},
			stack{"runtime.add<runtime.gcBgMarkWorker", 3}, // its own machine code
			stack{"runtime.memmove main.f", 80},
		)),
		write(t, cpuProfile(stack{"runtime.gcBgMarkWorker.func1 runtime.gcBgMarkWorker", 1}, stack{"?", 7})),
	}
	for _, c := range []struct {
		functions    []string
		flat, within int64
	}{
		{[]string{"runtime.gcBgMarkWorker", "runtime.gcBgMarkWorker.func1"}, 6, 13},
		{[]string{"runtime.gcBgMarkWorker"}, 5, 13},
		{[]string{"runtime.gcBgMark"}, 0, 0},
		{nil, 0, 0},
	} {
		got := readSide(t, paths).Part(c.functions)
		if want := (Part{Samples: 100, Flat: c.flat, Within: c.within}); *got != want {
			t.Errorf("%q: %+v, want %+v", c.functions, *got, want)
		}
	}
}

// TestCountPartReal counts a function in profiles that Go wrote, as go tool
// pprof does.
func TestCountPartReal(t *testing.T) {
	paths := realPair(t, "before")
	side := readSide(t, paths)
	got := side.Part([]string{"runtime.gcBgMarkWorker"})
	want := sum(side.counts.row(side.counts.cumulative, "runtime.gcBgMarkWorker"))
	if got.Within != want || got.Within == 0 || got.Samples != side.Samples() {
		t.Errorf("%+v, want %d of %d", got, want, side.Samples())
	}
}
