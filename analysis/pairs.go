package analysis

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"path/filepath"
	"slices"

	"patchbench/analysis/stats"
	"patchbench/results"
)

// A pair is a before and an after sample run back to back.
type pair struct {
	PairDifference // without D, which depends on the metric
	before, after  *results.Sample
}

// A record is what a run folder holds of one benchmark.
type record struct {
	benchmark *results.Benchmark
	samples   int
	rounds    int    // it was measured in, the last of them perhaps in part
	decided   bool   // its samples ended early, as nothing was open any more
	pairs     []pair // in run order, without excluded blocks
	excluded  int    // blocks
	torn      int    // of the pairs
	single    int    // samples without the other one of their pair
	unlogged  int    // samples without an event
	reported  map[results.Side]map[string]bool
	seconds   float64 // median wall time of a sample
	gaveUp    string  // why the benchmark was given up while measuring, if it was
}

// gather sorts the samples and events of a run folder by benchmark. It fails
// on samples that do not fit the protocol or the schedule.
func gather(dir string, p *results.Protocol, samples []results.Sample, events []results.Event) (map[string]*record, error) {
	records := make(map[string]*record)
	for i := range p.Benchmarks {
		b := &p.Benchmarks[i]
		records[b.Name] = &record{benchmark: b, seconds: b.Seconds, reported: map[results.Side]map[string]bool{
			results.Before: {}, results.After: {},
		}}
	}
	for _, e := range events {
		if r := records[e.Benchmark]; r != nil && e.Kind == results.EventBroken {
			r.gaveUp = cmp.Or(e.Message, "given up")
		} else if r != nil && e.Kind == results.EventDecided {
			r.decided = true
		}
	}
	logged := sampleEvents(events)

	path := filepath.Join(dir, results.SamplesFile)
	blocks := make(map[string]map[int]*block)
	walls := make(map[string][]float64)
	for i := range samples {
		s := &samples[i]
		r := records[s.Benchmark]
		if r == nil {
			return nil, fmt.Errorf("%s:%d: benchmark %s is not in the protocol; the files are of different runs", path, s.Line, s.Benchmark)
		}
		r.add(s)
		rounds := blocks[s.Benchmark]
		if rounds == nil {
			rounds = make(map[int]*block)
			blocks[s.Benchmark] = rounds
		}
		b := rounds[s.Round]
		if b == nil {
			b = new(block)
			rounds[s.Round] = b
		}
		if err := b.add(s, logged[s.ID]); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, s.Line, err)
		}
		if e := logged[s.ID]; e == nil {
			r.unlogged++
		} else if e.Wall > 0 {
			walls[s.Benchmark] = append(walls[s.Benchmark], e.Wall)
		}
	}
	for name, r := range records {
		if len(walls[name]) > 0 {
			r.seconds = stats.Median(walls[name])
		}
		for _, round := range slices.Sorted(maps.Keys(blocks[name])) {
			r.addBlock(round, blocks[name][round])
		}
	}
	return records, nil
}

// sampleEvents returns the event of each sample by its ID. A sample measured
// again after an interruption has several, of which the last belongs to the
// values that were kept.
func sampleEvents(events []results.Event) map[int]*results.Event {
	last := make(map[int]*results.Event)
	for i := range events {
		if e := &events[i]; e.Kind == results.EventSample {
			last[e.Sample] = e
		}
	}
	return last
}

// add counts s and what it reports.
func (r *record) add(s *results.Sample) {
	r.samples++
	r.rounds = max(r.rounds, s.Round+1)
	for _, v := range s.Values {
		r.reported[s.Side][v.Unit] = true
	}
}

// A block is the samples of one benchmark in one round, by slot.
type block struct {
	samples [4]*results.Sample
	events  [4]*results.Event // nil where the log has none
}

func (b *block) add(s *results.Sample, e *results.Event) error {
	if b.samples[s.Slot] != nil {
		return fmt.Errorf("sample %d is the second in slot %d of round %d of %s", s.ID, s.Slot, s.Round, s.Benchmark)
	}
	if other := b.samples[s.Slot^1]; other != nil && other.Side == s.Side {
		return fmt.Errorf("sample %d is the second %s sample of its pair", s.ID, s.Side)
	} else if other != nil && other.Layout != s.Layout {
		return fmt.Errorf("sample %d has another layout than the other one of its pair", s.ID)
	}
	b.samples[s.Slot], b.events[s.Slot] = s, e
	return nil
}

func (r *record) addBlock(round int, b *block) {
	for _, e := range b.events {
		if e != nil && e.Excluded != "" {
			r.excluded++
			return
		}
	}
	for index := range 2 {
		first, second := b.samples[2*index], b.samples[2*index+1]
		if first == nil || second == nil {
			if first != second {
				r.single++
			}
			continue
		}
		p := pair{before: first, after: second}
		if first.Side == results.After {
			p.before, p.after, p.AfterFirst = second, first, true
		}
		p.Round, p.Pair, p.Layout = round, index, first.Layout
		e, f := b.events[2*index], b.events[2*index+1]
		for _, e := range []*results.Event{e, f} {
			if e != nil {
				p.Load, p.Steal, p.Busy = max(p.Load, e.Load), max(p.Steal, e.Steal), max(p.Busy, e.Busy)
			}
		}
		if e != nil && f != nil && e.Session != f.Session {
			p.Torn = true
			r.torn++
		}
		r.pairs = append(r.pairs, p)
	}
}

// An observation is one pair's values of one metric.
type observation struct {
	PairDifference
	before, after float64
}

// observe takes the values of metric m from the pairs. Pairs that lack it on
// either side, or with a value no ratio can be made of, are left out; problems
// says of each what was wrong.
func (r *record) observe(m results.Metric) (obs []observation, problems []string) {
	for _, p := range r.pairs {
		before, ok1 := p.before.Value(m.Unit)
		after, ok2 := p.after.Value(m.Unit)
		problem := ""
		o := observation{PairDifference: p.PairDifference, before: before, after: after}
		switch {
		case !ok1:
			problem = fmt.Sprintf("sample %d (before) has none", p.before.ID)
		case !ok2:
			problem = fmt.Sprintf("sample %d (after) has none", p.after.ID)
		default:
			var ok bool
			if o.D, ok = worsening(before, after, m.Better); !ok {
				problem = fmt.Sprintf("samples %d and %d have %g before and %g after", p.before.ID, p.after.ID, before, after)
			}
		}
		if problem != "" {
			problems = append(problems, problem)
			continue
		}
		obs = append(obs, o)
	}
	return obs, problems
}

// worsening is the logarithm of after's ratio to before, oriented so that more
// is worse. Two zeros are no change. There is no such ratio if only one value
// is zero, or if one is negative, infinite or not a number.
func worsening(before, after float64, better string) (d float64, ok bool) {
	if before == 0 && after == 0 {
		return 0, true
	}
	if !(before > 0) || !(after > 0) || math.IsInf(before, 1) || math.IsInf(after, 1) {
		return 0, false
	}
	// Logarithms apart: the quotient could overflow.
	d = math.Log(after) - math.Log(before)
	if before == after {
		d = 0
	}
	if better == "higher" {
		d = 0 - d // not -d, which turns 0 into −0
	}
	return d, true
}
