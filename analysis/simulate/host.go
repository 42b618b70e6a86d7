package simulate

import (
	"math"
	"math/rand/v2"
	"slices"

	"patchbench/analysis/stats"
)

// A Host is a machine with its noise.
type Host struct {
	Name string
	Doc  string
	// Margin is the loss that a comparison on this host is to exclude, a
	// logarithm above 0. It is chosen so that a few dozen pairs do.
	Margin float64
	// Processes draws the logarithms of the times of n processes that do the
	// same, in run order.
	Processes func(rng *rand.Rand, n int) []float64
}

// Hosts are the synthetic hosts: one that is quiet, one for each ill of a shared
// virtual machine, and one with all of them.
func Hosts() []Host {
	const quiet = 0.03 // standard deviation of a process without the ill
	return []Host{
		{
			Name: "quiet", Margin: 0.0035,
			Doc:       "independent normal noise; the standard deviation of a pair is 1 %",
			Processes: independent(0.01 / math.Sqrt2),
		},
		{
			Name: "drift", Margin: 0.02,
			Doc:       "normal noise of 7 % in which neighbours correlate by 0.76",
			Processes: autoregressive(0.07, 0.76),
		},
		{
			Name: "neighbour", Margin: 0.02,
			Doc:       "normal noise of 3 %; a neighbour comes for about 12 processes and stays away for about 36, and slows what runs by 10 to 30 %",
			Processes: sum(independent(quiet), neighbour(1.0/12, 1.0/36)),
		},
		{
			Name: "heavy tails", Margin: 0.02,
			Doc:       "noise by Student's t with 3 degrees of freedom, scaled by 3 %",
			Processes: heavy(quiet),
		},
		{
			Name: "sessions", Margin: 0.02,
			Doc:       "normal noise of 3 %; about every 24 processes the measurement is interrupted and goes on at a level of its own, spread by 5 %",
			Processes: sum(independent(quiet), sessions(1.0/24, 0.05)),
		},
		{
			Name: "shared", Margin: 0.04,
			Doc:       "a shared virtual machine: drift, neighbour, heavy tails and sessions at once",
			Processes: sum(autoregressive(0.07, 0.76), neighbour(1.0/12, 1.0/36), heavy(quiet), sessions(1.0/24, 0.05)),
		},
	}
}

// Bootstrap is a host that replays the noise of real processes: stretches of
// logs, the logarithms of the times of one side in run order, each blockLength
// long and begun anywhere, the end followed by the beginning (Politis & Romano
// 1992). What is alike within blockLength processes stays so. Without logs
// there is no noise; blockLength counts as at least 1.
func Bootstrap(name string, logs []float64, blockLength int, margin float64) Host {
	center := stats.Median(logs)
	logs = slices.Clone(logs)
	return Host{
		Name: name, Margin: margin,
		Doc: "stretches of real processes of one side",
		Processes: func(rng *rand.Rand, n int) []float64 {
			x := make([]float64, n)
			if len(logs) == 0 {
				return x
			}
			from := 0
			for i := range x {
				if i%max(1, blockLength) == 0 {
					from = rng.IntN(len(logs))
				}
				x[i] = logs[from%len(logs)] - center
				from++
			}
			return x
		},
	}
}

type processes = func(rng *rand.Rand, n int) []float64

func sum(parts ...processes) processes {
	return func(rng *rand.Rand, n int) []float64 {
		x := make([]float64, n)
		for _, part := range parts {
			for i, y := range part(rng, n) {
				x[i] += y
			}
		}
		return x
	}
}

func independent(sigma float64) processes {
	return func(rng *rand.Rand, n int) []float64 {
		x := make([]float64, n)
		for i := range x {
			x[i] = sigma * rng.NormFloat64()
		}
		return x
	}
}

// autoregressive noise has the standard deviation sigma and remembers the
// process before by rho.
func autoregressive(sigma, rho float64) processes {
	return func(rng *rand.Rand, n int) []float64 {
		x := make([]float64, n)
		level := rng.NormFloat64()
		for i := range x {
			x[i] = sigma * level
			level = rho*level + math.Sqrt(1-rho*rho)*rng.NormFloat64()
		}
		return x
	}
}

// heavy noise follows Student's t with 3 degrees of freedom.
func heavy(scale float64) processes {
	return func(rng *rand.Rand, n int) []float64 {
		x := make([]float64, n)
		for i := range x {
			a, b, c := rng.NormFloat64(), rng.NormFloat64(), rng.NormFloat64()
			x[i] = scale * rng.NormFloat64() / math.Sqrt((a*a+b*b+c*c)/3)
		}
		return x
	}
}

// neighbour comes and goes: a chain of two states that it leaves with the
// probabilities leaves and comes, process by process.
func neighbour(leaves, comes float64) processes {
	return func(rng *rand.Rand, n int) []float64 {
		x := make([]float64, n)
		weight := func() float64 { return math.Log(1.1 + 0.2*rng.Float64()) }
		slow := 0.0
		if rng.Float64() < comes/(comes+leaves) {
			slow = weight()
		}
		for i := range x {
			x[i] = slow
			switch {
			case slow > 0 && rng.Float64() < leaves:
				slow = 0
			case slow == 0 && rng.Float64() < comes:
				slow = weight()
			}
		}
		return x
	}
}

// sessions end with the probability ends after each process; each has a level
// of its own.
func sessions(ends, sigma float64) processes {
	return func(rng *rand.Rand, n int) []float64 {
		x := make([]float64, n)
		level := sigma * rng.NormFloat64()
		for i := range x {
			x[i] = level
			if rng.Float64() < ends {
				level = sigma * rng.NormFloat64()
			}
		}
		return x
	}
}
