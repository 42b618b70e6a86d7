package analysis

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aclements/go-moremath/stats"
	"golang.org/x/perf/benchfmt"
	"golang.org/x/perf/benchmath"
	"golang.org/x/perf/benchproc"
	"golang.org/x/perf/benchunit"

	"patchbench/results"
)

// confidence of the ranges in a benchstat table.
const confidence = 0.95

// A statTable is one unit's part of what benchstat prints.
type statTable struct {
	config []string // "key: value", what all its results have in common
	unit   string
	units  benchfmt.UnitMetadataMap
	rows   []statRow // in the order of first appearance
}

// A statRow is one benchmark. A side without samples has none.
type statRow struct {
	name    string
	samples map[results.Side]*benchmath.Sample
}

// Benchstat renders the samples of the run folder dir as the benchstat command
// does with -col 'side@(before after)'. The order is spelled out because
// benchstat takes for its base the side it meets first, which here is a coin
// toss. The command's own tables are not importable; these are made of the
// same libraries.
func Benchstat(dir string) ([]byte, error) {
	path := filepath.Join(dir, results.SamplesFile)
	data, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	// A line that an interruption cut short is no sample.
	tables, err := statTables(path, data[:bytes.LastIndexByte(data, '\n')+1])
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	var config []string
	for i, t := range tables {
		if i > 0 {
			b.WriteByte('\n')
		}
		if !slices.Equal(t.config, config) {
			config = t.config
			b.WriteString(strings.Join(config, "\n") + "\n\n")
		}
		t.write(&b)
	}
	if len(tables) == 0 {
		b.WriteString("no samples\n")
	}
	return b.Bytes(), nil
}

// statTables sorts the results in data by unit, benchmark and side.
func statTables(path string, data []byte) ([]*statTable, error) {
	filter, err := benchproc.NewFilter("*")
	if err != nil {
		return nil, err
	}
	var parser benchproc.ProjectionParser
	var errs [3]error
	bySide, err := parser.Parse("side@(before after)", filter)
	errs[0] = err
	byUnit, unit, err := parser.ParseWithUnit(".config", filter)
	errs[1] = err
	byName, err := parser.Parse(".fullname", filter)
	errs[2] = err
	if err := errors.Join(errs[:]...); err != nil {
		return nil, err
	}

	type cell struct{ table, row, col benchproc.Key }
	values := make(map[cell][]float64)
	rows := make(map[benchproc.Key]map[benchproc.Key]bool)
	r := benchfmt.NewReader(bytes.NewReader(data), path)
	for r.Scan() {
		switch rec := r.Result().(type) {
		case *benchfmt.SyntaxError:
			return nil, rec
		case *benchfmt.Result:
			if ok, err := filter.Apply(rec); !ok {
				if err != nil {
					return nil, fmt.Errorf("%s: %w", path, err)
				}
				continue
			}
			row, col := byName.Project(rec), bySide.Project(rec)
			for i, table := range byUnit.ProjectValues(rec) {
				if rows[table] == nil {
					rows[table] = make(map[benchproc.Key]bool)
				}
				rows[table][row] = true
				k := cell{table, row, col}
				values[k] = append(values[k], rec.Values[i].Value)
			}
		}
	}
	if err := r.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}

	thresholds := benchmath.DefaultThresholds
	side := bySide.Fields()[0]
	var tables []*statTable
	for _, table := range sorted(maps.Keys(rows)) {
		t := &statTable{unit: table.Get(unit), units: r.Units()}
		for _, field := range byUnit.FlattenedFields() {
			if value := table.Get(field); field.Name != ".unit" && value != "" {
				t.config = append(t.config, field.Name+": "+value)
			}
		}
		for _, row := range sorted(maps.Keys(rows[table])) {
			samples := make(map[results.Side]*benchmath.Sample)
			for k, v := range values {
				if k.table == table && k.row == row {
					samples[results.Side(k.col.Get(side))] = benchmath.NewSample(v, &thresholds)
				}
			}
			t.rows = append(t.rows, statRow{row.StringValues(), samples})
		}
		tables = append(tables, t)
	}
	return tables, nil
}

// sorted orders keys the way benchstat does.
func sorted(seq func(yield func(benchproc.Key) bool)) []benchproc.Key {
	keys := slices.Collect(seq)
	benchproc.SortKeys(keys)
	return keys
}

// lines renders t's rows as text cells: name, then center and range of each
// side, then the change and what it rests on. warnings are the notes of the
// libraries, each once.
func (t *statTable) lines() (lines [][]string, warnings []string) {
	assume := t.units.GetAssumption(t.unit)
	class := benchunit.ClassOf(t.unit)
	warn := func(errs []error) {
		for _, err := range errs {
			if !slices.Contains(warnings, err.Error()) {
				warnings = append(warnings, err.Error())
			}
		}
	}
	centers := make(map[results.Side][]float64)
	var ratios []float64
	for _, row := range t.rows {
		var both []float64
		summaries := make(map[results.Side]benchmath.Summary)
		for _, side := range results.Sides() {
			if s := row.samples[side]; s != nil {
				summaries[side] = assume.Summary(s, confidence)
				both = append(both, summaries[side].Center)
				centers[side] = append(centers[side], summaries[side].Center)
				warn(summaries[side].Warnings)
			}
		}
		scale := benchunit.CommonScale(both, class)
		line := []string{row.name}
		for _, side := range results.Sides() {
			s, ok := summaries[side]
			if !ok {
				line = append(line, "", "")
				continue
			}
			line = append(line, scale.Format(s.Center), "± "+s.PctRangeString())
		}
		if len(both) == 2 {
			c := assume.Compare(row.samples[results.Before], row.samples[results.After])
			warn(c.Warnings)
			line = append(line, c.FormatDelta(both[0], both[1]), "("+c.String()+")")
			ratios = append(ratios, ratio(both[0], both[1]))
		}
		lines = append(lines, line)
	}
	if len(t.rows) > 1 {
		line := []string{"geomean"}
		for _, side := range results.Sides() {
			line = append(line, geomean(centers[side], func(x float64) string { return benchunit.Scale(x, class) }), "")
		}
		change := func(x float64) string { return fmt.Sprintf("%+.2f%%", 100*(x-1)) }
		lines = append(lines, append(line, geomean(ratios, change)))
	}
	return lines, warnings
}

// ratio is after/before, two zeros being no change.
func ratio(before, after float64) float64 {
	if before == after {
		return 1
	}
	return after / before
}

// geomean formats the geometric mean of xs, or a question mark if a value that
// is not positive leaves none.
func geomean(xs []float64, format func(float64) string) string {
	if g := stats.GeoMean(xs); g > 0 && !math.IsInf(g, 1) {
		return format(g)
	}
	return "?"
}
