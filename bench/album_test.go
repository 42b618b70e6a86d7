package bench

import (
	"reflect"
	"testing"
	"time"

	"patchbench/results"
)

// TestAlbum fills an album with cycles of a mark phase of 1, 2, 3… ns: the
// picture is of one near the middle.
func TestAlbum(t *testing.T) {
	for _, n := range []int{1, 2, 63, 64, 65, 1000, 4096} {
		var a album
		var cycles []results.Cycle
		for i := range n {
			begin := time.Duration(i) * 1e6
			a.start(begin)
			a.add(results.Span{Kind: results.SpanIdle, P: 1, Worker: 5, From: begin - 3, To: begin + 1})
			c := results.Cycle{Begin: begin, SweepTermEnd: begin, MarkTermBegin: begin + time.Duration(i+1), MarkTermEnd: begin + time.Duration(i+1)}
			a.end(&c, i)
			a.add(results.Span{To: begin + 100}) // after the cycle
			cycles = append(cycles, c)
			if len(a.pictures) >= mostPictures {
				t.Fatalf("%d pictures are held after %d cycles", len(a.pictures), i+1)
			}
		}
		p := a.median(cycles)
		if want := (n - 1) / 2; p.Cycle < want-n/32 || p.Cycle > want+n/32 || n < mostPictures && p.Cycle != want {
			t.Errorf("of %d cycles number %d has its picture taken", n, p.Cycle+1)
		}
		if want := []results.Span{{Kind: results.SpanIdle, P: 1, Worker: 5, To: 1}}; !reflect.DeepEqual(p.Spans, want) {
			t.Errorf("spans are %+v, want %+v", p.Spans, want)
		}
	}
	if p := new(album).median(nil); p != nil {
		t.Errorf("no cycles, but the picture %+v", p)
	}
}

// TestMedianWhole passes over a cycle with a median mark and a stop beyond
// measure.
func TestMedianWhole(t *testing.T) {
	var a album
	var cycles []results.Cycle
	for i, stop := range []time.Duration{1, 1, 900, 2, 1} {
		c := results.Cycle{SweepTermEnd: stop, MarkTermBegin: stop + 100 + time.Duration(10*i), MarkTermEnd: stop + 101 + time.Duration(10*i)}
		a.start(0)
		a.end(&c, i)
		cycles = append(cycles, c)
	}
	if p := a.median(cycles); p.Cycle != 3 {
		t.Errorf("cycle %d has its picture taken, want 4", p.Cycle+1)
	}
}

// TestTurns has goroutines take turns on a P for longer than a picture has
// spans, and a worker between two of them.
func TestTurns(t *testing.T) {
	var a album
	a.start(0)
	now := time.Duration(1000)
	for i := range 4 * mostSpans {
		if i == 3*mostSpans {
			a.add(results.Span{Kind: results.SpanIdle, Worker: 3, From: now, To: now + 50})
			now += 50
		}
		a.add(results.Span{Kind: results.SpanMutator, From: now, To: now + 99})
		now += 100
	}
	if len(a.spans) != 3 || a.cut != 0 || a.spans[2].To != now-1 {
		t.Errorf("%d spans, %d cut: %+v", len(a.spans), a.cut, a.spans[:min(5, len(a.spans))])
	}
}

// TestDropped has no picture of a cycle that is not whole.
func TestDropped(t *testing.T) {
	var a album
	a.start(0)
	a.add(results.Span{To: 5})
	a.drop()
	a.add(results.Span{To: 6})
	if a.end(&results.Cycle{}, 0); len(a.pictures) != 0 {
		t.Errorf("pictures %+v", a.pictures)
	}
}

func TestCloseGaps(t *testing.T) {
	mutator := func(p int, from, to time.Duration) results.Span {
		return results.Span{Kind: results.SpanMutator, P: p, From: from, To: to}
	}
	stop := results.Span{Kind: results.SpanStop, P: -1, From: 10, To: 20}
	got := closeGaps([]results.Span{mutator(1, 5000, 5001), mutator(0, 0, 10), stop, mutator(0, 15, 30), mutator(1, 0, 4000), mutator(0, 41, 50)}, 10000)
	want := []results.Span{stop, mutator(0, 0, 30), mutator(0, 41, 50), mutator(1, 0, 4000), mutator(1, 5000, 5001)}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
}

// TestLongest cuts a picture to the spans that show.
func TestLongest(t *testing.T) {
	var spans []results.Span
	for i := range 3 * results.MaxSpans {
		spans = append(spans, results.Span{Kind: results.SpanAssist, From: time.Duration(i), To: time.Duration(i + 1 + i%2)})
	}
	spans[7].P, spans[7].Kind = -1, results.SpanQueued
	spans[8].To += 100
	got, cut := longest(spans, 5)
	if len(got) != results.MaxSpans || cut != 5+2*results.MaxSpans || got[3] != spans[7] || got[4] != spans[8] {
		t.Errorf("%d spans, %d cut, %+v", len(got), cut, got[:6])
	}
	for i, s := range got[5:] {
		if s.To-s.From != 2 || s.From <= got[i+4].From {
			t.Fatalf("span %d is %+v", i+5, s)
		}
	}
}
