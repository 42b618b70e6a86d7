package bench

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"

	"github.com/google/pprof/profile"

	"patchbench/results"
)

// The unscored passes, by their names in events.
const (
	passProfile    = "profile"
	passMemProfile = "memprofile"
	passGCTrace    = "gctrace"
	passTrace      = "trace"
	passMetrics    = "metrics"
)

// passNames lists them as they come.
func passNames() []string {
	return []string{passGCTrace, passTrace, passMetrics, passProfile, passMemProfile}
}

// allocRate is how many bytes are allocated for each that an allocation profile
// samples. At the runtime's own 512 KiB a process that allocates a gigabyte has
// 2000 samples; at this one it has 60000, which take it 0.1 s.
const allocRate = 16 << 10

// traceLimit is how large an execution trace is read, in bytes. Reading one of
// Go before 1.22 takes about 50 times its size in memory, as golang.org/x/exp/trace
// reads it at once. Newer ones are read in parts of a second: of 200 MB of one of
// Go 1.26 reading took 148 MB and 15 s of CPU time.
const traceLimit = 16 << 20

// rawLimit is how large an execution trace is kept, in bytes: 35 benchmarks
// with one a side are half a gigabyte at most.
const rawLimit = 8 << 20

// passed reports whether b goes through the passes. What a counted benchmark
// would show there, its entry that is timed shows in a tenth of the time. What
// a driver runs can't be told to leave evidence.
func passed(b *results.Benchmark) bool { return b.Measured() && !b.Counted && !driven(b) }

// countPasses is the number of unscored processes of the protocol.
func (m *measurement) countPasses() int {
	n := 0
	for _, b := range m.protocol.Benchmarks {
		n += 2 * m.passProcesses(&b)
	}
	return n
}

// passProcesses is how many there are for b and each side.
func (m *measurement) passProcesses(b *results.Benchmark) int {
	n := 0
	for _, pass := range passNames() {
		n += m.passCount(b, pass)
	}
	return n
}

// passCount is how many of them are of one pass.
func (m *measurement) passCount(b *results.Benchmark, pass string) int {
	switch {
	case !passed(b) || !m.planned(b):
		return 0
	case pass == passGCTrace:
		return m.protocol.GCTraces
	case pass == passMetrics && m.tells(b):
		return m.protocol.Metrics
	case pass == passTrace && len(passFlags(b, pass, "")) > 0:
		return m.protocol.Traces
	case pass == passProfile && len(passFlags(b, pass, "")) > 0:
		return m.protocol.Profiles
	case pass == passMemProfile && len(passFlags(b, pass, "")) > 0:
		return m.protocol.MemProfiles
	}
	return 0
}

// tells reports whether b's binaries of both sides have the reporter.
func (m *measurement) tells(b *results.Benchmark) bool {
	for _, side := range results.Sides() {
		if !reports(b.Package, b.Program, m.protocol.Trees[side].Version) {
			return false
		}
	}
	return true
}

// passFlags are the flags that have a process of b write its evidence to the file
// out, or none if there are none. The collector's trace needs no flag. The compiler's
// allocation profiles are of the old format, which has no function names.
func passFlags(b *results.Benchmark, pass, out string) []string {
	switch {
	case b.Package == results.CompilerPackage:
		return map[string][]string{
			passProfile: {"-cpuprofile=" + out},
			passTrace:   {"-traceprofile=" + out},
		}[pass]
	case b.Program:
		return nil
	}
	return map[string][]string{
		passProfile:    {"-test.cpuprofile=" + out},
		passMemProfile: {"-test.memprofile=" + out, "-test.memprofilerate=" + strconv.Itoa(allocRate)},
		passTrace:      {"-test.trace=" + out},
	}[pass]
}

// passSeconds is how long they take.
func (m *measurement) passSeconds() float64 {
	var s float64
	for _, b := range m.protocol.Benchmarks {
		s += 2 * float64(m.passProcesses(&b)) * (b.Seconds + overhead)
	}
	return s
}

