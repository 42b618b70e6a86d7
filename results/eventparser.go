package results

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// An eventParser parses the events that a Writer writes, of which a run may
// have millions, several times as fast as encoding/json, to which it leaves
// every line that is in any way different.
type eventParser struct {
	strings map[string]string // the same ones over and over
}

func (p *eventParser) parse(line []byte, e *Event) error {
	if p.plain(line, e) {
		return nil
	}
	*e = Event{}
	return json.Unmarshal(line, e)
}

// plain parses an object on one line without spaces whose strings are printable
// ASCII without escapes, and reports false if line is not that, with e in any
// state.
func (p *eventParser) plain(line []byte, e *Event) bool {
	rest, ok := bytes.CutPrefix(line, []byte("{"))
	for ok {
		var key []byte
		if key, rest, ok = plainString(rest); !ok || len(rest) == 0 || rest[0] != ':' {
			return false
		}
		if rest, ok = p.field(key, rest[1:], e); !ok || len(rest) == 0 {
			return false
		}
		switch rest[0] {
		case ',':
			rest = rest[1:]
		case '}':
			return string(rest) == "}\n"
		default:
			return false
		}
	}
	return false
}

// field parses the value that text begins with into the field called key.
func (p *eventParser) field(key, text []byte, e *Event) (rest []byte, ok bool) {
	switch string(key) {
	case "time":
		var value []byte
		if value, rest, ok = plainString(text); ok {
			ok = e.Time.UnmarshalText(value) == nil
		}
		return rest, ok
	case "kind":
		return p.string(text, &e.Kind)
	case "benchmark":
		return p.string(text, &e.Benchmark)
	case "side":
		return p.string(text, (*string)(&e.Side))
	case "session":
		return integer(text, &e.Session)
	case "sample":
		return integer(text, &e.Sample)
	case "retries":
		return integer(text, &e.Retries)
	case "peak_rss":
		var n int
		rest, ok = integer(text, &n)
		e.PeakRSS = int64(n)
		return rest, ok
	case "wall":
		return number(text, &e.Wall)
	case "user":
		return number(text, &e.User)
	case "system":
		return number(text, &e.System)
	case "load":
		return number(text, &e.Load)
	case "steal":
		return number(text, &e.Steal)
	case "busy":
		return number(text, &e.Busy)
	case "pressure":
		return number(text, &e.Pressure)
	}
	return nil, false
}

func (p *eventParser) string(text []byte, s *string) (rest []byte, ok bool) {
	value, rest, ok := plainString(text)
	if !ok {
		return nil, false
	}
	kept, known := p.strings[string(value)]
	if !known {
		kept = string(value)
		p.strings[kept] = kept
	}
	*s = kept
	return rest, true
}

// plainString cuts a string off text.
func plainString(text []byte) (value, rest []byte, ok bool) {
	if len(text) == 0 || text[0] != '"' {
		return nil, nil, false
	}
	for i, c := range text[1:] {
		if c == '"' {
			return text[1 : 1+i], text[2+i:], true
		}
		if c < ' ' || c == '\\' || c > '~' {
			break
		}
	}
	return nil, nil, false
}

// integer cuts a whole number off text.
func integer(text []byte, n *int) (rest []byte, ok bool) {
	value, rest := numeral(text)
	i, err := strconv.Atoi(string(value))
	*n = i
	return rest, err == nil
}

func number(text []byte, x *float64) (rest []byte, ok bool) {
	value, rest := numeral(text)
	f, err := strconv.ParseFloat(string(value), 64)
	*x = f
	return rest, err == nil
}

// numeral cuts a number of JSON off text, none if it does not begin with one
// that is complete.
func numeral(text []byte) (value, rest []byte) {
	i := 0
	digits := func() bool {
		from := i
		for i < len(text) && '0' <= text[i] && text[i] <= '9' {
			i++
		}
		return i > from
	}
	if i < len(text) && text[i] == '-' {
		i++
	}
	first := i
	if !digits() || text[first] == '0' && i > first+1 {
		return nil, nil
	}
	if i < len(text) && text[i] == '.' {
		if i++; !digits() {
			return nil, nil
		}
	}
	if i < len(text) && (text[i] == 'e' || text[i] == 'E') {
		if i++; i < len(text) && (text[i] == '+' || text[i] == '-') {
			i++
		}
		if !digits() {
			return nil, nil
		}
	}
	return text[:i], text[i:]
}
