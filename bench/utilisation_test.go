package bench

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"patchbench/results"
)

const ms = time.Millisecond

// TestMMU has a trace of 2 Ps in which the world stops for 1 ms, and one P
// works for the collector for 3 ms later on.
func TestMMU(t *testing.T) {
	u := utilisation{}
	u.work(+1, 0) // before GOMAXPROCS is known
	u.work(-1, 1*ms)
	u.gomaxprocs(2, 2*ms)
	u.stop(true, 10*ms)
	u.stop(false, 11*ms)
	u.work(+1, 14*ms)
	u.work(-1, 17*ms)
	want := map[time.Duration]float64{
		100 * time.Microsecond: 0,
		1 * ms:                 0,
		2 * ms:                 0.5,
		5 * ms:                 1 - 1.5/5, // the stop, and 1 ms of the work
		7 * ms:                 1 - 2.5/7, // both
		10 * ms:                1 - 2.5/10,
		15 * ms:                1 - 2.5/15,
	}
	for _, p := range u.mmu(32 * ms) {
		if x, ok := want[p.Window]; ok && math.Abs(p.Utilisation-x) > 1e-12 {
			t.Errorf("in %s it is %g, want %g", p.Window, p.Utilisation, x)
		}
		if p.Window > 30*ms {
			t.Errorf("there is a window of %s in 30 ms", p.Window)
		}
	}
}

// TestMMUMost compares the most taken in a window with that of every position
// tried.
func TestMMUMost(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 30 {
		u := utilisation{procs: 4}
		now := time.Duration(rng.IntN(20))
		for range 1 + rng.IntN(20) {
			u.steps = append(u.steps, step{now, float64(rng.IntN(5)) / 4})
			now += time.Duration(1 + rng.IntN(30))
		}
		l := u.taken(now)
		first := u.steps[0].at
		for w := time.Duration(1); w <= now-first; w += 7 {
			var most float64
			for from := first; from+w <= now; from++ {
				var sum float64
				for at := from; at < from+w; at++ {
					share := 0.0
					for _, s := range u.steps {
						if s.at <= at {
							share = s.share
						}
					}
					sum += share
				}
				most = max(most, sum)
			}
			if got := l.most(w); math.Abs(got-most) > 1e-9 {
				t.Fatalf("%v: the most in %d is %g, want %g", u.steps, w, got, most)
			}
		}
	}
}

// TestMMUNothing is of a trace in which the collector never ran, and of none.
func TestMMUNothing(t *testing.T) {
	u := utilisation{}
	u.gomaxprocs(2, 0)
	for _, p := range u.mmu(time.Minute) {
		if p.Utilisation != 1 {
			t.Errorf("%+v without the collector", p)
		}
	}
	if got := len(u.mmu(time.Minute)); got != len(results.MMUWindows()) {
		t.Errorf("%d windows in a minute", got)
	}
	if got := new(utilisation).mmu(time.Minute); got != nil {
		t.Errorf("%v without GOMAXPROCS", got)
	}
}
