package analysis

import (
	"slices"

	"patchbench/analysis/stats"
	"patchbench/results"
)

// noise sums up how quiet the machine was around the samples that were kept.
func noise(samples []results.Sample, events []results.Event, records map[string]*record) Noise {
	var n Noise
	for _, r := range records {
		n.Excluded += r.excluded
		n.Torn += r.torn
	}
	for _, e := range events {
		switch e.Kind {
		case results.EventFailure:
			n.Failures++
		case results.EventWait:
			n.Waited += e.Wall
			if e.Message != results.WaitedQuiet {
				n.Unquiet++
			}
		}
	}
	logged := sampleEvents(events)
	var load, steal, busy, pressure []float64
	for i := range samples {
		if e := logged[samples[i].ID]; e != nil {
			load, steal = append(load, e.Load), append(steal, e.Steal)
			busy, pressure = append(busy, e.Busy), append(pressure, e.Pressure)
		}
	}
	n.LoadMedian, n.LoadMax = medianAndMax(load)
	n.StealMedian, n.StealMax = medianAndMax(steal)
	n.BusyMedian, n.BusyMax = medianAndMax(busy)
	n.PressureMedian, n.PressureMax = medianAndMax(pressure)
	return n
}

func medianAndMax(xs []float64) (median, largest float64) {
	if len(xs) == 0 {
		return 0, 0
	}
	return stats.Median(xs), slices.Max(xs)
}
