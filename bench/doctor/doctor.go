// Package doctor tells what about a machine makes measurements on it doubtful,
// what each such thing does to a measurement, and what mends it.
//
// It only reads: files of /proc and /sys, twice, a second apart. What it can't
// see it calls unknown, which is not fine: a virtual machine that hides its
// clock speed has one all the same.
package doctor

import (
	"context"
	"fmt"
	"time"

	"patchbench/bench/load"
)

// A Level says how much a check bears on measurements.
type Level string

// The levels, from best to worst. Unknown stands beside matters: what can't be
// seen can't be ruled out.
const (
	Fine    Level = "fine"
	Unknown Level = "unknown"
	Matters Level = "matters"
	Bad     Level = "bad"
)

// A Check is one thing that was looked at.
type Check struct {
	Name   string `json:"name"`
	Seen   string `json:"seen"`
	Level  Level  `json:"level"`
	Effect string `json:"effect"`         // on a measurement, one sentence
	Mend   string `json:"mend,omitempty"` // a shell command; empty where none does
	Cost   int    `json:"cost"`           // points of the score it takes
}

// A Report is what was seen of a machine at one time.
type Report struct {
	Score  int     `json:"score"` // 100 less the costs of the checks, and never below 0
	Checks []Check `json:"checks"`
}

// A Doctor examines one machine.
type Doctor struct {
	Root  string // of the file system that holds proc and sys: "/" but in tests
	Procs int    // the largest GOMAXPROCS that a benchmark runs at
	Now   func() time.Time
	Sleep func(context.Context, time.Duration) error // returns early with the context's error
}

// period is how long steal, pressure and load are watched. Shorter, and the
// kernel's ticks of 10 ms would be too coarse for a share of 1 %.
const period = time.Second

// Examine makes every check. It fails only when ctx ends.
func (d *Doctor) Examine(ctx context.Context) (*Report, error) {
	w, err := d.watch(ctx)
	if err != nil {
		return nil, fmt.Errorf("watch the machine for %s: %w", period, err)
	}
	r := &Report{Checks: []Check{
		d.cores(),
		d.quota(),
		d.affinity(),
		d.memory(),
		d.governor(),
		d.turbo(),
		d.smt(),
		d.thermal(w),
		d.steal(w),
		d.pressure(),
		d.load(w),
		d.clock(),
		d.aslr(),
		d.hugePages(),
		d.swap(),
		d.virtual(),
	}}
	r.grade()
	return r, nil
}

// A watch is what the counters said before and after a period.
type watch struct {
	readings  [2]load.Reading
	processes [2]map[int]load.Process
	self      [2]load.Process // this process
	throttled [2]float64      // events of thermal throttling since the machine started
}

// watch reads the counters twice.
func (d *Doctor) watch(ctx context.Context) (*watch, error) {
	w := new(watch)
	for i := range 2 {
		if i > 0 {
			if err := d.Sleep(ctx, period); err != nil {
				return nil, err
			}
		}
		w.readings[i] = load.Read(d.Root, d.Now())
		w.processes[i] = load.ReadProcesses(d.Root)
		w.self[i], _ = load.ReadProcess(d.Root, "self")
		w.throttled[i], _ = d.throttled()
	}
	return w, nil
}
