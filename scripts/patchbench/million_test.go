package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"patchbench/results"
)

// writeMillion writes a run folder of 10⁶ samples: 50 benchmarks of 10000 pairs,
// three primary metrics and ten values a sample.
func writeMillion(b *testing.B, dir string) {
	const benchmarks, rounds = 50, 5000
	primary := []results.Metric{results.OpMetric, results.CPUMetric, results.RSSMetric}
	for i := range primary {
		primary[i].Margin = 0.02
	}
	p := &results.Protocol{
		Format: results.Format, Experiment: "million", Claim: "no-loss", Seed: 1,
		Created: time.Date(2026, 11, 24, 6, 0, 0, 0, time.UTC),
		Host:    results.Host{Name: "h", Class: "linux-amd64-x-2", GOOS: "linux", GOARCH: "amd64", CPU: "x", Cores: 2},
		Alpha:   0.05, MinPairs: 10, Rounds: rounds, Looks: results.DefaultLooks(), Geomean: 0.01,
	}
	for i := range benchmarks {
		p.Benchmarks = append(p.Benchmarks, results.Benchmark{
			Name: fmt.Sprintf("B%d-4", i), Procs: 4, Iterations: 100, Seconds: 1, Difference: results.Code, Primary: primary,
		})
	}
	digest, err := results.WriteProtocol(dir, p)
	if err != nil {
		b.Fatal(err)
	}
	var files [2]*bufio.Writer
	for i, name := range []string{results.SamplesFile, results.EventsFile} {
		f, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			b.Fatal(err)
		}
		defer f.Close()
		files[i] = bufio.NewWriter(f)
		defer files[i].Flush()
	}
	samples, events := files[0], json.NewEncoder(files[1])
	fmt.Fprintf(samples, "goos: linux\ngoarch: amd64\nprotocol: %s\n", digest)
	rng := rand.New(rand.NewPCG(1, 2))
	now, id := p.Created, 0
	for round := range rounds {
		for position, bench := range p.Benchmarks {
			order := []string{"ABBA", "BAAB", "ABAB", "BABA"}[rng.IntN(4)]
			for slot, letter := range order {
				side := results.Before
				if letter == 'B' {
					side = results.After
				}
				now = now.Add(time.Second)
				events.Encode(results.Event{
					Time: now, Kind: results.EventSample, Sample: id, Benchmark: bench.Name, Side: side,
					Wall: 1, User: 1.99796, System: 0.103686, PeakRSS: 33832960, Load: 3.34, Busy: math.Round(1e4*rng.Float64()) / 1e6, Pressure: 0.0201,
				})
				fmt.Fprintf(samples, "side: %s\nSample: id=%d round=%d position=%d order=%s slot=%d tree=0123456789ab binary=0123456789ab\nBenchmark%s\t100",
					side, id, round, position, order, slot, bench.Name)
				for _, unit := range []string{"ns/op", "p50-ns", "p99-ns", "B/op", "allocs/op", "cpu-sec", "wall-sec", "peak-RSS-bytes", "minor-faults", "ctx-switches"} {
					fmt.Fprintf(samples, "\t%d %s", int(1e6*math.Exp(0.05*rng.NormFloat64())), unit)
				}
				samples.WriteByte('\n')
				id++
			}
		}
	}
	events.Encode(results.Event{Time: now, Kind: results.EventDone})
}

// measured runs cmd and returns its wall time and its peak of resident memory
// in bytes.
func measured(b *testing.B, cmd *exec.Cmd) (wall time.Duration, peak float64) {
	b.Helper()
	stderr, err := cmd.StderrPipe()
	if err != nil {
		b.Fatal(err)
	}
	start := time.Now()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	said, _ := io.ReadAll(stderr)
	if err := cmd.Wait(); err != nil {
		b.Fatalf("%s: %v\n%s", cmd.Path, err, said)
	}
	return time.Since(start), 1024 * float64(cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss)
}

// BenchmarkAnalyzeMillion judges a run of a million samples, and lets benchstat
// read the same file.
func BenchmarkAnalyzeMillion(b *testing.B) {
	dir := b.TempDir()
	benchstat := filepath.Join(dir, "benchstat")
	if out, err := exec.Command("go", "build", "-o", benchstat, "golang.org/x/perf/cmd/benchstat").CombinedOutput(); err != nil {
		b.Fatalf("build benchstat: %v\n%s", err, out)
	}
	run := filepath.Join(dir, "run")
	if err := os.Mkdir(run, 0o777); err != nil {
		b.Fatal(err)
	}
	writeMillion(b, run)
	var wall [2]time.Duration
	var peak [2]float64
	for b.Loop() {
		for i, cmd := range []*exec.Cmd{
			command(dir, os.Environ(), "analyze", "--exit-zero", run),
			exec.Command(benchstat, "-col", "side", filepath.Join(run, results.SamplesFile)),
		} {
			w, p := measured(b, cmd)
			wall[i], peak[i] = wall[i]+w, max(peak[i], p)
		}
	}
	n := float64(b.N)
	b.ReportMetric(wall[0].Seconds()/n, "analyze-s")
	b.ReportMetric(wall[1].Seconds()/n, "benchstat-s")
	b.ReportMetric(wall[0].Seconds()/wall[1].Seconds(), "analyze/benchstat")
	b.ReportMetric(peak[0]/1e6, "analyze-peak-MB")
	b.ReportMetric(peak[1]/1e6, "benchstat-peak-MB")
}
