package bench

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/perf/benchfmt"

	"patchbench/results"
)

// parseOutput returns the one benchmark result in what a test binary printed,
// with units as printed.
func parseOutput(out []byte) (iterations int, values []results.Value, err error) {
	r := benchfmt.NewReader(bytes.NewReader(out), "output")
	found := 0
	for r.Scan() {
		switch rec := r.Result().(type) {
		case *benchfmt.SyntaxError:
			return 0, nil, fmt.Errorf("prints a malformed result: %s", rec.Msg)
		case *benchfmt.Result:
			found++
			if found > 1 {
				return 0, nil, fmt.Errorf("pattern matches more than one benchmark (%s is one): make it match one", rec.Name)
			}
			iterations = rec.Iters
			for _, v := range rec.Values {
				if v.OrigUnit != "" {
					v.Value, v.Unit = v.OrigValue, v.OrigUnit
				}
				values = append(values, results.Value{Value: v.Value, Unit: v.Unit})
			}
		}
	}
	if err := r.Err(); err != nil {
		return 0, nil, err
	}
	if found == 0 {
		return 0, nil, errors.New("prints no benchmark result: check the pattern")
	}
	return iterations, values, nil
}

// processValues are the metrics of the process itself.
func processValues(o *Outcome) []results.Value {
	return []results.Value{
		{Value: (o.User + o.System).Seconds(), Unit: results.CPUMetric.Unit},
		{Value: o.Wall.Seconds(), Unit: results.WallMetric.Unit},
		{Value: float64(o.PeakRSS), Unit: results.RSSMetric.Unit},
	}
}

// units lists the units of values, sorted.
func units(values []results.Value) []string {
	var us []string
	for _, v := range values {
		us = append(us, v.Unit)
	}
	slices.Sort(us)
	return us
}
