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
//
// Benchmarks in reserve come after all others, one after the other, each in
// rounds of its own.
func Schedule(p *results.Protocol) []results.Sample {
	s := schedule{protocol: p}
	var measured, reserve []*results.Benchmark
	for i := range p.Benchmarks {
		switch b := &p.Benchmarks[i]; {
		case !b.Measured():
		case b.Reserve != "":
			reserve = append(reserve, b)
		default:
			measured = append(measured, b)
		}
	}
	s.rounds(measured, 0)
	for i, b := range reserve {
		s.rounds([]*results.Benchmark{b}, 1+i)
	}
	return s.samples
}

// A schedule is on its way.
type schedule struct {
	protocol *results.Protocol
	samples  []results.Sample
}

// rounds appends the rounds of some benchmarks. Each part of the schedule has
// tosses of its own.
func (s *schedule) rounds(bs []*results.Benchmark, part int) {
	p := s.protocol
	for round := range p.Rounds {
		rng := rand.New(rand.NewPCG(p.Seed, uint64(part)<<32|uint64(round)))
		position := 0
		for _, i := range rng.Perm(len(bs)) {
			b := bs[i]
			if round >= p.RoundsOf(b) {
				continue
			}
			block := results.Sample{Benchmark: b.Name, Round: round, Position: position, Order: toss(rng) + toss(rng), Iterations: b.Iterations}
			if len(s.samples) == 0 {
				block.Order = "AB" + block.Order[2:]
			}
			block.Layout = layoutOf(p.Seed, part+i, round, len(b.Layouts))
			binaries := b.Binaries
			if block.Layout > 0 {
				binaries = b.Layouts[block.Layout].Binaries
			}
			s.block(block, results.After, binaries[results.Before], binaries[results.After])
			position++
			if !b.Controls(round) {
				continue
			}
			block = results.Sample{Benchmark: b.Name, Control: true, Round: round, Position: position, Order: toss(rng) + toss(rng), Iterations: b.Iterations}
			s.block(block, results.Control, b.Binaries[results.Before], b.Control)
			position++
		}
	}
}

// block appends the samples of a block, which have most in common, of before and
// another side.
func (s *schedule) block(all results.Sample, other results.Side, before, after string) {
	for slot := range all.Order {
		x := all
		x.ID, x.Slot = len(s.samples), slot
		x.Side, x.Binary = results.Before, before
		if all.Order[slot] == 'B' {
			x.Side, x.Binary = other, after
		}
		// The control is a copy of before.
		side := x.Side
		if side == results.Control {
			side = results.Before
		}
		x.Tree = s.protocol.Trees[side].Digest
		s.samples = append(s.samples, x)
	}
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
