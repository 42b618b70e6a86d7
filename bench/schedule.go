package bench

import (
	"math/rand/v2"

	"patchbench/results"
)

// Schedule returns every sample of p in the order they are measured, without
// their values. It depends on p alone: the same seed gives the same schedule,
// so an interrupted run goes on with the one it began.
//
// A round holds one block of every benchmark that takes part in so many,
// shuffled. A block is two pairs, each in AB or BA order by the toss of a coin
// of its own: the test of a difference needs no more of the machine's noise than
// that these tosses are independent. Two pairs that share a coin, as in ABBA and
// BAAB, let a steady drift cancel, but where neighbouring processes are alike
// they err together. The very first pair is AB without a toss: benchstat -col
// side takes the side it meets first for the base, and that must be before.
//
// Some blocks are followed by one that pairs before with the control, in the
// first layout.
//
// A block is measured in one layout. Where a benchmark has K of them, each K
// rounds hold every one once, shuffled.
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
		position := 0
		for _, i := range rng.Perm(len(measured)) {
			b := measured[i]
			if round >= p.RoundsOf(b) {
				continue
			}
			order := toss(rng) + toss(rng)
			if len(samples) == 0 {
				order = "AB" + order[2:]
			}
			layout := layoutOf(p.Seed, i, round, len(b.Layouts))
			binaries := b.Binaries
			if layout > 0 {
				binaries = b.Layouts[layout].Binaries
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
					Layout:     layout,
					Tree:       p.Trees[side].Digest,
					Binary:     binaries[side],
					Iterations: b.Iterations,
				})
			}
			position++
			if !b.Controls(round) {
				continue
			}
			order = toss(rng) + toss(rng)
			for slot := range order {
				side, binary := results.Before, b.Binaries[results.Before]
				if order[slot] == 'B' {
					side, binary = results.Control, b.Control
				}
				samples = append(samples, results.Sample{
					ID: len(samples), Benchmark: b.Name, Side: side, Control: true,
					Round: round, Position: position, Order: order, Slot: slot,
					Tree: p.Trees[results.Before].Digest, Binary: binary, Iterations: b.Iterations,
				})
			}
			position++
		}
	}
	return samples
}

// toss draws the order of a pair.
func toss(rng *rand.Rand) string {
	if rng.IntN(2) == 1 {
		return "BA"
	}
	return "AB"
}

// layoutOf picks the layout in which the i-th benchmark that is measured runs
// in a round.
func layoutOf(seed uint64, i, round, layouts int) int {
	if layouts < 2 {
		return 0
	}
	rng := rand.New(rand.NewPCG(seed+1+uint64(i), uint64(round/layouts)))
	return rng.Perm(layouts)[round%layouts]
}
