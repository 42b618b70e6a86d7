package bench

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"patchbench/bench/load"
	"patchbench/results"
)

// waits lists the events of waiting in a run folder, and checks that each comes
// before the samples of its session, where no block of these is left out.
func waits(t *testing.T, dir string) []results.Event {
	t.Helper()
	events, err := results.ReadEvents(dir)
	if err != nil {
		t.Fatal(err)
	}
	var list []results.Event
	measured := make(map[int]bool)
	for _, e := range events {
		switch e.Kind {
		case results.EventSample:
			measured[e.Session] = e.Excluded == ""
		case results.EventWait:
			if measured[e.Session] {
				t.Errorf("waited in the middle of session %d", e.Session)
			}
			list = append(list, e)
		}
	}
	return list
}

func TestQuiet(t *testing.T) {
	for _, test := range []struct {
		name     string
		busy     []float64 // in each second; the last stays
		pressure float64
		wall     float64
		want     string
	}{
		{"at once", []float64{0.05}, 0, 1, results.WaitedQuiet},
		{"after a while", []float64{0.9, 0.5, 0.11, 0.1}, 0, 4, results.WaitedQuiet},
		{"never", []float64{0.3}, 0, 10, results.WaitedLimit},
		{"pressed", []float64{0}, 0.2, 10, results.WaitedLimit},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := testProtocol(1, "A")
			p.Quiet = &results.Quiet{Busy: 0.1, Pressure: 0.1, Limit: 10}
			dir := newRunFolder(t, p)
			r, host := newRunner(t, good, "a")
			read := loads(func(n int) (busy, steal float64) { return test.busy[min(n, len(test.busy)-1)], 0 })
			pressure := time.Duration(0)
			r.Load = func() load.Reading {
				l := read()
				l.Pressure = pressure
				pressure += time.Duration(test.pressure * float64(time.Second))
				return l
			}
			slept := 0
			r.Sleep = func(ctx context.Context, d time.Duration) error {
				if len(host.calls) > 0 {
					t.Error("waited after the first sample")
				}
				slept++
				return ctx.Err()
			}
			told := 0
			if err := r.Measure(t.Context(), dir, func(p Progress) {
				if p.Waiting != "" {
					told++
					if p.Sample != nil || !strings.Contains(p.Waiting, "waiting for a quiet machine, ") {
						t.Errorf("told %+v", p)
					}
				}
			}); err != nil {
				t.Fatal(err)
			}
			got := waits(t, dir)
			if len(got) != 1 || got[0].Message != test.want || got[0].Wall != test.wall {
				t.Fatalf("got %+v, want %v s and %q", got, test.wall, test.want)
			}
			if slept != int(test.wall) || told != slept-1 {
				t.Errorf("slept %d times and told %d times", slept, told)
			}
		})
	}
}

// A run that is interrupted while it waits has not begun, one that has all its
// samples does not wait, and one without the rule neither.
func TestNoWait(t *testing.T) {
	p := testProtocol(1, "A")
	p.Quiet = &results.Quiet{Busy: 0.1, Pressure: 0.1, Limit: 10}
	dir := newRunFolder(t, p)
	r, host := newRunner(t, good, "a")
	r.Load = loads(func(int) (busy, steal float64) { return 0.9, 0 })
	ctx, cancel := context.WithCancel(t.Context())
	r.Sleep = func(ctx context.Context, d time.Duration) error { cancel(); return ctx.Err() }
	if err := r.Measure(ctx, dir, func(Progress) {}); !errors.Is(err, context.Canceled) || len(host.calls) != 0 {
		t.Fatalf("got %v after %d processes", err, len(host.calls))
	}
	if got := waits(t, dir); len(got) != 0 {
		t.Errorf("recorded %+v", got)
	}

	r.Sleep = func(ctx context.Context, d time.Duration) error { return ctx.Err() }
	ctx, cancel = context.WithCancel(t.Context())
	host.answer = func(n int, c *Command) (*Outcome, error) {
		if n == 4 { // the samples are over
			cancel()
			return nil, context.Canceled
		}
		return good(n, c)
	}
	p2 := testProtocol(1, "A")
	p2.Quiet, p2.Profiles = p.Quiet, 1
	dir = newRunFolder(t, p2)
	if err := r.Measure(ctx, dir, func(Progress) {}); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	host.answer = good
	r.Sleep = func(context.Context, time.Duration) error { return errors.New("waited for the passes") }
	if err := r.Measure(t.Context(), dir, func(Progress) {}); err != nil {
		t.Error(err)
	}
	if got := waits(t, dir); len(got) != 1 {
		t.Errorf("waited %d times, want once", len(got))
	}

	if err := r.Measure(t.Context(), newRunFolder(t, testProtocol(1, "A")), func(Progress) {}); err != nil {
		t.Error(err)
	}
}

// After a block that is left out, a quiet machine is waited for once more, as
// long as there is time for such waits.
func TestQuietBetweenBlocks(t *testing.T) {
	for _, test := range []struct {
		name    string
		between float64
		busy    int       // readings, a second apart: others come with the last sample of a block, for so many
		want    []float64 // seconds waited
	}{
		{"until it is quiet", 100, 4, []float64{1, 3, 3}},
		{"as long as one wait may take", 100, 1000, []float64{1, 10, 10}},
		{"as long as there is time", 12, 1000, []float64{1, 10, 2}},
		{"no time", 0, 1000, []float64{1}},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := testProtocol(3, "A")
			p.Quiet = &results.Quiet{Busy: 0.1, Pressure: 0.1, Limit: 10, Between: test.between}
			p.Exclude = &results.Exclusion{Busy: 0.5}
			dir := newRunFolder(t, p)
			r, host := newRunner(t, good, "a")
			host.answer = resting
			left := 0 // readings that find others at work
			r.Load = loads(func(int) (busy, steal float64) {
				if len(host.calls)%4 == 3 {
					left = test.busy
				}
				if left > 0 {
					left--
					return 0.9, 0
				}
				return 0, 0
			})
			r.Sleep = func(ctx context.Context, d time.Duration) error { return ctx.Err() }
			if err := r.Measure(t.Context(), dir, func(Progress) {}); err != nil {
				t.Fatal(err)
			}
			var got []float64
			for _, e := range waits(t, dir) {
				got = append(got, e.Wall)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("waited %v, want %v", got, test.want)
			}
		})
	}
}

func TestQuietLimit(t *testing.T) {
	var got []float64
	for _, budget := range []time.Duration{40 * time.Second, 8 * time.Minute, time.Hour} {
		q := quiet(budget)
		got = append(got, q.Limit, q.Between)
	}
	if want := []float64{10, 10, 120, 120, 120, 900}; !slices.Equal(got, want) {
		t.Errorf("limits %v, want %v", got, want)
	}
}

func TestSleepEndsWithContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Sleep(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
