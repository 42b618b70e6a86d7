package procschange

import (
	"runtime"
	"sync"
	"testing"

	"patchbench/programs/internal/crew"
	"patchbench/programs/internal/forest"
	"patchbench/programs/internal/meter"
)

// Grown once a process, which has one GOMAXPROCS to begin with.
var heap struct {
	once    sync.Once
	changer *changer
}

func grow() *changer {
	heap.once.Do(func() { heap.changer = newChanger(runtime.GOMAXPROCS(0)) })
	return heap.changer
}

func BenchmarkProcsChange(b *testing.B) {
	procs := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(procs)
	c := grow()
	b.SetBytes(int64(c.opPieces() * perPiece * (1<<depth - 1) * forest.NodeBytes))
	w := meter.Start(b)
	crew.Run(members, b.N*c.opPieces(), c.piece)
	w.Stop()
	runtime.KeepAlive(c)
}

func TestProcsChangeAndComeBack(t *testing.T) {
	procs := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(procs)
	for _, tt := range []struct {
		procs int
		want  [4]int
	}{
		{1, [4]int{2, 1, 1, 1}},
		{2, [4]int{4, 2, 1, 2}},
		{5, [4]int{10, 5, 2, 5}},
	} {
		runtime.GOMAXPROCS(tt.procs)
		c := newChanger(tt.procs)
		for op := 0; op < 2; op++ {
			for i, want := range tt.want {
				crew.Run(members, perChange, c.piece)
				if got := runtime.GOMAXPROCS(0); got != want {
					t.Errorf("from %d procs: %d after change %d, want %d", tt.procs, got, i, want)
				}
			}
		}
		if got := runtime.GOMAXPROCS(0); got != tt.procs {
			t.Errorf("%d procs at the end, want the %d of the beginning", got, tt.procs)
		}
	}
}

func TestHeapKeepsItsSize(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	before := meter.Live()
	c := newChanger(2)
	crew.Run(members, 2*c.opPieces(), c.piece)
	got, want := float64(meter.Live())-float64(before), 4.2e6
	if got < want*0.99 || got > want*1.1 {
		t.Errorf("%.0f bytes live, want 4.2 MB and up to 10 %% more", got)
	}
	runtime.KeepAlive(c)
}
