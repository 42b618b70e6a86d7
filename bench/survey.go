package bench

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"patchbench/results"
)

// A Survey is what one benchmark was seen to do on before, scored by nobody: a
// few processes to tell how they spread, and where it can be had one under the CPU
// profiler and one under the collector's trace.
type Survey struct {
	Iterations int
	Load       float64           // one-minute load average before it began
	Samples    [][]results.Value // of each process, with units as printed
	Seconds    []float64         // wall time of each process
	Profile    string            // path, empty if b has no flag for it
	GCTrace    string            // path, empty for what a driver runs
}

// Survey runs so many processes of b on before and leaves their evidence in the
// folder dir. A benchmark that fails is an error.
func (r *Runner) Survey(ctx context.Context, b results.Benchmark, processes int, dir string) (s *Survey, err error) {
	defer func() {
		if err != nil && ctx.Err() == nil {
			err = fmt.Errorf("survey %s: %w", b.Name, err)
		}
	}()
	w, done, err := r.open(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	s = &Survey{Load: r.readLoad().Average}
	b.Timeout = firstTimeout(&b).Seconds()
	p, err := r.pace(&b, time.Duration(b.Seconds*float64(time.Second)), func(benchtime string) (*Outcome, int, []results.Value, error) {
		return r.sample(ctx, w, &b, results.Before, 0, benchtime)
	})
	if err != nil {
		return nil, err
	}
	s.Iterations = p.Iterations
	for range processes {
		o, _, values, err := r.sample(ctx, w, &b, results.Before, 0, fixed(p.Iterations))
		if err != nil {
			return nil, err
		}
		s.Samples = append(s.Samples, values)
		s.Seconds = append(s.Seconds, o.Wall.Seconds())
	}

	profile := filepath.Join(dir, b.Name+".pb.gz")
	if flags := passFlags(&b, passProfile, profile); len(flags) > 0 {
		s.Profile = profile
		c := r.command(w, &b, results.Before, 0, fixed(p.Iterations))
		c.Args = append(flags, c.Args...)
		if err := r.finish(ctx, c); err != nil {
			return nil, err
		}
	}
	if !passed(&b) {
		return s, nil
	}
	s.GCTrace = filepath.Join(dir, b.Name+".gctrace")
	c := r.command(w, &b, results.Before, 0, fixed(p.Iterations))
	c.Env = append(c.Env, "GODEBUG=gctrace=1")
	o, err := r.Exec(ctx, c)
	if err == nil {
		err = o.Err()
	}
	if err != nil {
		return nil, err
	}
	return s, os.WriteFile(s.GCTrace, o.Stderr, 0o644)
}

// finish runs a process whose output does not matter.
func (r *Runner) finish(ctx context.Context, c *Command) error {
	o, err := r.Exec(ctx, c)
	if err != nil {
		return err
	}
	return o.Err()
}
