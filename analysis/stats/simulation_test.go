package stats

import (
	"math"
	"math/rand/v2"
	"testing"

	"golang.org/x/perf/benchmath"
)

// A host yields the noise of one process after the other, on the log scale.
type host func() float64

func normalHost(rng *rand.Rand) host { return rng.NormFloat64 }

// heavyHost follows Student's t with three degrees of freedom: now and then a
// process is hit hard.
func heavyHost(rng *rand.Rand) host {
	return func() float64 {
		a, b, c := rng.NormFloat64(), rng.NormFloat64(), rng.NormFloat64()
		return rng.NormFloat64() / math.Sqrt((a*a+b*b+c*c)/3)
	}
}

// autoregressiveHost remembers: each process's noise correlates with the one
// before by 0.76, what was seen on a shared virtual machine.
func autoregressiveHost(rng *rand.Rand) host {
	const rho = 0.76
	x := rng.NormFloat64()
	return func() float64 {
		x = rho*x + math.Sqrt(1-rho*rho)*rng.NormFloat64()
		return x
	}
}

// pairs measures n pairs as the schedule does, after being slower by theta, each
// in an order drawn by coin.
func pairs(h host, rng *rand.Rand, n int, theta float64) []float64 {
	d := make([]float64, n)
	for i := range d {
		x := h() - h()
		if rng.IntN(2) == 1 {
			x = -x
		}
		d[i] = x + theta
	}
	return d
}

// exceeds reports whether k of n is more than a rate of p can explain: by
// over three standard errors.
func exceeds(k, n int, p float64) bool {
	return float64(k) > float64(n)*p+3*math.Sqrt(float64(n)*p*(1-p))
}

func TestCoverageAndFalseAlarms(t *testing.T) {
	// Shifting every difference shifts both bounds, so one θ stands for all:
	// a lower bound above the truth is also a false alarm at θ = 0.
	const trials, alpha, theta = 4000, 0.05, 0.25
	hosts := []struct {
		name string
		new  func(*rand.Rand) host
	}{
		{"normal", normalHost},
		{"heavy tails", heavyHost},
		{"autoregressive", autoregressiveHost},
	}
	for _, hh := range hosts {
		for _, n := range []int{10, 20, 40} {
			rng := rand.New(rand.NewPCG(uint64(n), 42))
			h := hh.new(rng)
			var low, high int // bounds beyond the truth
			for range trials {
				s := NewSignedRank(pairs(h, rng, n, theta))
				if s.Lower(alpha) > theta {
					low++
				}
				if s.Upper(alpha) < theta {
					high++
				}
			}
			t.Logf("%s, n=%d: lower bound above the truth %.2f %%, upper below %.2f %%", hh.name, n,
				100*float64(low)/trials, 100*float64(high)/trials)
			if exceeds(low, trials, alpha) || exceeds(high, trials, alpha) {
				t.Errorf("%s, n=%d: bounds miss in %d and %d of %d trials, promised %g %%", hh.name, n, low, high, trials, 100*alpha)
			}
		}
	}
}

// Why samples are paired and interleaved: on a host that remembers, "n before,
// then n after" with the test benchstat uses calls one and the same program
// different far more often than the 5 % it promises, and more so the longer it
// measures.
func TestBatchesMislead(t *testing.T) {
	const trials = 1000
	rng := rand.New(rand.NewPCG(9, 10))
	h := autoregressiveHost(rng)
	batch := func(n int) *benchmath.Sample {
		x := make([]float64, n)
		for i := range x {
			x[i] = math.Exp(0.1 * h())
		}
		return benchmath.NewSample(x, &benchmath.DefaultThresholds)
	}
	for _, n := range []int{10, 20} {
		var batches, paired int
		for range trials {
			before, after := batch(n), batch(n)
			if benchmath.AssumeNothing.Compare(before, after).P < 0.05 {
				batches++
			}
			s := NewSignedRank(pairs(h, rng, n, 0))
			if s.PGreater(0) <= 0.025 || s.PLess(0) <= 0.025 {
				paired++
			}
		}
		t.Logf("n=%d: batches differ in %.1f %% of trials, pairs in %.1f %%", n, 100*float64(batches)/trials, 100*float64(paired)/trials)
		if float64(batches)/trials < 0.25 {
			t.Errorf("n=%d: batches differ in %d of %d trials only; is the host's memory gone?", n, batches, trials)
		}
		if exceeds(paired, trials, 0.05) {
			t.Errorf("n=%d: pairs differ in %d of %d trials", n, paired, trials)
		}
	}
}

// showsNoLoss reports whether n pairs of no effect show that there is no loss.
func showsNoLoss(rng *rand.Rand, n int, sigma, margin float64) bool {
	d := make([]float64, n)
	for i := range d {
		d[i] = sigma * rng.NormFloat64()
	}
	return NewSignedRank(d).Upper(0.05) < margin
}

// As many pairs as PairsNeeded says show no loss nine times out of ten.
func TestPairsNeededSuffice(t *testing.T) {
	const trials, sigma, margin = 1500, 0.05, 0.02
	n := PairsNeeded(sigma, margin, 0.05)
	rng := rand.New(rand.NewPCG(11, 12))
	shown := 0
	for range trials {
		if showsNoLoss(rng, n, sigma, margin) {
			shown++
		}
	}
	if rate := float64(shown) / trials; rate < 0.88 || rate > 0.97 {
		t.Errorf("%d pairs show no loss in %.1f %% of trials, planned 90 %%", n, 100*rate)
	}
}

// Where the spread is known by a pilot alone, PilotReserve keeps that chance on
// the average; without it, five pairs are far from keeping it.
func TestPilotsSuffice(t *testing.T) {
	const trials, margin, sigma = 3000, 0.02, 0.05
	rng := rand.New(rand.NewPCG(13, 14))
	for _, tt := range []struct {
		pairs    int
		reserve  float64
		low, top float64
	}{
		{5, PilotReserve(5), 0.88, 0.93},
		{8, PilotReserve(8), 0.88, 0.93},
		{30, PilotReserve(30), 0.88, 0.93},
		{5, 1, 0, 0.86},
	} {
		shown := 0
		for range trials {
			pilot := make([]float64, 2*tt.pairs)
			for i := range pilot {
				pilot[i] = sigma / math.Sqrt2 * rng.NormFloat64()
			}
			n := float64(PairsNeeded(PairSpread(pilot), margin, 0.05)) * tt.reserve
			if showsNoLoss(rng, max(10, int(n)), sigma, margin) {
				shown++
			}
		}
		if rate := float64(shown) / trials; rate < tt.low || rate > tt.top {
			t.Errorf("pilots of %d pairs, with %.2f times the pairs, show no loss in %.1f %% of trials, want %.0f to %.0f %%", tt.pairs, tt.reserve, 100*rate, 100*tt.low, 100*tt.top)
		}
	}
}

func TestPairSpread(t *testing.T) {
	for _, tt := range []struct {
		xs   []float64
		want float64
	}{
		{nil, 0},
		{[]float64{3}, 0},
		{[]float64{3, 5}, 2 * normalMAD},
		{[]float64{0, 1, 3, 2, 50}, 1.5 * normalMAD}, // 1, 2, 1 and 48
	} {
		if got := PairSpread(tt.xs); math.Abs(got-tt.want) > 1e-12 {
			t.Errorf("PairSpread(%v) = %v, want %v", tt.xs, got, tt.want)
		}
	}
}
