package simulate

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"golang.org/x/sync/errgroup"

	"patchbench/analysis/stats"
)

// Params say what to simulate.
type Params struct {
	Hosts   []Host
	Methods []Method
	Effects []float64 // θ/m: true effects as multiples of the host's margin
	Trials  int
	Seed    uint64
	Alpha   float64 // one-sided, in (0, 0.5)
	Workers int     // trials at a time, 1 or more
}

// A Row is what came of one method on one host with one true effect. Rates are
// shares of the trials.
type Row struct {
	Host   string
	Effect float64 // θ/m
	Method string
	Trials int

	NoLoss       float64
	Improvement  float64 // or different and better
	Regression   float64 // or different and worse
	Inconclusive float64
	Pairs        float64 // mean
	PairsError   float64 // its standard error

	// How often the truth is on the right side of each one-sided bound, NaN
	// where the method gives no bounds.
	LowerHolds, UpperHolds float64
}

// Excluded is the rate of comparisons that exclude a loss beyond the margin: the
// power where there is none, and an error at an effect of the margin or more.
func (r Row) Excluded() float64 { return r.NoLoss + r.Improvement }

// Error is the Monte-Carlo standard error of one of r's rates.
func (r Row) Error(rate float64) float64 { return math.Sqrt(rate * (1 - rate) / float64(r.Trials)) }

// A Table is a simulation's outcome: by host, effect and method, in the order
// of Params.
type Table struct {
	Seed    uint64
	Alpha   float64
	Methods []Method
	Hosts   []HostSetting
	Rows    []Row
}

// A HostSetting is a host with what was known of it beforehand.
type HostSetting struct {
	Host    Host
	Setting Setting
}

// pilotPairs is how many pairs tell a host's spread. So many, that what the
// table shows is the methods' doing and not the pilot's.
const pilotPairs = 20000

// Run simulates. It fails only if ctx ends.
func Run(ctx context.Context, p Params) (*Table, error) {
	t := &Table{Seed: p.Seed, Alpha: p.Alpha, Methods: p.Methods}
	for i, h := range p.Hosts {
		rng := rand.New(rand.NewPCG(p.Seed, uint64(i)<<32))
		sigma := stats.Spread(h.Interleaved(rng, pilotPairs, 0).Differences())
		setting := Setting{Sigma: sigma, Margin: h.Margin, Alpha: p.Alpha}
		t.Hosts = append(t.Hosts, HostSetting{h, setting})
		rows, err := p.host(ctx, h, setting, uint64(i)<<32)
		if err != nil {
			return nil, fmt.Errorf("simulating the host %q: %w", h.Name, err)
		}
		t.Rows = append(t.Rows, rows...)
	}
	return t, nil
}

// host simulates all methods and effects on one host. Trial i draws from the
// seed and stream + 1 + i, whoever runs it, and faces every method and effect
// with the same noise.
func (p Params) host(ctx context.Context, h Host, s Setting, stream uint64) ([]Row, error) {
	judges, pairs := make([]Judge, len(p.Methods)), make([]int, len(p.Methods))
	most := 0
	for i, m := range p.Methods {
		judges[i], pairs[i] = m.New(s)
		most = max(most, pairs[i])
	}
	trials := make([][]Outcome, p.Trials) // by effect, then method
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(max(1, p.Workers))
	for trial := range p.Trials {
		g.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			rng := rand.New(rand.NewPCG(p.Seed, stream+1+uint64(trial)))
			interleaved := h.Interleaved(rng, most, 0)
			noise := make([]Data, len(p.Methods))
			for i, m := range p.Methods {
				noise[i] = interleaved.first(pairs[i])
				if m.Batches {
					noise[i] = h.Batches(rng, pairs[i], 0)
				}
			}
			var outcomes []Outcome
			for _, effect := range p.Effects {
				for i, judge := range judges {
					outcomes = append(outcomes, judge(noise[i].slower(effect*h.Margin)))
				}
			}
			trials[trial] = outcomes
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	var rows []Row
	for e, effect := range p.Effects {
		for i, m := range p.Methods {
			r := Row{Host: h.Name, Effect: effect, Method: m.Name}
			r.count(trials, e*len(p.Methods)+i, effect*h.Margin)
			rows = append(rows, r)
		}
	}
	return rows, nil
}

// count fills in r from the outcomes at index of each trial.
func (r *Row) count(trials [][]Outcome, index int, theta float64) {
	var noLoss, regression, improvement, inconclusive, lower, upper, unbounded int
	var sum, squares float64
	for _, t := range trials {
		o := t[index]
		switch o.Verdict {
		case Improvement:
			improvement++
		case NoLoss:
			noLoss++
		case Regression:
			regression++
		default:
			inconclusive++
		}
		switch {
		case math.IsNaN(o.Lower) || math.IsNaN(o.Upper):
			unbounded++
		default:
			if o.Lower <= theta {
				lower++
			}
			if o.Upper >= theta {
				upper++
			}
		}
		n := float64(o.Pairs)
		sum, squares = sum+n, squares+n*n
	}
	n := float64(len(trials))
	share := func(k int) float64 { return float64(k) / n }
	r.Trials = len(trials)
	r.NoLoss, r.Regression, r.Improvement, r.Inconclusive = share(noLoss), share(regression), share(improvement), share(inconclusive)
	r.LowerHolds, r.UpperHolds = share(lower), share(upper)
	if unbounded > 0 {
		r.LowerHolds, r.UpperHolds = math.NaN(), math.NaN()
	}
	r.Pairs = sum / n
	r.PairsError = math.Sqrt(max(0, squares/n-r.Pairs*r.Pairs) / n)
}
