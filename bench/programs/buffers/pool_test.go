package buffers

import (
	"runtime"
	"testing"

	"patchbench/programs/internal/crew"
	"patchbench/programs/internal/meter"
)

func BenchmarkBuffers(b *testing.B) {
	var p [members]*pool
	for m := range p {
		p[m] = new(pool)
	}
	b.SetBytes(perStep * bufferBytes)
	w := meter.Start(b)
	crew.Run(members, b.N, func(m int) { p[m].step() })
	w.Stop()
	runtime.KeepAlive(&p)
}

func TestHeapKeepsItsSize(t *testing.T) {
	before := meter.Live()
	p := new(pool)
	for i := 0; i < 200; i++ {
		p.step()
	}
	got, want := float64(meter.Live())-float64(before), float64(kept*bufferBytes)
	if got < want || got > want*1.05 {
		t.Errorf("%.0f bytes live, want %.0f and up to 5 %% more", got, want)
	}
	runtime.KeepAlive(p)
}

func TestStepAllocatesWhatItSays(t *testing.T) {
	p := new(pool)
	if got := testing.AllocsPerRun(50, p.step); got != perStep {
		t.Errorf("%v allocations, want %d", got, perStep)
	}
}

func TestStepRenewsTheOldest(t *testing.T) {
	p := new(pool)
	for i := 0; i < kept/perStep; i++ {
		p.step()
	}
	old := p.kept
	p.step()
	for i := range old {
		if renewed := &old[i][0] != &p.kept[i][0]; renewed != (i < perStep) {
			t.Errorf("buffer %d renewed: %v", i, renewed)
		}
	}
	p.kept[1][64] = 3
	sum := p.sum
	p.step()
	if p.sum == sum {
		t.Error("the newest buffer was not read")
	}
}
