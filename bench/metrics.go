package bench

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"patchbench/results"
)

// A test binary can't be asked for its runtime/metrics from outside. So one is
// compiled, for that pass alone, with a file more in its package: an external
// test file whose only benchmark runs last in the same process and prints what
// the runtime has counted since the process began.

// metricsFile is the name the file goes by in the package's folder, by way of
// go test -overlay. It sorts behind the names of most others.
const metricsFile = "zz_patchbench_test.go"

// metricsBenchmark is the name of its benchmark.
const metricsBenchmark = "BenchmarkZZPatchbenchMetrics"

// metricsPrefix begins the lines it prints.
const metricsPrefix = "patchbench-metric "

//go:embed metrics_source.txt
var metricsText string

var packageName = regexp.MustCompile(`^[\pL_][\pL_\pN]*$`)

// metricsSource is the text of metricsFile for the package called name, which
// is not always the end of its import path. It compiles with Go 1.16 and
// later. What a release does not know of the metrics, it does not print: the
// CPU classes came with Go 1.20, the latencies of the scheduler with 1.17.
func metricsSource(name string) (string, error) {
	if !packageName.MatchString(name) {
		return "", fmt.Errorf("add a file to package %q: that is not the name of a package", name)
	}
	return strings.Replace(metricsText, "package NAME_test", "package "+name+"_test", 1), nil
}

// metricsPattern widens a -test.bench pattern by metricsBenchmark. Only what
// stands before the first slash is matched against whole benchmarks.
func metricsPattern(pattern string) string {
	first, rest := pattern, ""
	square, round := 0, 0
	for i, c := range pattern {
		switch {
		case c == '[':
			square++
		case c == ']' && square > 0:
			square--
		case c == '(' && square == 0:
			round++
		case c == ')' && square == 0:
			round--
		case c == '/' && square == 0 && round == 0 && rest == "":
			first, rest = pattern[:i], pattern[i:]
		}
	}
	// In parentheses, since new releases take a bare bar to part whole
	// patterns.
	return "((" + first + ")|^" + metricsBenchmark + "$)" + rest
}

// parseMetrics reads the metrics from what a process printed that ran so many
// iterations. That it printed none is an error.
func parseMetrics(out []byte, iterations int) (*results.RuntimeMetrics, error) {
	m := &results.RuntimeMetrics{Iterations: iterations, Values: make(map[string]float64), Histograms: make(map[string][]results.Bucket)}
	for line := range bytes.Lines(out) {
		text, ok := strings.CutPrefix(string(line), metricsPrefix)
		if !ok {
			continue
		}
		fields := strings.Fields(text)
		if len(fields) < 2 || !strings.HasPrefix(fields[0], "/") {
			return nil, fmt.Errorf("read the runtime's metrics: %q is not a name, a kind and values", strings.TrimSpace(text))
		}
		name, values := fields[0], fields[2:]
		var err error
		switch fields[1] {
		case "value":
			m.Values[name], err = parseMetric(values)
		case "histogram":
			m.Histograms[name], err = parseHistogram(values)
		default:
			err = fmt.Errorf("unknown kind %q", fields[1])
		}
		if err != nil {
			return nil, fmt.Errorf("read the runtime's metric %s: %w", name, err)
		}
	}
	if len(m.Values)+len(m.Histograms) == 0 {
		return nil, fmt.Errorf("read the runtime's metrics: the process printed none; %s did not run", metricsBenchmark)
	}
	if err := m.Check(); err != nil {
		return nil, fmt.Errorf("read the runtime's metrics: %w", err)
	}
	return m, nil
}

func parseMetric(values []string) (float64, error) {
	if len(values) != 1 {
		return 0, fmt.Errorf("has %d values, not one", len(values))
	}
	return strconv.ParseFloat(values[0], 64)
}

func parseHistogram(values []string) ([]results.Bucket, error) {
	buckets := []results.Bucket{}
	for _, v := range values {
		parts := strings.Split(v, ",")
		if len(parts) != 3 {
			return nil, fmt.Errorf("bucket %q is not two bounds and a count", v)
		}
		var b results.Bucket
		var errs [3]error
		b.Low, errs[0] = strconv.ParseFloat(parts[0], 64)
		b.High, errs[1] = strconv.ParseFloat(parts[1], 64)
		b.Count, errs[2] = strconv.ParseUint(parts[2], 10, 64)
		if err := errors.Join(errs[:]...); err != nil {
			return nil, fmt.Errorf("bucket %q: not two bounds and a count", v)
		}
		if math.IsInf(b.Low, -1) {
			b.Low = 0
			if b.High <= 0 {
				continue // less than no time at all
			}
		}
		b.High = min(b.High, math.MaxFloat64)
		buckets = append(buckets, b)
	}
	return buckets, nil
}
