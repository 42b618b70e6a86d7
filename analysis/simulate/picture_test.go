package simulate

import (
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestGoldenPictures(t *testing.T) {
	table := small
	table.Rows = append([]Row{
		{Host: "quiet", Effect: 0, Method: "ours", Trials: 100, Regression: 0.04, NoLoss: 0.9, Pairs: 20, PairsError: 1, LowerHolds: 0.96, UpperHolds: 0.95},
		{Host: "quiet", Effect: 0, Method: "theirs", Trials: 100, Regression: 0.2, Improvement: 0.1, Inconclusive: 0.7, Pairs: 40, LowerHolds: math.NaN(), UpperHolds: math.NaN()},
	}, small.Rows...)
	for name, write := range map[string]func(io.Writer) error{
		"false-alarms": table.WriteFalseAlarms, "power": table.WritePower, "pairs": table.WritePairs,
	} {
		var b strings.Builder
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		if err := xml.Unmarshal([]byte(b.String()), new(struct{})); err != nil || strings.Contains(b.String(), "NaN") {
			t.Errorf("%s is no SVG: %v", name, err)
		}
		if err := write(full{}); !errors.Is(err, errFull) {
			t.Errorf("%s: %v", name, err)
		}
		path := filepath.Join("testdata", name+".svg")
		if *update {
			if err := os.MkdirAll("testdata", 0o777); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(b.String()), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		if want, err := os.ReadFile(path); err != nil || string(want) != b.String() {
			t.Errorf("%s differs (%v); if that is meant, run the test with -update", path, err)
		}
	}
}

func TestTicks(t *testing.T) {
	for _, test := range []struct {
		most float64
		want []float64
	}{
		{0, []float64{0, 1}},
		{2, []float64{0, 0.5, 1, 1.5, 2}},
		{100, []float64{0, 20, 40, 60, 80, 100}},
		{37, []float64{0, 10, 20, 30, 40}},
		{201, []float64{0, 50, 100, 150, 200, 250}},
	} {
		if got := ticks(test.most); !reflect.DeepEqual(got, test.want) {
			t.Errorf("ticks to %g: %v, want %v", test.most, got, test.want)
		}
	}
}
