package simulate

import (
	"math"
	"math/rand/v2"
	"testing"

	"patchbench/analysis/stats"
)

// counting is a host whose noise is the place in run order.
var counting = Host{
	Name: "counting", Margin: 1,
	Processes: func(_ *rand.Rand, n int) []float64 {
		x := make([]float64, n)
		for i := range x {
			x[i] = float64(i)
		}
		return x
	},
}

func TestInterleaved(t *testing.T) {
	d := counting.Interleaved(rand.New(rand.NewPCG(1, 1)), 400, 100)
	if len(d.Before) != 400 || len(d.After) != 400 {
		t.Fatalf("%d before and %d after, want 400", len(d.Before), len(d.After))
	}
	var alike, beforeFirst int
	last := 0.0
	for i := range 400 {
		before, after := d.Before[i]-float64(2*i), d.After[i]-100-float64(2*i)
		switch {
		case before == 0 && after == 1:
			beforeFirst++
		case before != 1 || after != 0:
			t.Fatalf("pair %d: slots %g and %g", i, before, after)
		case i == 0:
			t.Error("the first pair is after and then before")
		}
		if before == last {
			alike++
		}
		last = before
	}
	if beforeFirst < 150 || beforeFirst > 250 || alike < 150 || alike > 250 {
		t.Errorf("before comes first in %d of 400 pairs, which are like the one before in %d", beforeFirst, alike)
	}
}

func TestBatches(t *testing.T) {
	d := counting.Batches(nil, 3, 0.5)
	for i := range 3 {
		if d.Before[i] != float64(i) || d.After[i] != float64(i)+3.5 {
			t.Errorf("pair %d: %g and %g", i, d.Before[i], d.After[i])
		}
	}
}

// neighbours is the correlation of each value with the next.
func neighbours(x []float64) float64 {
	var all, next float64
	center := stats.Median(x)
	for i, y := range x {
		all += (y - center) * (y - center)
		if i > 0 {
			next += (x[i-1] - center) * (y - center)
		}
	}
	return next / all
}

func TestHosts(t *testing.T) {
	const n = 40000
	for _, h := range Hosts() {
		rng := rand.New(rand.NewPCG(3, 5))
		sigma := stats.Spread(h.Interleaved(rng, n, 0).Differences())
		pairs := Setting{Sigma: sigma, Margin: h.Margin, Alpha: 0.05}.Pairs()
		if pairs < 30 || pairs > 100 {
			t.Errorf("%s: σ = %g needs %d pairs, not a few dozen", h.Name, sigma, pairs)
		}
		x := h.Processes(rng, n)
		rho := neighbours(x)
		switch h.Name {
		case "quiet":
			if math.Abs(sigma-0.01) > 0.0003 || math.Abs(rho) > 0.03 {
				t.Errorf("quiet: σ of a pair %g, neighbours correlate by %g", sigma, rho)
			}
		case "drift":
			if math.Abs(rho-0.76) > 0.03 {
				t.Errorf("drift: neighbours correlate by %g", rho)
			}
		case "neighbour", "sessions", "shared":
			if rho < 0.3 {
				t.Errorf("%s: neighbours correlate by %g only", h.Name, rho)
			}
		case "heavy tails":
			far := 0 // a normal distribution has 2 in 40000 beyond 4 standard deviations
			limit := 4 * stats.Spread(x)
			for _, y := range x {
				if math.Abs(y) > limit {
					far++
				}
			}
			if far < n/400 {
				t.Errorf("heavy tails: %d of %d far out", far, n)
			}
		}
	}
}

func TestNeighbour(t *testing.T) {
	x := neighbour(1.0/12, 1.0/36)(rand.New(rand.NewPCG(8, 8)), 100_000)
	slow := 0
	for _, y := range x {
		if y == 0 {
			continue
		}
		slow++
		if y < math.Log(1.1) || y > math.Log(1.3) {
			t.Fatalf("slowed by a factor of %g", math.Exp(y))
		}
	}
	if share := float64(slow) / float64(len(x)); math.Abs(share-0.25) > 0.02 {
		t.Errorf("slow in %g of the time, want 1/4", share)
	}
}

func TestBootstrap(t *testing.T) {
	logs := []float64{0, 1, 2, 3, 4, 5, 6}
	h := Bootstrap("real", logs, 3, 0.5)
	logs[0] = 99 // the host has its own
	x := h.Processes(rand.New(rand.NewPCG(1, 2)), 100)
	for i := range x {
		if x[i] < -3 || x[i] > 3 {
			t.Fatalf("process %d: %g is none of the logs about their median", i, x[i])
		}
		if i%3 != 0 && x[i] != x[i-1]+1 && x[i] != x[i-1]-6 {
			t.Errorf("process %d: %g follows %g inside a stretch", i, x[i], x[i-1])
		}
	}
	for _, y := range Bootstrap("none", nil, 0, 1).Processes(nil, 2) {
		if y != 0 {
			t.Errorf("noise %g without logs", y)
		}
	}
}
