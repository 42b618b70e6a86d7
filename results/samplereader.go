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

// A sampleReader reads samples one by one. Sample lines, and results as a Writer
// writes them, are caught on their way to benchfmt, which reads all else.
type sampleReader struct {
	path    string
	lines   *wholeLines
	bench   *benchfmt.Reader
	each    func(s *Sample) error // gets the samples, which it owns
	strings map[string]string     // those of the samples are few: each is kept once
	last    struct{ name, side, protocol, tree, binary string }
	ids     map[int]*[idsAPage]int32
	place   Sample // by the first Sample line since the last result
	places  int    // how many there were since then
	damage  error  // what is wrong with the last line that was caught, or what each said
	begun   bool   // a Sample line, perhaps cut short, follows another line
	samples int
	end     int64 // of the last sample

	plain    plainResult
	current  bool // last.side and last.protocol are those of the next result
	sideOnly bool // benchfmt does not know that side yet
}

// idsAPage is how many IDs, which come in a row, share a page of lines, so that
// the line of each of many samples takes next to nothing.
const idsAPage = 16

func newSampleReader(path string, in io.Reader, each func(s *Sample) error) *sampleReader {
	r := &sampleReader{path: path, each: each, strings: make(map[string]string), ids: make(map[int]*[idsAPage]int32)}
	r.lines = newWholeLines(in, r.see)
	r.bench = benchfmt.NewReader(r.lines, path)
	return r
}

// see takes in a line before benchfmt does, and returns what is left for that.
func (r *sampleReader) see(line []byte) (handOn []byte, err error) {
	if text, ok := bytes.CutPrefix(line, []byte(sampleKey)); ok {
		r.damage = r.seePlace(text)
		return nil, r.damage
	}
	if r.current {
		if side, ok := plainSide(line); ok {
			r.last.side, r.sideOnly = side, true
			return nil, nil
		}
		if r.plain.parse(line) {
			r.damage = r.complete(r.plain.name, r.plain.iterations)
			if r.damage == nil {
				r.place.Values = append(r.place.Values, r.plain.values...)
				r.damage = r.each(&r.place)
			}
			return nil, r.damage
		}
	}
	handOn = line
	if r.sideOnly {
		handOn = append([]byte("side: "+r.last.side+"\n"), line...)
	}
	r.current, r.sideOnly = false, false
	return handOn, nil
}

func (r *sampleReader) seePlace(text []byte) (err error) {
	r.begun = r.begun || r.lines.n > 1
	if r.places++; r.places > 1 {
		var other Sample
		err = r.parsePlace(&other, text)
	} else {
		r.place = Sample{Line: r.lines.n, Values: r.place.Values[:0]}
		err = r.parsePlace(&r.place, text)
	}
	if err != nil {
		return fmt.Errorf("%s:%d: %w", r.path, r.lines.n, err)
	}
	return nil
}

// plainSide returns the side that line sets, if a Writer may have written it.
func plainSide(line []byte) (side string, ok bool) {
	for _, side := range [...]Side{Before, After, Control} {
		if text, ok := bytes.CutPrefix(line, []byte("side: ")); ok && string(text) == string(side)+"\n" {
			return string(side), true
		}
	}
	return "", false
}

// read reads all samples.
func (r *sampleReader) read() error {
	for r.bench.Scan() {
		switch rec := r.bench.Result().(type) {
		case *benchfmt.SyntaxError:
			return fmt.Errorf("%s:%d: %s", r.path, r.lines.n, rec.Msg)
		case *benchfmt.Result:
			r.setConfig(rec, "side", &r.last.side)
			r.setConfig(rec, "protocol", &r.last.protocol)
			r.current = true
			if err := r.complete(rec.Name, rec.Iters); err != nil {
				return err
			}
			r.addValues(rec.Values)
			if err := r.each(&r.place); err != nil {
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

// complete adds to r.place the result that belongs there, but for its values.
func (r *sampleReader) complete(name []byte, iterations int) error {
	line := r.lines.n
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
	s.Benchmark = r.intern(name, &r.last.name)
	s.Side = Side(r.last.side)
	switch {
	case s.Control && s.Side != Before && s.Side != Control:
		return fmt.Errorf("%s:%d: side is %q in a block with the control, not before or control", r.path, line, s.Side)
	case !s.Control && s.Side != Before && s.Side != After:
		return fmt.Errorf("%s:%d: side is %q, not before or after", r.path, line, s.Side)
	}
	s.Protocol = r.last.protocol
	s.Iterations = iterations
	r.samples++
	r.end = r.lines.end
	return nil
}

// addValues adds values as benchfmt reads them to r.place.
func (r *sampleReader) addValues(values []benchfmt.Value) {
	for _, v := range values {
		unit := v.Unit
		if v.OrigUnit == "" {
			// benchfmt leaves a unit as it was where tidying does not change
			// the number, as with 0 ns.
			_, unit = benchunit.Tidy(v.Value, unit)
		}
		r.place.Values = append(r.place.Values, Value{Value: v.Value, Unit: unit})
	}
}

func (r *sampleReader) setConfig(rec *benchfmt.Result, key string, last *string) {
	i, ok := rec.ConfigIndex(key)
	if !ok {
		*last = ""
		return
	}
	r.intern(rec.Config[i].Value, last)
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
	for len(text) > 0 {
		var field []byte
		if field, text = nextField(text); len(field) == 0 {
			continue
		}
		key, value, _ := bytes.Cut(field, []byte("="))
		switch string(key) {
		case "order":
			if s.Order = orderOf(value); s.Order == "" {
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

// nextField cuts what comes before the next white space off text.
func nextField(text []byte) (field, rest []byte) {
	if i := bytes.IndexAny(text, " \t\r\n"); i >= 0 {
		return text[:i], text[i+1:]
	}
	return text, nil
}

// orderOf returns text if it is the order of a block, else nothing.
func orderOf(text []byte) string {
	for _, order := range [...]string{"ABBA", "BAAB", "ABAB", "BABA"} {
		if string(text) == order {
			return order
		}
	}
	return ""
}
