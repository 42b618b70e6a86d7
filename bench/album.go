package bench

import (
	"cmp"
	"slices"
	"time"

	"patchbench/results"
)

const (
	mostPictures = 64   // held at once
	mostSpans    = 4096 // of a picture, before it is thinned out
)

// An album holds pictures of cycles spread evenly over a trace. Which cycle is
// the median one shows only at the end, and pictures of all would fill the
// memory: so from where there are too many, every other is thrown away, and of
// the cycles to come as many are not taken.
type album struct {
	pictures []results.Picture
	every    int // one of so many cycles is taken
	seen     int // cycles begun

	taking bool
	begin  time.Duration // of the cycle under way
	spans  []results.Span
	last   map[int]int // by P, its latest among spans
	cut    int
}

// start begins the picture of a cycle.
func (a *album) start(begin time.Duration) {
	a.every = max(1, a.every)
	a.taking = a.seen%a.every == 0
	a.seen++
	a.begin, a.spans, a.cut = begin, nil, 0
	a.last = make(map[int]int)
}

// add puts a span into the picture, whose times are still those of the trace.
// A thousand goroutines that take turns on a P become one span at once.
func (a *album) add(s results.Span) {
	if !a.taking || s.To <= max(s.From, a.begin) {
		return
	}
	s.From, s.To = max(0, s.From-a.begin), s.To-a.begin
	if i, ok := a.last[s.P]; ok && join(&a.spans[i], s, s.To) {
		return
	}
	if len(a.spans) == mostSpans {
		a.cut++
		return
	}
	a.last[s.P] = len(a.spans)
	a.spans = append(a.spans, s)
}

// join adds s to the span before it on its P if they are of a kind, and so
// close in a cycle of a length that no picture shows the gap.
func join(last *results.Span, s results.Span, length time.Duration) bool {
	if s.P < 0 || last.P != s.P || last.Kind != s.Kind || last.Worker != s.Worker || s.From-last.To > length/1000 {
		return false
	}
	last.To = max(last.To, s.To)
	return true
}

// end keeps the picture of c, at an index of the trace's cycles.
func (a *album) end(c *results.Cycle, index int) {
	if !a.taking {
		return
	}
	a.taking = false
	a.pictures = append(a.pictures, results.Picture{Cycle: index, Spans: a.spans, Cut: a.cut})
	a.spans = nil
	if len(a.pictures) < mostPictures {
		return
	}
	a.every *= 2
	for i := range mostPictures / 2 {
		a.pictures[i] = a.pictures[2*i]
	}
	clear(a.pictures[mostPictures/2:])
	a.pictures = a.pictures[:mostPictures/2]
}

// drop is the end of a cycle that the trace does not hold whole.
func (a *album) drop() { a.taking, a.spans = false, nil }

// median returns the picture of the cycle that is nearest to the medians of
// all: of the mark phase and of the whole, lest a typical mark come with a stop
// that took ten times as long. It is nil without any.
func (a *album) median(cycles []results.Cycle) *results.Picture {
	if len(a.pictures) == 0 {
		return nil
	}
	mark := func(c *results.Cycle) time.Duration { return c.MarkTermBegin - c.SweepTermEnd }
	whole := func(c *results.Cycle) time.Duration { return c.MarkTermEnd - c.Begin }
	marks, wholes := medianOf(cycles, mark), medianOf(cycles, whole)
	off := func(d, median time.Duration) float64 { return float64((d - median).Abs()) / float64(max(1, median)) }
	distance := func(p *results.Picture) float64 {
		c := &cycles[p.Cycle]
		return off(mark(c), marks) + off(whole(c), wholes)
	}
	best := slices.MinFunc(a.pictures, func(x, y results.Picture) int {
		return cmp.Compare(distance(&x), distance(&y))
	})
	c := &cycles[best.Cycle]
	best.Spans = closeGaps(best.Spans, whole(c))
	best.Spans, best.Cut = longest(best.Spans, best.Cut)
	return &best
}

// medianOf is the lower of the two in the middle of an even number.
func medianOf(cycles []results.Cycle, of func(*results.Cycle) time.Duration) time.Duration {
	all := make([]time.Duration, len(cycles))
	for i := range cycles {
		all[i] = of(&cycles[i])
	}
	slices.Sort(all)
	return all[(len(all)-1)/2]
}

// closeGaps sorts the spans of a cycle of a length by P and time, and joins
// those that can be.
func closeGaps(spans []results.Span, length time.Duration) []results.Span {
	slices.SortStableFunc(spans, func(a, b results.Span) int {
		return cmp.Or(cmp.Compare(a.P, b.P), cmp.Compare(a.From, b.From))
	})
	var joined []results.Span
	for _, s := range spans {
		if n := len(joined); n == 0 || !join(&joined[n-1], s, length) {
			joined = append(joined, s)
		}
	}
	return joined
}

// longest keeps as many spans as a picture may have, in their order, and adds
// the number of the others to cut. Stops and waits on a queue, which are what
// to look for, are kept before others.
func longest(spans []results.Span, cut int) ([]results.Span, int) {
	if len(spans) <= results.MaxSpans {
		return spans, cut
	}
	rank := make([]int, len(spans))
	for i := range rank {
		rank[i] = i
	}
	slices.SortStableFunc(rank, func(a, b int) int {
		first := func(i int) int {
			if spans[i].P < 0 {
				return 0
			}
			return 1
		}
		return cmp.Or(cmp.Compare(first(a), first(b)), cmp.Compare(spans[b].To-spans[b].From, spans[a].To-spans[a].From))
	})
	kept := rank[:results.MaxSpans]
	slices.Sort(kept)
	list := make([]results.Span, len(kept))
	for i, k := range kept {
		list[i] = spans[k]
	}
	return list, cut + len(spans) - len(kept)
}
