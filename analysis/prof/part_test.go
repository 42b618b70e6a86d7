package prof

import (
	"path/filepath"
	"strings"
	"testing"
)

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
		got, err := CountPart(paths, c.functions)
		if err != nil {
			t.Fatal(err)
		}
		if want := (Part{Samples: 100, Flat: c.flat, Within: c.within}); *got != want {
			t.Errorf("%q: %+v, want %+v", c.functions, *got, want)
		}
	}
	missing := filepath.Join(t.TempDir(), "none.pb.gz")
	if _, err := CountPart([]string{missing}, nil); err == nil || !strings.Contains(err.Error(), missing) {
		t.Errorf("a missing file: %v", err)
	}
}

// TestCountPartReal counts a function in profiles that Go wrote, as go tool
// pprof does.
func TestCountPartReal(t *testing.T) {
	paths := realPair(t, "before")
	all, err := loadAll(paths)
	if err != nil {
		t.Fatal(err)
	}
	s := countFunctions(all)
	got, err := CountPart(paths, []string{"runtime.gcBgMarkWorker"})
	if err != nil {
		t.Fatal(err)
	}
	if got.Within != s.cumulative["runtime.gcBgMarkWorker"] || got.Within == 0 || got.Samples != s.total {
		t.Errorf("%+v, want %d of %d", got, s.cumulative["runtime.gcBgMarkWorker"], s.total)
	}
}
