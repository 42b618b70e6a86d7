package simulate

import (
	"errors"
	"math"
	"strings"
	"testing"
)

var small = Table{
	Seed: 7, Alpha: 0.05,
	Methods: []Method{{Name: "ours", Doc: "looks twice"}, {Name: "theirs", Doc: "looks once"}},
	Hosts:   []HostSetting{{Host{Name: "quiet", Doc: "independent noise", Margin: 0.02}, Setting{Sigma: 0.04, Margin: 0.02, Alpha: 0.05}}},
	Rows: []Row{
		{Host: "quiet", Effect: 0.5, Method: "ours", Trials: 100, NoLoss: 0.5, Regression: 0.25, Improvement: 0, Inconclusive: 0.25,
			Pairs: 31.5, PairsError: 0.25, LowerHolds: 0.95, UpperHolds: 1},
		{Host: "quiet", Effect: 1, Method: "theirs", Trials: 100, Inconclusive: 1, Pairs: 40, LowerHolds: math.NaN(), UpperHolds: math.NaN()},
	},
}

func TestWriteTSV(t *testing.T) {
	var b strings.Builder
	if err := small.WriteTSV(&b); err != nil {
		t.Fatal(err)
	}
	const want = "host\ttheta/m\tmethod\ttrials\tno-loss\tno-loss-se\tregression\tregression-se\timprovement\timprovement-se\tinconclusive\tinconclusive-se\tpairs\tpairs-se\tlower-holds\tlower-holds-se\tupper-holds\tupper-holds-se\n" +
		"quiet\t0.5\tours\t100\t0.5\t0.05\t0.25\t0.0433\t0\t0\t0.25\t0.0433\t31.5\t0.25\t0.95\t0.02179\t1\t0\n" +
		"quiet\t1\ttheirs\t100\t0\t0\t0\t0\t0\t0\t1\t0\t40\t0\t\t\t\t\n"
	if got := b.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestWriteMarkdown(t *testing.T) {
	var b strings.Builder
	if err := small.WriteMarkdown(&b); err != nil {
		t.Fatal(err)
	}
	const want = summary + `Seed 7, one-sided level 0.05.

- **ours**: looks twice
- **theirs**: looks once

## quiet

Independent noise. Standard deviation of a paired difference 0.04, margin 0.02, fixed size 42 pairs.

| θ/m | method | no loss % | regression % | improvement % | inconclusive % | pairs | lower bound holds % | upper bound holds % |
|---:|---|---:|---:|---:|---:|---:|---:|---:|
| 0.5 | ours | 50.0 ± 5.0 | 25.0 ± 4.3 | 0.0 ± 0.0 | 25.0 ± 4.3 | 31.5 ± 0.2 | 95.0 ± 2.2 | 100.0 ± 0.0 |
| 1 | theirs | 0.0 ± 0.0 | 0.0 ± 0.0 | 0.0 ± 0.0 | 100.0 ± 0.0 | 40.0 ± 0.0 | – | – |
`
	if got := b.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

type full struct{}

var errFull = errors.New("disk full")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestWriteFails(t *testing.T) {
	if err := small.WriteTSV(full{}); !errors.Is(err, errFull) {
		t.Errorf("TSV: %v", err)
	}
	if err := small.WriteMarkdown(full{}); !errors.Is(err, errFull) {
		t.Errorf("markdown: %v", err)
	}
}
