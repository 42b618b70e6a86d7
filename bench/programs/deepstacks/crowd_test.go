package deepstacks

import (
	"runtime"
	"sync"
	"testing"

	"patchbench/programs/internal/crew"
	"patchbench/programs/internal/forest"
	"patchbench/programs/internal/meter"
	"patchbench/programs/internal/xorshift"
)

// Put to sleep once a process; it is never woken.
var sleeping struct {
	once  sync.Once
	crowd *crowd
}

func BenchmarkDeepStacks(b *testing.B) {
	sleeping.once.Do(func() { sleeping.crowd = newCrowd(parked) })
	var a [members]*allocator
	for m := range a {
		a[m] = new(allocator)
	}
	b.SetBytes(perStep << 10)
	w := meter.Start(b)
	crew.Run(members, b.N, func(m int) { a[m].step() })
	w.Stop()
	runtime.KeepAlive(&a)
}

func TestEveryCallKeepsItsObject(t *testing.T) {
	const n = 2 * deepest
	want := uint64(0)
	for i := 0; i < n; i++ {
		rng := xorshift.New(uint64(i))
		for d := 0; d <= i%deepest; d++ {
			want += rng.Next()
		}
	}
	before, goroutines := meter.Live(), runtime.NumGoroutine()
	c := newCrowd(n)
	if got := runtime.NumGoroutine() - goroutines; got != n {
		t.Errorf("%d goroutines asleep, want %d", got, n)
	}
	objects := uint64(2 * deepest * (deepest + 1) / 2 * forest.NodeBytes)
	if got := meter.Live() - before; got < objects {
		t.Errorf("%d bytes live, want %d at least", got, objects)
	}
	if got := c.wake(); got != want {
		t.Errorf("sum %#x, want %#x", got, want)
	}
}

func TestStacksAreDeep(t *testing.T) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	c := newCrowd(deepest)
	runtime.GC() // gives back half of a stack that uses less than a quarter
	runtime.ReadMemStats(&after)
	// Half of the goroutines are 64 calls deep or deeper, of 64 bytes at least.
	if got, want := after.StackInuse-before.StackInuse, uint64(deepest/2*64*64); got < want {
		t.Errorf("%d bytes of stacks in use, want %d at least", got, want)
	}
	c.wake()
}

func TestStepAllocatesWhatItSays(t *testing.T) {
	a := new(allocator)
	if got := testing.AllocsPerRun(50, a.step); got != perStep {
		t.Errorf("%v allocations, want %d", got, perStep)
	}
}
