package bench

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"patchbench/results"
)

func TestLook(t *testing.T) {
	p := testProtocol(8, "A", "B", "C")
	p.Looks, p.MinPairs = []float64{0.25, 0.5, 1}, 4
	p.Benchmarks[2].Rounds = 5
	dir := newRunFolder(t, p)
	r, host := newRunner(t, good, "a", "b", "c")
	var looks []int
	r.Judge = func(dir string) (map[string]string, error) {
		samples, _, err := results.ReadSamples(dir)
		looks = append(looks, len(samples))
		if len(samples) >= 4*3*4 {
			return map[string]string{"A": "no loss after 8 pairs"}, err
		}
		return nil, err
	}
	// A session that dies in the middle of a round and a new one make the same
	// looks as one that does not.
	ctx, cancel := context.WithCancel(context.Background())
	host.answer = func(n int, c *Command) (*Outcome, error) {
		if n == 4*3*2+5 {
			cancel()
			return nil, ctx.Err()
		}
		return good(n, c)
	}
	if err := r.Measure(ctx, dir, func(Progress) {}); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	host.answer = good
	if err := r.Measure(context.Background(), dir, func(Progress) {}); err != nil {
		t.Fatal(err)
	}
	// A and B are looked at after 2 and 4 of their 8 rounds, C after 3 of its 5:
	// the first quarter of those is too little. The second session looks anew at
	// what the first left.
	if want := []int{24, 29, 36, 48}; !slices.Equal(looks, want) {
		t.Errorf("looks at %v samples, want %v", looks, want)
	}
	samples, _, err := results.ReadSamples(dir)
	if err != nil {
		t.Fatal(err)
	}
	count := make(map[string]int)
	for _, s := range samples {
		count[s.Benchmark]++
	}
	if count["A"] != 4*4 || count["B"] != 4*8 || count["C"] != 4*5 {
		t.Errorf("samples: %v", count)
	}
	events, err := results.ReadEvents(dir)
	if err != nil {
		t.Fatal(err)
	}
	decided := 0
	for _, e := range events {
		if e.Kind == results.EventDecided {
			decided++
			if e.Benchmark != "A" || e.Message != "no loss after 8 pairs" {
				t.Errorf("decided: %+v", e)
			}
		}
	}
	if decided != 1 {
		t.Errorf("%d events that something is decided", decided)
	}
}

func TestLookFails(t *testing.T) {
	p := testProtocol(4, "A")
	p.Looks, p.MinPairs = []float64{0.5, 1}, 2
	r, _ := newRunner(t, good, "a")
	r.Judge = func(string) (map[string]string, error) { return nil, errors.New("no verdict") }
	err := r.Measure(context.Background(), newRunFolder(t, p), func(Progress) {})
	if err == nil || !strings.Contains(err.Error(), "look at what is measured: no verdict") {
		t.Errorf("got %v", err)
	}
}
