package simulate

import (
	"context"
	"errors"
	"math"
	"reflect"
	"runtime"
	"testing"

	moremath "github.com/aclements/go-moremath/stats"

	"patchbench/analysis/stats"
)

const alpha = 0.05

// unadjusted looks as often as a run does and tests at alpha each time.
func unadjusted() Method {
	return Method{Name: "unadjusted", New: func(s Setting) (Judge, int) {
		p := s.protocol()
		return func(d Data) Outcome {
			var o Outcome
			for _, rounds := range p.LookRounds(&p.Benchmarks[0]) {
				test := stats.NewSignedRank(d.Differences()[:pairsPerRound*rounds])
				o = Outcome{Verdict: decide(test, s.Margin, s.Alpha, s.Alpha), Pairs: pairsPerRound * rounds, Lower: test.Lower(s.Alpha), Upper: test.Upper(s.Alpha)}
				if o.Verdict != Inconclusive {
					break
				}
			}
			return o
		}, pairsPerRound * p.Rounds
	}}
}

func run(t *testing.T, p Params) map[string]map[float64]Row {
	t.Helper()
	p.Alpha, p.Workers = alpha, runtime.GOMAXPROCS(0)
	table, err := Run(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	rows := make(map[string]map[float64]Row)
	for _, r := range table.Rows {
		if rows[r.Method] == nil {
			rows[r.Method] = make(map[float64]Row)
		}
		rows[r.Method][r.Effect] = r
		t.Logf("%s, θ = %g m, %s: no loss or better %.3f, regression %.3f, pairs %.1f ± %.1f, bounds hold %.3f and %.3f",
			r.Host, r.Effect, r.Method, r.Excluded(), r.Regression, r.Pairs, r.PairsError, r.LowerHolds, r.UpperHolds)
	}
	return rows
}

func host(name string) []Host {
	for _, h := range Hosts() {
		if h.Name == name {
			return []Host{h}
		}
	}
	return nil
}

// z is the value that a standard normal variable exceeds with probability p.
func z(p float64) float64 { return -moremath.StdNormal.InvCDF(p) }

// exceeds reports whether a rate of r is above limit by more than three of the
// standard errors it would have at limit.
func exceeds(r Row, rate, limit float64) bool { return rate > limit+3*r.Error(limit) }

// checkCoverage fails unless each of r's bounds, promised at 95 %, holds in 93 to
// 97 % of trials: below by no standard error, above by three.
func checkCoverage(t *testing.T, r Row) {
	t.Helper()
	for _, holds := range []float64{r.LowerHolds, r.UpperHolds} {
		if holds < 0.93 || holds > 0.97+3*r.Error(0.97) {
			t.Errorf("%s, θ = %g m: a bound holds in %.3f ± %.3f", r.Host, r.Effect, holds, r.Error(holds))
		}
	}
}

// What is promised of a sequential comparison, on the quiet host.
func TestPromises(t *testing.T) {
	rows := run(t, Params{
		Hosts:   host("quiet"),
		Methods: []Method{Sequential(), PairedFixed(), unadjusted()},
		Effects: []float64{0, 1, 2}, Trials: 1500, Seed: 11,
	})
	ours, fixed, broken := rows["sequential"], rows["paired, fixed"], rows["unadjusted"]

	if exceeds(ours[0], ours[0].Regression, alpha) {
		t.Errorf("false alarms in %.3f", ours[0].Regression)
	}
	if exceeds(ours[0], ours[0].Improvement, alpha) {
		t.Errorf("false improvements in %.3f", ours[0].Improvement)
	}
	if exceeds(ours[1], ours[1].Excluded(), alpha) {
		t.Errorf("false no loss at the margin in %.3f", ours[1].Excluded())
	}
	for _, r := range ours {
		checkCoverage(t, r)
	}
	if ours[0].Excluded() < 0.9 {
		t.Errorf("power %.3f where nothing is lost, promised 0.9", ours[0].Excluded())
	}
	if ours[2].Regression < 0.99 {
		t.Errorf("a loss of twice the margin is found in %.3f", ours[2].Regression)
	}

	// The fixed size of equal power by the normal approximation, from the
	// measured power of the one simulated.
	scale := (z(alpha) - z(ours[0].Excluded())) / (z(alpha) - z(fixed[0].Excluded()))
	if equal := fixed[0].Pairs * scale * scale; ours[0].Pairs > 0.6*equal {
		t.Errorf("%.1f ± %.1f pairs where nothing is lost, more than 0.6 of the %.1f that a fixed size needs for the same power",
			ours[0].Pairs, ours[0].PairsError, equal)
	}

	if !exceeds(broken[0], broken[0].Regression, alpha) || !exceeds(broken[1], broken[1].Excluded(), alpha) {
		t.Errorf("looks at 5 %% each pass: false alarms %.3f, false no loss %.3f", broken[0].Regression, broken[1].Excluded())
	}
}

// The promises hold on a host that remembers too, which leads batches astray.
func TestDrift(t *testing.T) {
	rows := run(t, Params{
		Hosts: host("drift"), Methods: []Method{Sequential(), MannWhitney("two-batch", true)},
		Effects: []float64{0, 1}, Trials: 1000, Seed: 12,
	})
	ours := rows["sequential"]
	if exceeds(ours[0], ours[0].Regression, alpha) {
		t.Errorf("false alarms in %.3f", ours[0].Regression)
	}
	if exceeds(ours[1], ours[1].Excluded(), alpha) {
		t.Errorf("false no loss at the margin in %.3f", ours[1].Excluded())
	}
	for _, r := range ours {
		checkCoverage(t, r)
	}
	if batches := rows["two-batch"][0]; batches.Regression+batches.Improvement < 0.25 {
		t.Errorf("two batches of the same differ in %.3f only; is the host's memory gone?", batches.Regression+batches.Improvement)
	}
}

// The bounds hold on the worst host too, and where a loss is so large that a
// dozen pairs decide.
func TestCoverageOnASharedHost(t *testing.T) {
	rows := run(t, Params{
		Hosts: host("shared"), Methods: []Method{Sequential()},
		Effects: []float64{0, 2}, Trials: 1500, Seed: 15,
	})
	for _, r := range rows["sequential"] {
		checkCoverage(t, r)
	}
}

func TestWorkersDoNotMatter(t *testing.T) {
	p := Params{Hosts: host("shared"), Methods: Methods(), Effects: []float64{0, 2}, Trials: 12, Seed: 14, Alpha: alpha}
	var tables [2][]Row
	for i, workers := range []int{1, 5} {
		p.Workers = workers
		table, err := Run(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		tables[i] = table.Rows
		for j := range tables[i] { // NaN is not equal to itself
			if r := &tables[i][j]; math.IsNaN(r.LowerHolds) {
				r.LowerHolds, r.UpperHolds = -1, -1
			}
		}
	}
	if !reflect.DeepEqual(tables[0], tables[1]) {
		t.Errorf("1 worker:\n%v\n5 workers:\n%v", tables[0], tables[1])
	}
	if want := len(p.Methods) * len(p.Effects); len(tables[0]) != want {
		t.Errorf("%d rows, want %d", len(tables[0]), want)
	}
}

func TestRunCanceled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	table, err := Run(ctx, Params{Hosts: Hosts(), Methods: Methods(), Effects: []float64{0}, Trials: 5, Alpha: alpha})
	if table != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, %v", table, err)
	}
}
