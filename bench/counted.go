package bench

import (
	"context"
	"maps"
	"slices"
	"strconv"

	"patchbench/results"
	"patchbench/toolchain"
)

// Count finds what counts instructions on this host, if the suite has
// benchmarks to be counted: the processor, or else an emulator; and, in an
// emulator, those of the other architecture that there is one for. What can't
// be counted, and why, is said in p.Missing. It comes after Settle, and fails
// only if ctx is cancelled.
//
// Where the processor counts, instructions/op joins the primary metrics of the
// samples that are timed. Where an emulator does, each benchmark gets another
// entry with samples of its own, of which nothing but the counts is used.
func (p *Plan) Count(ctx context.Context, cache *toolchain.Cache) error {
	p.Counters = make(map[string]*Counter)
	if !slices.ContainsFunc(p.Suite.Benchmarks, func(b SuiteBenchmark) bool { return b.Counted }) {
		return nil
	}
	hardware := HardwareCounters()
	p.Hardware = hardware == nil
	for _, goarch := range slices.Sorted(maps.Keys(emulators)) {
		native := goarch == p.Host.GOARCH
		if native && p.Hardware {
			continue
		}
		c, err := FindCounter(ctx, cache, goarch)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		switch {
		case err == nil:
			p.Counters[goarch] = c
		case native:
			p.Missing = append(p.Missing, hardware.Error(), err.Error())
		default:
			p.Missing = append(p.Missing, goarch+", "+err.Error())
		}
	}
	return nil
}

// CrossPackages lists the packages that are to be counted on the other
// architecture, and names that; none and "" if there is nothing to count there.
func (p *Plan) CrossPackages() (goarch string, pkgs []string) {
	for arch := range p.Counters {
		if arch != p.Host.GOARCH {
			goarch = arch
		}
	}
	if goarch == "" {
		return "", nil
	}
	for i := range p.Suite.Benchmarks {
		if b := &p.Suite.Benchmarks[i]; b.Counted && !slices.Contains(pkgs, b.binary()) {
			pkgs = append(pkgs, b.binary())
		}
	}
	return goarch, pkgs
}

// counted is the entry that counts, on an architecture, what native, the
// benchmark called name in the suite, times.
func (p *Plan) counted(native results.Benchmark, name, goarch string) results.Benchmark {
	b := native
	mark := "/counted-"
	if goarch != p.Host.GOARCH {
		b.GOARCH = goarch
		mark += goarch + "-"
	}
	b.Name = name + mark + strconv.Itoa(native.Procs)
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