// passes gathers evidence that disturbs what it looks at, and is therefore
// kept apart from the samples: the collector's trace, execution traces,
// runtime/metrics, CPU profiles
// and, where they were asked for, allocation profiles. The sides run in pairs here as well. A process
// that fails leaves its evidence missing; it does not break the benchmark.
func (m *measurement) passes(ctx context.Context) error {
	m.progress.Sample = nil
	for _, pass := range passNames() {
		most := 0
		for i := range m.protocol.Benchmarks {
			most = max(most, m.passCount(&m.protocol.Benchmarks[i], pass))
		}
		for k := range most {
			for i := range m.protocol.Benchmarks {
				b := &m.protocol.Benchmarks[i]
				if k >= m.passCount(b, pass) {
					continue
				}
				m.progress.Benchmark = b.Name
				for _, side := range passOrder(m.protocol.Seed, pass, i, k) {
					if !m.broken[b.Name] {
						if err := m.pass(ctx, pass, b, side, k); err != nil {
							return fmt.Errorf("%s of %s: %w", pass, b.Name, err)
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

// passOrder is the order of the two sides in the k-th pair of a pass of the
// i-th benchmark, by the toss of a coin of its own: profiles are compared by
// pairs as samples are. It depends on the protocol alone, so that an
// interrupted run goes on with the one it began.
func passOrder(seed uint64, pass string, i, k int) []results.Side {
	h := fnv.New64a()
	fmt.Fprintf(h, "%s %d %d", pass, i, k)
	rng := rand.New(rand.NewPCG(seed, h.Sum64()))
	if toss(rng) == "BA" {
		return []results.Side{results.After, results.Before}
	}
	return []results.Side{results.Before, results.After}
}

// pass runs the k-th process of a pass, unless its evidence is there already.
func (m *measurement) pass(ctx context.Context, pass string, b *results.Benchmark, side results.Side, k int) error {
	name := fmt.Sprintf("%s.%s.%d", b.Name, side, k+1)
	path := map[string]string{
		passProfile:    filepath.Join(m.dir, results.ProfilesDir, name+".pb.gz"),
		passMemProfile: filepath.Join(m.dir, results.AllocsDir, name+".pb.gz"),
		passGCTrace:    filepath.Join(m.dir, results.GCTraceDir, name+".txt.gz"),
		passTrace:      filepath.Join(m.dir, results.TracesDir, name+".json.gz"),
		passMetrics:    filepath.Join(m.dir, results.MetricsDir, name+".json"),
	}[pass]
	if _, err := os.Stat(path); err == nil {
		return nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	iterations, out := b.Iterations, filepath.Join(m.work.root, "pass.out")
	for {
		process := *b
		if pass == passMetrics {
			process.Pattern = metricsPattern(b.Pattern)
		}
		c := m.command(m.work, &process, side, 0, fixed(iterations))
		if pass == passGCTrace {
			c.Env = append(c.Env, "GODEBUG=gctrace=1")
		}
		c.Args = append(passFlags(b, pass, out), c.Args...)
		if err := os.Remove(out); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err // else it could pass for this process's
		}
		start := m.Now()
		o, err := m.Exec(ctx, c)
		if err != nil {
			return err
		}
		e := m.event(o, start)
		e.Kind, e.Pass, e.Benchmark, e.Side = results.EventPass, pass, b.Name, side
		if iterations != b.Iterations {
			e.Iterations = iterations
		}
		if ferr := o.Err(); ferr != nil {
			log, err := writeLog(m.dir, fmt.Sprintf("%s.%s.%s", b.Name, side, pass), o)
			if err != nil {
				return err
			}
			return m.noEvidence(e, fmt.Errorf("%w; see %s", ferr, log))
		}
		var evidence []byte
		switch pass {
		case passProfile, passMemProfile:
			evidence, err = readProfile(out)
		case passGCTrace:
			evidence, err = compress(o.Stderr)
		case passTrace:
			evidence, err = readTrace(out, iterations)
		case passMetrics:
			evidence, err = readMetrics(o.Stdout, iterations)
		}
		var large *largeTrace
		if errors.As(err, &large) && iterations > 1 {
			// The size does not quite follow the iterations: setting up is
			// traced too.
			iterations = max(1, min(iterations/2, int(float64(iterations)*0.8*traceLimit/float64(large.size))))
			continue
		}
		if err != nil {
			return m.noEvidence(e, err)
		}
		if pass == passTrace && k == 0 {
			if err := m.keepRaw(out, b, side); err != nil {
				return err
			}
		}
		if err := results.WriteFile(path, evidence); err != nil {
			return err
		}
		return m.writer.Event(e)
	}
}

// noEvidence records why a process left none. e is its event.
func (m *measurement) noEvidence(e results.Event, why error) error {
	e.Kind, e.Message = results.EventFailure, why.Error()
	m.Log("no %s of %s on %s: %s", e.Pass, e.Benchmark, e.Side, e.Message)
	return m.writer.Event(e)
}

// readMetrics is the evidence of a process that printed its runtime/metrics.
func readMetrics(out []byte, iterations int) ([]byte, error) {
	m, err := parseMetrics(out, iterations)
	if err != nil {
		return nil, err
	}
	return json.Marshal(m)
}

// A largeTrace is a trace beyond traceLimit.
type largeTrace struct{ size int64 } // bytes

func (e *largeTrace) Error() string {
	return fmt.Sprintf("the execution trace has %d MB, more than the %d that are read", e.size>>20, traceLimit>>20)
}

// readTrace reads the collector's part of an execution trace.
func readTrace(path string, iterations int) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() > traceLimit {
		return nil, &largeTrace{info.Size()}
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	t, err := readExecTrace(bufio.NewReader(f))
	if err != nil {
		return nil, err
	}
	t.Iterations = iterations
	if err := t.Check(); err != nil {
		return nil, fmt.Errorf("read the execution trace: %w", err)
	}
	return t.Encode()
}

// keepRaw puts the execution trace at path beside what was read from it, if it
// is small.
func (m *measurement) keepRaw(path string, b *results.Benchmark, side results.Side) error {
	info, err := os.Stat(path)
	if err != nil || info.Size() > rawLimit {
		return err
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return results.WriteFile(filepath.Join(m.dir, results.TracesDir, results.RawTrace(b.Name, side)), data)
}

// readProfile reads a profile without the path of the binary it is of: run
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
