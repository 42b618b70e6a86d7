package bench

import (
	"slices"
	"testing"
	"time"

	"patchbench/bench/load"
	"patchbench/results"
)

// loads plays the machine's counters: every reading is a second after the last
// on two cores, and shares says what part of each second between two readings
// others used and the hypervisor kept.
func loads(shares func(n int) (busy, steal float64)) func() load.Reading {
	r := load.Reading{At: time.Unix(1e9, 0)}
	n := 0
	return func() load.Reading {
		now := r
		const ticks = 2 * load.TicksPerSecond
		busy, steal := shares(n)
		n++
		r.At = r.At.Add(time.Second)
		r.Total += ticks
		r.Steal += steal * ticks
		r.Idle += (1 - busy - steal) * ticks
		return now
	}
}

// resting is good, but takes no CPU time: whatever the machine does is others'.
func resting(n int, c *Command) (*Outcome, error) {
	o, err := good(n, c)
	o.User = 0
	return o, err
}

// A sample on a machine that others use takes its block away, by the rule of
// the protocol alone.
func TestExclusion(t *testing.T) {
	for _, test := range []struct {
		name        string
		rule        *results.Exclusion
		busy, steal float64
		want        []int // samples
	}{
		{"busy", &results.Exclusion{Busy: 0.5, Steal: 0.25}, 0.6, 0, []int{5}},
		{"steal", &results.Exclusion{Busy: 0.5, Steal: 0.25}, 0, 0.3, []int{5}},
		{"below", &results.Exclusion{Busy: 0.5, Steal: 0.25}, 0.45, 0.2, nil},
		{"off", &results.Exclusion{Busy: 0.5}, 0, 0.9, nil},
		{"short samples", &results.Exclusion{Busy: 0.5, Shortest: 0.2}, 0.9, 0, nil},
		{"old protocol", nil, 0.9, 0, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := testProtocol(3, "A")
			p.Exclude = test.rule
			dir := newRunFolder(t, p)
			r, host := newRunner(t, good, "a")
			host.answer = resting
			r.Load = loads(func(n int) (busy, steal float64) {
				if n/2 == 5 {
					return test.busy, test.steal
				}
				return 0.1, 0
			})
			if err := r.Measure(t.Context(), dir, func(Progress) {}); err != nil {
				t.Fatal(err)
			}
			events, err := results.ReadEvents(dir)
			if err != nil {
				t.Fatal(err)
			}
			var got []int
			for _, e := range events {
				if e.Excluded != "" {
					got = append(got, e.Sample)
				}
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("samples %v are left out, want %v", got, test.want)
			}
		})
	}
}
