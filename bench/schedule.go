package bench

import (
	"math/rand/v2"

	"patchbench/results"
)

// Schedule returns every sample of p in the order they are measured, without
// their values. It depends on p alone: the same seed gives the same schedule,
// so an interrupted run goes on with the one it began.
//
// A round holds one block of every benchmark, shuffled. A block is two pairs,
// in ABBA or BAAB order by the toss of a coin, so that over a block a steady
// drift of the machine cancels, and over the run neither side comes first by
// rule. The very first block is ABBA without a toss: benchstat -col side takes
// the side it meets first for the base, and that must be before.
func Schedule(p *results.Protocol) []results.Sample {
	var measured []*results.Benchmark
	for i := range p.Benchmarks {
		if b := &p.Benchmarks[i]; b.Measured() {
			measured = append(measured, b)
		}
	}
	var samples []results.Sample
	for round := range p.Rounds {
		rng := rand.New(rand.NewPCG(p.Seed, uint64(round)))
		for position, i := range rng.Perm(len(measured)) {
			b := measured[i]
			order := "ABBA"
			if rng.IntN(2) == 1 && len(samples) > 0 {
				order = "BAAB"
			}
			for slot := range order {
				side := results.Before
				if order[slot] == 'B' {
					side = results.After
				}
				samples = append(samples, results.Sample{
					ID:         len(samples),
					Benchmark:  b.Name,
					Side:       side,
					Round:      round,
					Position:   position,
					Order:      order,
					Slot:       slot,
					Tree:       p.Trees[side].Digest,
					Binary:     b.Binaries[side],
					Iterations: b.Iterations,
				})
			}
		}
	}
	return samples
}
