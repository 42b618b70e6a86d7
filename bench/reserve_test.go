package bench

import (
	"context"
	"errors"
	"slices"
	"testing"

	"patchbench/results"
)

// reserved has A, and B and C in reserve, two rounds each, of two processes a
// side in the passes.
func reserved() *results.Protocol {
	p := testProtocol(3, "A", "B", "C")
	for i := range p.Benchmarks {
		p.Benchmarks[i].Rounds = 2
	}
	p.Benchmark("A").Rounds = 3
	p.Benchmark("B").Reserve, p.Benchmark("C").Reserve = "B takes too long", "C takes too long"
	p.Profiles, p.GCTraces = 1, 1
	return p
}

func TestScheduleReserve(t *testing.T) {
	p := reserved()
	p.Benchmark("C").Control = "copy"
	var got []string
	for i, s := range Schedule(p) {
		if s.ID != i {
			t.Fatalf("sample %d is %+v", i, s)
		}
		if s.Slot == 0 {
			got = append(got, s.Benchmark)
		}
	}
	if want := []string{"A", "A", "A", "B", "B", "C", "C", "C"}; !slices.Equal(got, want) {
		t.Errorf("blocks of %v, want %v", got, want)
	}
}

// What is in reserve is measured if its samples and passes are sure to fit into
// what is left of the budget, and told of otherwise.
func TestReserve(t *testing.T) {
	const (
		sample = 0.1 + overhead  // as planned
		took   = 0.01 + overhead // as it is
		passes = 4               // processes of a benchmark
	)
	enough := 12*took + 8*sample + 2*passes*sample // for B after A
	for _, test := range []struct {
		name    string
		budget  float64
		samples map[string]int
		skipped []string
	}{
		{"none", enough - 0.001, map[string]int{"A": 12}, []string{"B", "C"}},
		{"one", enough + 0.001, map[string]int{"A": 12, "B": 8}, []string{"C"}},
		{"both", enough + 8*took + passes*sample + 0.001, map[string]int{"A": 12, "B": 8, "C": 8}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := reserved()
			p.Budget = test.budget
			dir := newRunFolder(t, p)
			r, host := newRunner(t, good, "a", "b", "c")
			r.Judge = func(string) (map[string]string, error) { return nil, nil }

			// An interruption in the middle changes nothing.
			ctx, cancel := context.WithCancel(t.Context())
			host.answer = func(n int, c *Command) (*Outcome, error) {
				if n == 14 {
					cancel()
					return nil, context.Canceled
				}
				return good(n, c)
			}
			if err := r.Measure(ctx, dir, func(Progress) {}); !errors.Is(err, context.Canceled) {
				t.Fatalf("interrupted: %v", err)
			}
			host.answer = good
			var last Progress
			if err := r.Measure(t.Context(), dir, func(p Progress) { last = p }); err != nil {
				t.Fatal(err)
			}
			if last.Done != last.Total {
				t.Errorf("ended after %d of %d processes", last.Done, last.Total)
			}

			samples, passed := make(map[string]int), make(map[string]int)
			var skipped []string
			events, err := results.ReadEvents(dir)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range events {
				switch e.Kind {
				case results.EventSample:
					samples[e.Benchmark]++
				case results.EventPass:
					passed[e.Benchmark]++
				case results.EventSkipped:
					skipped = append(skipped, e.Benchmark)
					if e.Message != e.Benchmark+" takes too long" {
						t.Errorf("skipped as %q", e.Message)
					}
				}
			}
			for _, name := range []string{"A", "B", "C"} {
				want := test.samples[name]
				if samples[name] != want || (passed[name] == passes) != (want > 0) {
					t.Errorf("%s has %d samples and %d processes in passes, want %d", name, samples[name], passed[name], want)
				}
			}
			if !slices.Equal(skipped, test.skipped) {
				t.Errorf("skipped %v, want %v", skipped, test.skipped)
			}
		})
	}
}
