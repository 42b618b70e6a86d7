package results

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"

	"golang.org/x/perf/benchfmt"
	"golang.org/x/perf/benchunit"
)

// sampleKey starts the line that says where the next result stands in the
// schedule.
const sampleKey = "Sample:"

// A sampleReader reads samples one by one. benchfmt passes over the Sample
// lines, so they are caught on their way to it.
type sampleReader struct {
	path    string
	lines   *wholeLines
	bench   *benchfmt.Reader
	strings map[string]string // those of the samples are few: each is kept once
	last    struct{ name, side, protocol, tree, binary string }
	ids     map[int]*[idsAPage]int32
	place   Sample // by the first Sample line since the last result
	places  int    // how many there were since then
	damage  error  // what is wrong with the last Sample line
	begun   bool   // a Sample line, perhaps cut short, follows another line
	samples int
	end     int64 // of the last sample
}

// idsAPage is how many IDs, which come in a row, share a page of lines, so that
// the line of each of many samples takes next to nothing.
const idsAPage = 16

func newSampleReader(path string, in io.Reader) *sampleReader {
	r := &sampleReader{path: path, strings: make(map[string]string), ids: make(map[int]*[idsAPage]int32)}
	r.lines = newWholeLines(in, r.see)
	r.bench = benchfmt.NewReader(r.lines, path)
	return r
}

// see takes in a line before benchfmt does.
func (r *sampleReader) see(line []byte) error {
	text, ok := bytes.CutPrefix(line, []byte(sampleKey))
	if !ok {
		return nil
	}
	r.begun = r.begun || r.lines.n > 1
	if r.places++; r.places > 1 {
		var other Sample
		r.damage = r.parsePlace(&other, text)
	} else {
		r.place = Sample{Line: r.lines.n, Values: r.place.Values[:0]}
		r.damage = r.parsePlace(&r.place, text)
	}
	if r.damage != nil {
		r.damage = fmt.Errorf("%s:%d: %w", r.path, r.lines.n, r.damage)
	}
	return r.damage
}

// each calls f with each sample, which it owns.
func (r *sampleReader) each(f func(s *Sample) error) error {
	for r.bench.Scan() {
		switch rec := r.bench.Result().(type) {
		case *benchfmt.SyntaxError:
			return fmt.Errorf("%s:%d: %s", r.path, rec.Line, rec.Msg)
		case *benchfmt.Result:
			if err := r.complete(rec); err != nil {
				return err
			}
			if err := f(&r.place); err != nil {
				return err
			}
		}
	}
	if r.damage != nil {
		return r.damage
	}
	if err := r.bench.Err(); err != nil {
		return fmt.Errorf("%s: %w", r.path, err)
	}
	r.begun = r.begun || r.lines.n > 0 && bytes.HasPrefix(r.lines.tail, []byte(sampleKey))
	return nil
}

// complete adds to r.place the result that belongs there.
func (r *sampleReader) complete(rec *benchfmt.Result) error {
	_, line := rec.Pos()
	switch s := &r.place; {
	case r.places == 0:
		return fmt.Errorf("%s:%d: result without a %q line before it", r.path, line, sampleKey)
	case r.places > 1:
		return fmt.Errorf("%s:%d: no result follows", r.path, s.Line)
	}
	s := &r.place
	r.places = 0
	page := r.ids[s.ID/idsAPage]
	if page == nil {
		page = new([idsAPage]int32)
		r.ids[s.ID/idsAPage] = page
	}
	if first := page[s.ID%idsAPage]; first > 0 {
		return fmt.Errorf("%s:%d: sample %d was already at line %d", r.path, line, s.ID, first)
	}
	page[s.ID%idsAPage] = int32(line)
	s.Line = line
	s.Benchmark = r.intern(rec.Name, &r.last.name)
	s.Side = Side(r.config(rec, "side", &r.last.side))
	switch {
	case s.Control && s.Side != Before && s.Side != Control:
		return fmt.Errorf("%s:%d: side is %q in a block with the control, not before or control", r.path, line, s.Side)
	case !s.Control && s.Side != Before && s.Side != After:
		return fmt.Errorf("%s:%d: side is %q, not before or after", r.path, line, s.Side)
	}
	s.Protocol = r.config(rec, "protocol", &r.last.protocol)
	s.Iterations = rec.Iters
	for _, v := range rec.Values {
		unit := v.Unit
		if v.OrigUnit == "" {
			// benchfmt leaves a unit as it was where tidying does not change
			// the number, as with 0 ns.
			_, unit = benchunit.Tidy(v.Value, unit)
		}
		s.Values = append(s.Values, Value{Value: v.Value, Unit: unit})
	}
	r.samples++
	r.end = r.lines.end
	return nil
}

func (r *sampleReader) config(rec *benchfmt.Result, key string, last *string) string {
	i, ok := rec.ConfigIndex(key)
	if !ok {
		return ""
	}
	return r.intern(rec.Config[i].Value, last)
}

// intern returns text, of which last is what it was the last time: mostly the
// same.
func (r *sampleReader) intern(text []byte, last *string) string {
	if string(text) == *last {
		return *last
	}
	s, ok := r.strings[string(text)]
	if !ok {
		s = string(text)
		r.strings[s] = s
	}
	*last = s
	return s
}

// placeKeys are the numbers of a Sample line, all but the last of them always
// there.
var placeKeys = [...]string{"id", "round", "position", "slot", "layout"}

// parsePlace parses what follows "Sample:" into s.
func (r *sampleReader) parsePlace(s *Sample, text []byte) error {
	numbers := [len(placeKeys)]*int{&s.ID, &s.Round, &s.Position, &s.Slot, &s.Layout}
fields:
	for field := range bytes.FieldsSeq(text) {
		key, value, _ := bytes.Cut(field, []byte("="))
		switch string(key) {
		case "order":
			switch string(value) {
			case "ABBA":
				s.Order = "ABBA"
			case "BAAB":
				s.Order = "BAAB"
			case "ABAB":
				s.Order = "ABAB"
			case "BABA":
				s.Order = "BABA"
			default:
				return fmt.Errorf("order is %q, not two pairs of A and B", value)
			}
			continue
		case "control":
			if string(value) != "1" {
				return fmt.Errorf("control is %q, not 1", value)
			}
			s.Control = true
			continue
		case "tree":
			s.Tree = r.intern(value, &r.last.tree)
			continue
		case "binary":
			s.Binary = r.intern(value, &r.last.binary)
			continue
		}
		for i, name := range placeKeys {
			if string(key) != name || numbers[i] == nil {
				continue
			}
			n, err := strconv.Atoi(string(value))
			if err != nil || n < 0 {
				return fmt.Errorf("%s is %q, not a whole number", key, value)
			}
			*numbers[i], numbers[i] = n, nil
			continue fields
		}
		return fmt.Errorf("unknown key %q", key)
	}
	for _, missing := range numbers[:len(numbers)-1] {
		if missing != nil || s.Order == "" {
			return errors.New("needs id, round, position, order and slot, once each")
		}
	}
	if s.Slot > 3 {
		return fmt.Errorf("slot is %d, not 0 to 3", s.Slot)
	}
	return nil
}
