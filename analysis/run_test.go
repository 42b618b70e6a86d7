package analysis

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"patchbench/results"
)

// testMetrics are the primary metrics of the synthetic runs.
func testMetrics() []results.Metric {
	return []results.Metric{{Unit: "sec/op", Kind: results.Time, Better: "lower", Margin: 0.02}}
}

func testBenchmark(name string, procs int) results.Benchmark {
	return results.Benchmark{
		Name: name, Procs: procs, Iterations: 100, Seconds: 0.5,
		Difference: results.Code, Moved: 1263, NumChanged: 2, Primary: testMetrics(),
	}
}

func testProtocol(benchmarks ...results.Benchmark) *results.Protocol {
	return &results.Protocol{
		Format: results.Format, Experiment: "demo", Claim: "no-loss", Seed: 1,
		Created: time.Date(2026, 11, 24, 6, 0, 0, 0, time.UTC),
		Host:    results.Host{Name: "h", Class: "linux-amd64-x-2", GOOS: "linux", GOARCH: "amd64", CPU: "x", Cores: 2},
		Alpha:   0.05, MinPairs: 10, Rounds: 10, Geomean: 0.01,
		Margins:    map[results.Kind]float64{results.Time: 0.02},
		Benchmarks: benchmarks,
	}
}

// A fakeRun writes run folders without running anything.
type fakeRun struct {
	protocol *results.Protocol
	// values are what a sample prints. Samples come in the order of the
	// schedule, slowed by what the host does to both samples of a pair.
	values func(s *results.Sample, host float64) []results.Value
	event  func(s *results.Sample, e *results.Event) // nil leaves a quiet host
	extra  []results.Event
	rounds int            // measured, if fewer than planned
	stop   map[string]int // rounds after which a benchmark was decided
}

// secPerOp is the usual benchmark: 1 ms/op, after slower by effect (a
// logarithm), each process off by noise.
func secPerOp(effect, noise float64) func(*results.Sample, float64) []results.Value {
	rng := rand.New(rand.NewPCG(21, 22))
	return func(s *results.Sample, host float64) []results.Value {
		x := host + noise*rng.NormFloat64()
		if s.Side == results.After {
			x += effect
		}
		return []results.Value{{Value: 1e6 * math.Exp(x), Unit: "ns/op"}}
	}
}

func (f *fakeRun) write(t testing.TB) (dir string) {
	t.Helper()
	dir = t.TempDir()
	if _, err := results.WriteProtocol(dir, f.protocol); err != nil {
		t.Fatal(err)
	}
	// Written by hand: results.Writer waits for the disk at each sample.
	var samples, events bytes.Buffer
	log := func(e results.Event) {
		if err := json.NewEncoder(&events).Encode(e); err != nil {
			t.Fatal(err)
		}
	}
	samples.WriteString("goos: linux\ngoarch: amd64\nUnit p99-ns better=lower\n")
	now := f.protocol.Created
	log(results.Event{Kind: results.EventStart, Time: now})
	rounds := f.protocol.Rounds
	if f.rounds > 0 {
		rounds = f.rounds
	}
	rng := rand.New(rand.NewPCG(f.protocol.Seed, 1))
	id := 0
	for round := range rounds {
		for position, b := range f.protocol.Benchmarks {
			if !b.Measured() || round >= f.protocol.RoundsOf(&b) || f.stop[b.Name] > 0 && round >= f.stop[b.Name] {
				continue
			}
			f.block(results.Sample{ID: id, Benchmark: b.Name, Round: round, Position: position, Layout: round % max(1, len(b.Layouts))}, rng, &samples, &now, log)
			id += 4
			if b.Controls(round) {
				f.block(results.Sample{ID: id, Benchmark: b.Name, Round: round, Position: position, Control: true}, rng, &samples, &now, log)
				id += 4
			}
		}
	}
	for _, e := range f.extra {
		e.Time = now
		log(e)
	}
	if rounds == f.protocol.Rounds {
		log(results.Event{Kind: results.EventDone, Time: now})
	}
	for name, data := range map[string][]byte{results.SamplesFile: samples.Bytes(), results.EventsFile: events.Bytes()} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// block writes four samples that have all but the slot in common.
func (f *fakeRun) block(all results.Sample, rng *rand.Rand, samples *bytes.Buffer, now *time.Time, log func(results.Event)) {
	all.Order, all.Iterations = []string{"ABBA", "BAAB"}[rng.IntN(2)], 100
	host := 0.0
	for slot := range 4 {
		if slot%2 == 0 {
			host = 0.05 * rng.NormFloat64()
		}
		s := all
		s.ID, s.Slot, s.Side = all.ID+slot, slot, results.Before
		key := ""
		if s.Control {
			key = " control=1"
		}
		if s.Layout > 0 {
			key = fmt.Sprintf(" layout=%d", s.Layout)
		}
		if s.Order[slot] == 'B' {
			s.Side = results.After
			if s.Control {
				s.Side = results.Control
			}
		}
		s.Values = f.values(&s, host)
		*now = now.Add(time.Second)
		if s.Values == nil {
			continue
		}
		e := results.Event{Kind: results.EventSample, Time: *now, Sample: s.ID, Benchmark: s.Benchmark, Side: s.Side, Wall: 0.5, Load: 1}
		if f.event != nil {
			f.event(&s, &e)
		}
		log(e)
		fmt.Fprintf(samples, "side: %s\nSample: id=%d round=%d position=%d order=%s slot=%d%s tree=t binary=b\nBenchmark%s 100",
			s.Side, s.ID, s.Round, s.Position, s.Order, s.Slot, key, s.Benchmark)
		for _, v := range s.Values {
			fmt.Fprintf(samples, " %v %s", v.Value, v.Unit)
		}
		samples.WriteByte('\n')
	}
}

func analyze(t *testing.T, dir string) *Analysis {
	t.Helper()
	a, err := Analyze(dir, Question{})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// benchmark returns the analysis of one benchmark by name.
func (a *Analysis) benchmark(t *testing.T, name string) *Benchmark {
	t.Helper()
	i := slices.IndexFunc(a.Benchmarks, func(b Benchmark) bool { return b.Name == name })
	if i < 0 {
		t.Fatalf("no benchmark %s", name)
	}
	return &a.Benchmarks[i]
}
