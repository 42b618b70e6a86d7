package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/perf/benchunit"

	"patchbench/results"
)

// PilotPairs is how many pairs a pilot has: enough to tell a quiet benchmark
// from one that would take hours.
const PilotPairs = 8

// PilotAge is how long is believed what was seen of a benchmark's noise. The
// machine's neighbours change.
const PilotAge = 7 * 24 * time.Hour

// A Pilot is what processes of before showed when they were run back to back,
// compared with nobody: how a benchmark spreads on this host. It has two values
// of each unit for every pair.
type Pilot struct {
	Date   time.Time            `json:"date"`
	Values map[string][]float64 `json:"values"` // by tidied unit, in run order
}

// Pilots returns the pilots of those benchmarks that are measured, by name,
// each from the cache if there is a recent one. A benchmark that fails now gets
// none: it fails again when it is measured, where that is told. report says what
// is under way. Before the first that has to be run it waits for a quiet machine,
// as long as a run of that budget would: what others do here would pass for the
// benchmarks' own noise until the pilot is a week old.
func (r *Runner) Pilots(ctx context.Context, bs []results.Benchmark, budget time.Duration, report func(text string)) (map[string]*Pilot, error) {
	w, done, err := r.open(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	pilots := make(map[string]*Pilot)
	waited := false
	for i := range bs {
		b := &bs[i]
		if !b.Measured() {
			continue
		}
		p := r.knownPilot(b)
		if p == nil {
			if !waited {
				waited = true
				if _, err := r.awaitQuiet(ctx, quiet(budget), report); err != nil {
					return nil, fmt.Errorf("wait before the pilots: %w", err)
				}
			}
			report("pilot of " + b.Name)
			if p, err = r.pilot(ctx, w, b); err != nil {
				return nil, err
			}
		}
		if p != nil {
			pilots[b.Name] = p
		}
	}
	return pilots, nil
}

// PilotSeconds is how long the pilots take that are not in the cache.
func (r *Runner) PilotSeconds(bs []results.Benchmark) float64 {
	s := 0.0
	for i := range bs {
		if b := &bs[i]; b.Measured() && r.knownPilot(b) == nil {
			s += 2 * PilotPairs * (b.Seconds + overhead)
		}
	}
	return s
}

// pilot runs the pilot of b, nil if it fails, and keeps it.
func (r *Runner) pilot(ctx context.Context, w *workdir, b *results.Benchmark) (*Pilot, error) {
	p := &Pilot{Date: r.Now().UTC().Truncate(time.Second), Values: make(map[string][]float64)}
	for range 2 * PilotPairs {
		_, _, values, err := r.sample(ctx, w, b, results.Before, 0, fixed(b.Iterations))
		var fail *failure
		if errors.As(err, &fail) {
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("pilot of %s: %w", b.Name, err)
		}
		for _, v := range scored(b, values) {
			value, unit := benchunit.Tidy(v.Value, v.Unit)
			p.Values[unit] = append(p.Values[unit], value)
		}
	}
	data, err := json.Marshal(p)
	if err != nil {
		return nil, err
	}
	path := r.pilotPath(b)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	return p, results.WriteFile(path, append(data, '\n'))
}

// pilotPath is where the pilot of b is kept: it is of one binary of before that
// does so much on this class of host.
func (r *Runner) pilotPath(b *results.Benchmark) string {
	return filepath.Join(r.Cache.Dir, "pilots", digest(recipe, r.Class, r.binary(b).SHA256[results.Before][0], b.Pattern,
		strings.Join(b.Args, "\x00"), strconv.Itoa(b.Procs), strconv.FormatBool(b.Counted), strconv.Itoa(b.Iterations))+".json")
}

// knownPilot returns the pilot that is kept of b, nil if there is none, or none
// that is recent.
func (r *Runner) knownPilot(b *results.Benchmark) *Pilot {
	data, err := os.ReadFile(r.pilotPath(b))
	if err != nil {
		return nil
	}
	p := new(Pilot)
	if json.Unmarshal(data, p) != nil || r.Now().Sub(p.Date) > PilotAge {
		return nil
	}
	return p
}
