package results

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/perf/benchfmt"
	"golang.org/x/perf/benchunit"
)

// sampleKey starts the line that says where the next result stands in the
// schedule.
const sampleKey = "Sample:"

// ReadSamples reads samples.bench of the run folder dir, in file order, with
// units tidied. dropped is 1 if the file ends in the middle of a sample, which
// is then left out, and 0 otherwise.
func ReadSamples(dir string) (samples []Sample, dropped int, err error) {
	path := filepath.Join(dir, SamplesFile)
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, 0, err
	}
	samples, end, err := parseSamples(path, data)
	if err != nil {
		return nil, 0, err
	}
	// A file may also hold its header and no sample yet.
	if end < len(data) && (len(samples) > 0 || bytes.Contains(data, []byte("\n"+sampleKey))) {
		dropped = 1
	}
	return samples, dropped, nil
}

// parseSamples parses data and returns how many of its bytes hold whole
// samples. Bytes beyond that are what an interrupted write left.
func parseSamples(path string, data []byte) (samples []Sample, end int, err error) {
	whole := data[:bytes.LastIndexByte(data, '\n')+1]

	// benchfmt passes over the Sample lines, so they are gathered first and
	// matched by line number.
	var places []Sample
	var ends []int // ends[i] is where line i+1 stops
	for line := range bytes.Lines(whole) {
		n := len(line)
		if len(ends) > 0 {
			n += ends[len(ends)-1]
		}
		ends = append(ends, n)
		text, ok := strings.CutPrefix(string(line), sampleKey)
		if !ok {
			continue
		}
		s, err := parsePlace(text)
		if err != nil {
			return nil, 0, fmt.Errorf("%s:%d: %w", path, len(ends), err)
		}
		s.Line = len(ends)
		places = append(places, s)
	}

	seen := make(map[int]int)
	next := 0
	r := benchfmt.NewReader(bytes.NewReader(whole), path)
	for r.Scan() {
		switch rec := r.Result().(type) {
		case *benchfmt.SyntaxError:
			return nil, 0, fmt.Errorf("%s:%d: %s", path, rec.Line, rec.Msg)
		case *benchfmt.Result:
			_, line := rec.Pos()
			if next >= len(places) || places[next].Line > line {
				return nil, 0, fmt.Errorf("%s:%d: result without a %q line before it", path, line, sampleKey)
			}
			s := places[next]
			next++
			if next < len(places) && places[next].Line < line {
				return nil, 0, fmt.Errorf("%s:%d: no result follows", path, s.Line)
			}
			if first, ok := seen[s.ID]; ok {
				return nil, 0, fmt.Errorf("%s:%d: sample %d was already at line %d", path, line, s.ID, first)
			}
			seen[s.ID] = line
			s.Line = line
			s.Benchmark = rec.Name.String()
			s.Side = Side(rec.GetConfig("side"))
			if s.Side != Before && s.Side != After {
				return nil, 0, fmt.Errorf("%s:%d: side is %q, not before or after", path, line, s.Side)
			}
			s.Protocol = rec.GetConfig("protocol")
			s.Iterations = rec.Iters
			for _, v := range rec.Values {
				// The reader leaves a unit as it was where tidying does not
				// change the number, as with 0 ns.
				value, unit := benchunit.Tidy(v.Value, v.Unit)
				s.Values = append(s.Values, Value{Value: value, Unit: unit})
			}
			samples = append(samples, s)
			end = ends[line-1]
		}
	}
	if err := r.Err(); err != nil {
		return nil, 0, fmt.Errorf("%s: %w", path, err)
	}
	return samples, end, nil
}

// parsePlace parses what follows "Sample:".
func parsePlace(text string) (Sample, error) {
	var s Sample
	numbers := map[string]*int{"id": &s.ID, "round": &s.Round, "position": &s.Position, "slot": &s.Slot, "layout": &s.Layout}
	for _, field := range strings.Fields(text) {
		key, value, _ := strings.Cut(field, "=")
		switch key {
		case "order":
			if value != "ABBA" && value != "BAAB" {
				return s, fmt.Errorf("order is %q, not ABBA or BAAB", value)
			}
			s.Order = value
		case "tree":
			s.Tree = value
		case "binary":
			s.Binary = value
		default:
			p, ok := numbers[key]
			if !ok {
				return s, fmt.Errorf("unknown key %q", key)
			}
			n, err := strconv.Atoi(value)
			if err != nil || n < 0 {
				return s, fmt.Errorf("%s is %q, not a whole number", key, value)
			}
			*p = n
			delete(numbers, key)
		}
	}
	delete(numbers, "layout") // written only where there are several
	if len(numbers) > 0 || s.Order == "" {
		return s, errors.New("needs id, round, position, order and slot, once each")
	}
	if s.Slot > 3 {
		return s, fmt.Errorf("slot is %d, not 0 to 3", s.Slot)
	}
	return s, nil
}

// ReadEvents reads events.jsonl of the run folder dir, in file order. An
// incomplete last line is passed over. A folder without the file has no
// events.
func ReadEvents(dir string) ([]Event, error) {
	path := filepath.Join(dir, EventsFile)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	events, _, err := parseEvents(path, data)
	return events, err
}

func parseEvents(path string, data []byte) (events []Event, end int, err error) {
	end = bytes.LastIndexByte(data, '\n') + 1
	n := 0
	for line := range bytes.Lines(data[:end]) {
		n++
		var e Event
		if err := json.Unmarshal(line, &e); err != nil {
			return nil, 0, fmt.Errorf("%s:%d: %w", path, n, err)
		}
		events = append(events, e)
	}
	return events, end, nil
}
