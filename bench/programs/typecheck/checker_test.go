package typecheck

import (
	"runtime"
	"strings"
	"testing"

	"patchbench/programs/internal/meter"
)

func BenchmarkTypeCheck(b *testing.B) {
	c := &checker{source: source()}
	b.SetBytes(int64(len(c.source)))
	w := meter.Start(b)
	for i := 0; i < b.N; i++ {
		if err := c.step(); err != nil {
			b.Fatal(err)
		}
	}
	w.Stop()
	runtime.KeepAlive(c)
}

func TestSourceIsChecked(t *testing.T) {
	c := &checker{source: source()}
	if err := c.step(); err != nil {
		t.Fatal(err)
	}
	// A record, an interface and a function a unit, and record0.
	if got, want := len(c.kept[0].pkg.Scope().Names()), 3*units+1; got != want {
		t.Errorf("%d names declared, want %d", got, want)
	}
	if lines := strings.Count(c.source, "\n"); lines < 3600 || lines > 3800 {
		t.Errorf("%d lines, want about 3700", lines)
	}
	wrong := &checker{source: strings.Replace(c.source, "return sum\n", "return names\n", 1)}
	if err := wrong.step(); err == nil {
		t.Error("a source with a wrong name passed")
	}
}

func TestHeapStopsGrowing(t *testing.T) {
	c := &checker{source: source()}
	live := func(steps int) float64 {
		for i := 0; i < steps; i++ {
			if err := c.step(); err != nil {
				t.Fatal(err)
			}
		}
		return float64(meter.Live())
	}
	full, later := live(kept), live(kept)
	if later > full*1.02 || later < full*0.98 {
		t.Errorf("%.0f bytes live after %d steps, %.0f after as many again", full, kept, later)
	}
	runtime.KeepAlive(c)
}
