package bench

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/google/pprof/profile"

	"patchbench/results"
)

// The unscored passes, by their names in events.
const (
	passProfile = "profile"
	passGCTrace = "gctrace"
)

// countPasses is the number of unscored processes of the protocol.
func (m *measurement) countPasses() int {
	n := 0
	for _, b := range m.protocol.Benchmarks {
		if b.Measured() {
			n += 2 * (m.protocol.Profiles + m.protocol.GCTraces)
		}
	}
	return n
}

// passSeconds is how long they take.
func (m *measurement) passSeconds() float64 {
	var s float64
	for _, b := range m.protocol.Benchmarks {
		if b.Measured() {
			s += 2 * float64(m.protocol.Profiles+m.protocol.GCTraces) * (b.Seconds + overhead)
		}
	}
	return s
}

// passes gathers evidence that disturbs what it looks at, and is therefore
// kept apart from the samples: CPU profiles and the collector's trace. The
// sides take turns here as well. A process that fails leaves its evidence
// missing; it does not break the benchmark.
func (m *measurement) passes(ctx context.Context) error {
	m.progress.Sample = nil
	for _, pass := range []struct {
		name  string
		count int
	}{{passGCTrace, m.protocol.GCTraces}, {passProfile, m.protocol.Profiles}} {
		for k := range pass.count {
			for i := range m.protocol.Benchmarks {
				b := &m.protocol.Benchmarks[i]
				if !b.Measured() {
					continue
				}
				m.progress.Benchmark = b.Name
				for _, side := range results.Sides() {
					if !m.broken[b.Name] {
						if err := m.pass(ctx, pass.name, b, side, k); err != nil {
							return fmt.Errorf("%s of %s: %w", pass.name, b.Name, err)
						}
					}
					m.left -= b.Seconds + overhead
					m.step()
				}
			}
		}
	}
	return nil
}

// pass runs the k-th process of a pass, unless its evidence is there already.
func (m *measurement) pass(ctx context.Context, pass string, b *results.Benchmark, side results.Side, k int) error {
	path := filepath.Join(m.dir, results.ProfilesDir, fmt.Sprintf("%s.%s.%d.pb.gz", b.Name, side, k+1))
	if pass == passGCTrace {
		path = filepath.Join(m.dir, results.GCTraceDir, fmt.Sprintf("%s.%s.%d.txt.gz", b.Name, side, k+1))
	}
	if _, err := os.Stat(path); err == nil {
		return nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	c := m.command(m.work, b, side, 0, fixed(b.Iterations))
	out := filepath.Join(m.work.root, "cpu.pb.gz")
	switch pass {
	case passProfile:
		c.Args = append(c.Args, "-test.cpuprofile="+out)
	case passGCTrace:
		c.Env = append(c.Env, "GODEBUG=gctrace=1")
	}
	start := m.Now()
	o, err := m.Exec(ctx, c)
	if err != nil {
		return err
	}
	e := m.event(o, start)
	e.Kind, e.Pass, e.Benchmark, e.Side = results.EventPass, pass, b.Name, side
	if ferr := o.Err(); ferr != nil {
		log, err := writeLog(m.dir, fmt.Sprintf("%s.%s.%s", b.Name, side, pass), o)
		if err != nil {
			return err
		}
		e.Kind, e.Message = results.EventFailure, fmt.Sprintf("%v; see %s", ferr, log)
		m.Log("no %s of %s on %s: %s", pass, b.Name, side, e.Message)
		return m.writer.Event(e)
	}
	var evidence []byte
	if pass == passProfile {
		if evidence, err = readProfile(out); err != nil {
			return err
		}
	} else if evidence, err = compress(o.Stderr); err != nil {
		return err
	}
	if err := results.WriteFile(path, evidence); err != nil {
		return err
	}
	return m.writer.Event(e)
}

// readProfile reads a CPU profile without the path of the binary it is of: run
// folders are passed around, and the profile has its function names.
func readProfile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	p, err := profile.Parse(f)
	if err != nil {
		return nil, fmt.Errorf("read the profile: %w", err)
	}
	for _, m := range p.Mapping {
		m.File = filepath.Base(m.File)
	}
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// compress packs a trace: storms of collections print megabytes.
func compress(data []byte) ([]byte, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := z.Write(data); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
