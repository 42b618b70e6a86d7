package bench

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"patchbench/results"
)

func TestPilots(t *testing.T) {
	p := testProtocol(1, "A", "B", "C")
	p.Benchmarks[2].Broken = "for this test"
	r, host := newRunner(t, good, "a", "b", "c")
	now := time.Unix(1e9, 0)
	r.Now = func() time.Time { return now }
	host.answer = func(n int, c *Command) (*Outcome, error) {
		if c.Path == "/bin/before-b" {
			return &Outcome{Exit: 1}, nil
		}
		return good(n, c)
	}
	// The machine is busy for two seconds, and quiet ever after.
	r.Load = loads(func(n int) (busy, steal float64) {
		if n < 2 {
			return 0.9, 0
		}
		return 0, 0
	})
	slept := 0
	r.Sleep = func(ctx context.Context, d time.Duration) error {
		slept++
		return ctx.Err()
	}
	run := func() (pilots map[string]*Pilot, reported []string) {
		t.Helper()
		pilots, err := r.Pilots(t.Context(), p.Benchmarks, time.Hour, func(text string) {
			if name, ok := strings.CutPrefix(text, "pilot of "); ok {
				reported = append(reported, name)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		return pilots, reported
	}
	if got, want := r.PilotSeconds(p.Benchmarks), 2*2*PilotPairs*(0.1+overhead); got < want-1e-9 || got > want+1e-9 {
		t.Errorf("two pilots take %g s, want %g", got, want)
	}
	pilots, reported := run()
	if len(pilots) != 1 || len(pilots["A"].Values["sec/op"]) != 2*PilotPairs || len(pilots["A"].Values["cpu-sec"]) != 2*PilotPairs || len(reported) != 2 {
		t.Errorf("got %v after %v", pilots, reported)
	}
	if slept != 3 {
		t.Errorf("slept %d times before the pilots, want once for each second until the machine was quiet for one", slept)
	}
	for _, c := range host.calls {
		if c.Path != "/bin/before-a" && c.Path != "/bin/before-b" {
			t.Errorf("a pilot ran %s", c.Path)
		}
	}

	// It is kept, for a week, and for as many iterations.
	if _, reported = run(); len(reported) != 1 || reported[0] != "B" {
		t.Errorf("the second time the pilots of %v were run", reported)
	}
	p.Benchmarks[0].Iterations++
	if _, reported = run(); len(reported) != 2 {
		t.Errorf("with other iterations the pilots of %v were run", reported)
	}
	now = now.Add(8 * 24 * time.Hour)
	if _, reported = run(); len(reported) != 2 {
		t.Errorf("after eight days the pilots of %v were run", reported)
	}

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	now = now.Add(8 * 24 * time.Hour)
	if _, err := r.Pilots(ctx, []results.Benchmark{p.Benchmarks[0]}, time.Hour, func(string) {}); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
}
