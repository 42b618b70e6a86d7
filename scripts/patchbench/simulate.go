package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"github.com/spf13/cobra"

	"patchbench/analysis/simulate"
	"patchbench/bench"
	"patchbench/results"
)

// What make simulate plays: enough trials that a rate of 5 % is known to 0.5 %.
const (
	simulateTrials = 2000
	simulateSeed   = 20261124
	simulateAlpha  = bench.Alpha
)

// stretch is how many processes of a real run stay together when they are
// replayed: about as far as they were seen to resemble each other.
const stretch = 12

func (a *app) simulateCommand() *cobra.Command {
	var replay, dir string
	cmd := &cobra.Command{
		Use:   "simulate",
		Short: "Play out what the verdicts' promises are worth",
		Long: `Simulate plays whole comparisons on synthetic hosts, where the truth is known,
with the code that gives verdicts to runs, and counts how often it is right,
wrong or undecided and how many pairs that takes, beside other ways to decide.
It takes some minutes, and always comes to the same table.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.simulate(cmd.Context(), dir, replay)
		},
	}
	cmd.Flags().StringVar(&dir, "results", filepath.Join("results", "simulation"), "folder for the tables and pictures")
	cmd.Flags().StringVar(&replay, "replay", "", "a run folder, best one of a calibration, whose noise is replayed as a host too")
	return cmd
}

func (a *app) simulate(ctx context.Context, dir, replay string) error {
	a.ui.begin("simulate")
	hosts := simulate.Hosts()
	if replay != "" {
		h, err := replayed(replay)
		if err != nil {
			return err
		}
		hosts = append(hosts, h)
	}
	start := a.now()
	table, err := simulate.Run(ctx, simulate.Params{
		Hosts: hosts, Methods: simulate.Methods(), Effects: []float64{0, 0.5, 1, 1.5, 2},
		Trials: simulateTrials, Seed: simulateSeed, Alpha: simulateAlpha, Workers: runtime.GOMAXPROCS(0),
	})
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	files := table.Pictures()
	files["table.tsv"], files["README.md"] = table.WriteTSV, table.WriteMarkdown
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := writeTo(filepath.Join(dir, name), files[name]); err != nil {
			return err
		}
	}
	a.ui.logf("%d trials of each in %s", simulateTrials, results.Exactly(a.now().Sub(start)))
	fmt.Fprintf(a.stdout, "table: %s\n", display(filepath.Join(dir, "README.md")))
	return nil
}

// replayed is a host that replays the noisiest benchmark that is timed of a run
// folder: its processes of before, and those of a copy of before.
func replayed(dir string) (simulate.Host, error) {
	p, _, err := results.ReadProtocol(dir)
	if err != nil {
		return simulate.Host{}, err
	}
	samples, _, err := results.ReadSamples(dir)
	if err != nil {
		return simulate.Host{}, err
	}
	copied := make(map[string]bool)
	for i := range p.Benchmarks {
		copied[p.Benchmarks[i].Name] = p.Benchmarks[i].Difference == results.Copied
	}
	logs := make(map[string][]float64)
	for i := range samples {
		s := &samples[i]
		if v, ok := s.Value(results.OpMetric.Unit); ok && v > 0 && (s.Side == results.Before || copied[s.Benchmark]) {
			logs[s.Benchmark] = append(logs[s.Benchmark], math.Log(v))
		}
	}
	name, widest := "", 0.0
	for _, b := range p.Benchmarks {
		if x := logs[b.Name]; len(x) >= 2*stretch {
			if w := slices.Max(x) - slices.Min(x); w > widest {
				name, widest = b.Name, w
			}
		}
	}
	if name == "" {
		return simulate.Host{}, fmt.Errorf("%s: no benchmark has %d timed samples of before to replay", dir, 2*stretch)
	}
	return simulate.Bootstrap("replayed", logs[name], stretch, math.Log1p(0.05)), nil
}

// writeTo writes a whole file or nothing.
func writeTo(path string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	err = write(f)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Chmod(f.Name(), 0o644)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return os.Rename(f.Name(), path)
}
