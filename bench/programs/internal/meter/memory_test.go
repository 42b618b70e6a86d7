package meter

import (
	"runtime"
	"testing"
)

func TestLive(t *testing.T) {
	// What the start of the process left behind goes first.
	before := Live()
	for again := Live(); again < before; again = Live() {
		before = again
	}
	kept := make([]byte, 1<<20)
	with := Live()
	runtime.KeepAlive(kept)
	without := Live()
	if got := int64(with) - int64(before); got < 1<<20 || got > 1<<20+1<<17 {
		t.Errorf("%d bytes live for 1 MiB kept", got)
	}
	if got := int64(without) - int64(before); got > 1<<17 {
		t.Errorf("%d bytes live for 1 MiB dropped", got)
	}
}

func TestAllocated(t *testing.T) {
	var kept [64][]byte
	got := Allocated(func() {
		for i := range kept {
			kept[i] = make([]byte, 1<<16)
		}
	})
	if want := uint64(64 << 16); got < want || got > want+want/50 {
		t.Errorf("%d bytes, want %d and up to 2 %% more", got, want)
	}
	runtime.KeepAlive(&kept)
}

func TestCycles(t *testing.T) {
	if got := Cycles(func() { runtime.GC(); runtime.GC() }); got < 2 {
		t.Errorf("%d cycles counted of 2 forced", got)
	}
}
