package bench

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/perf/benchfmt"

	"patchbench/results"
)

// parseOutput returns the one benchmark result in what a process printed, with
// units as printed. Of several it is the one whose name pattern matches; a nil
// pattern matches all.
func parseOutput(out []byte, pattern *regexp.Regexp) (iterations int, values []results.Value, err error) {
	r := benchfmt.NewReader(bytes.NewReader(out), "output")
	found := 0
	for r.Scan() {
		switch rec := r.Result().(type) {
		case *benchfmt.SyntaxError:
			return 0, nil, fmt.Errorf("prints a malformed result: %s", rec.Msg)
		case *benchfmt.Result:
			if pattern != nil && !pattern.MatchString(resultName(rec)) {
				continue
			}
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
		if pattern == nil {
			return 0, nil, errors.New("prints no benchmark result")
		}
		return 0, nil, fmt.Errorf("prints no benchmark result that matches %s", pattern)
	}
	return iterations, values, nil
}

// resultName is a result's name as the testing package has it, without
// GOMAXPROCS.
func resultName(r *benchfmt.Result) string {
	name := "Benchmark" + string(r.Name)
	if _, parts := r.Name.Parts(); len(parts) > 0 {
		if last := string(parts[len(parts)-1]); last[0] == '-' {
			name = strings.TrimSuffix(name, last)
		}
	}
	return name
}

// processValues are the metrics of the process itself.
func processValues(o *Outcome, iterations int) []results.Value {
	values := []results.Value{
		{Value: (o.User + o.System).Seconds(), Unit: results.CPUMetric.Unit},
		{Value: o.Wall.Seconds(), Unit: results.WallMetric.Unit},
		{Value: float64(o.PeakRSS), Unit: results.RSSMetric.Unit},
		{Value: float64(o.MinorFaults), Unit: results.MinorFaultsMetric.Unit},
		{Value: float64(o.MajorFaults), Unit: results.MajorFaultsMetric.Unit},
		{Value: float64(o.Switches), Unit: results.SwitchesMetric.Unit},
	}
	for _, unit := range slices.Sorted(maps.Keys(o.Counts)) {
		values = append(values, results.Value{Value: perOp(o.Counts[unit], iterations), Unit: unit})
	}
	return values
}

// perOp divides a count by the iterations it is of.
func perOp(count uint64, iterations int) float64 {
	return float64(count) / float64(max(iterations, 1))
}

// units lists the units of values that the benchmark itself reports, sorted.
// What is measured of the process is not among them: how much that is depends
// on the host, and at times on what else it counts.
func units(values []results.Value) []string {
	var us []string
	for _, v := range values {
		if !slices.ContainsFunc(results.ProcessMetrics(), func(m results.Metric) bool { return m.Unit == v.Unit }) {
			us = append(us, v.Unit)
		}
	}
	slices.Sort(us)
	return us
}
