package analysis

import (
	"slices"

	"patchbench/analysis/stats"
)

// noise sums up how quiet the machine was around the samples that were kept.
func noise(in *run) Noise {
	n := Noise{Failures: in.log.failures, Waited: in.log.waited, Unquiet: in.log.unquiet}
	for _, r := range in.records {
		n.Excluded += r.excluded
		n.Torn += r.torn
	}
	n.LoadMedian, n.LoadMax = in.medianAndMax(func(m *machine) float64 { return m.load })
	n.StealMedian, n.StealMax = in.medianAndMax(func(m *machine) float64 { return m.steal })
	n.BusyMedian, n.BusyMax = in.medianAndMax(func(m *machine) float64 { return m.busy })
	n.PressureMedian, n.PressureMax = in.medianAndMax(func(m *machine) float64 { return m.pressure })
	return n
}

// medianAndMax are of a number of each sample's machine.
func (in *run) medianAndMax(number func(m *machine) float64) (median, largest float64) {
	xs := make([]float64, 0, in.samples)
	log := logReader{log: in.log}
	for _, r := range in.records {
		for i := range r.blocks {
			b := &r.blocks[i]
			for slot, id := range b.ids {
				if m := log.around(id); b.there[slot] && m != nil {
					xs = append(xs, number(m))
				}
			}
		}
	}
	if len(xs) == 0 {
		return 0, 0
	}
	return stats.Median(xs), slices.Max(xs)
}
