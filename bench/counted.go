package bench

import (
	"context"
	"slices"
	"strconv"

	"patchbench/results"
	"patchbench/toolchain"
)

// Count finds what counts instructions on this host, if the suite has
// benchmarks to be counted: the processor, or else an emulator. What neither
// can count, and why, is said in p.Missing. It comes after Settle, and fails
// only if ctx is cancelled.
//
// Where the processor counts, instructions/op joins the primary metrics of the
// samples that are timed. Where an emulator does, each benchmark gets a second
// entry with samples of its own, of which nothing but the counts is used.
func (p *Plan) Count(ctx context.Context, cache *toolchain.Cache) error {
	if !slices.ContainsFunc(p.Suite.Benchmarks, func(b SuiteBenchmark) bool { return b.Counted }) {
		return nil
	}
	hardware := HardwareCounters()
	if p.Hardware = hardware == nil; p.Hardware {
		return nil
	}
	c, err := FindCounter(ctx, cache, p.Host.GOARCH)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		p.Missing = append(p.Missing, hardware.Error(), err.Error())
		return nil
	}
	p.Counter = c
	return nil
}

// counted is the entry that counts what native, the benchmark called name in
// the suite, times.
func (p *Plan) counted(native results.Benchmark, name string) results.Benchmark {
	b := native
	b.Name = name + "/counted-" + strconv.Itoa(native.Procs)
	b.Counted = true
	m := results.InstructionsMetric
	m.Margin = p.Experiment.Margins[string(m.Kind)]
	b.Primary = []results.Metric{m}
	return b
}

// scored returns those values of a sample of b that count: of a counted
// benchmark the counts, as the emulator makes nonsense of its time and memory,
// and of any other all.
func scored(b *results.Benchmark, values []results.Value) []results.Value {
	if !b.Counted {
		return values
	}
	return slices.DeleteFunc(slices.Clone(values), func(v results.Value) bool {
		return v.Unit != results.InstructionsMetric.Unit && v.Unit != results.SearchMetric.Unit
	})
}
