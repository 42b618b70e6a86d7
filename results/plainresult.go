package results

import (
	"bytes"
	"strconv"

	"golang.org/x/perf/benchunit"
)

// A plainUnit is a unit as it stands in a file, and what benchfmt makes of it.
type plainUnit struct {
	written, tidied string
	factor          float64 // from the one to the other
}

// A plainResult is a result line as a Writer writes them: of it a run may have
// millions. Whatever is in any way different is left to benchfmt.
type plainResult struct {
	name       []byte // without "Benchmark"
	iterations int
	values     []Value
	units      []plainUnit // of the values of the line before, mostly the same
}

// parse parses line into p and reports false if line is not plain: fields of
// printable ASCII with a space or a tab between them, a name, a whole number and
// then numbers as JSON has them, each with its unit.
func (p *plainResult) parse(line []byte) bool {
	rest, ok := bytes.CutPrefix(line, []byte("Benchmark"))
	if !ok {
		return false
	}
	if p.name, rest, ok = plainField(rest); !ok {
		return false
	}
	field, rest, ok := plainField(rest)
	if !ok {
		return false
	}
	var err error
	if p.iterations, err = strconv.Atoi(string(field)); err != nil {
		return false
	}
	p.values = p.values[:0]
	for len(rest) > 0 {
		if field, rest, ok = plainField(rest); !ok {
			return false
		}
		value, ok := plainNumber(field)
		if !ok {
			return false
		}
		if field, rest, ok = plainField(rest); !ok {
			return false
		}
		unit := p.unit(len(p.values), field)
		p.values = append(p.values, Value{Value: value * unit.factor, Unit: unit.tidied})
	}
	return len(p.values) > 0
}

// plainNumber parses a number as JSON has it. Most are whole.
func plainNumber(text []byte) (x float64, ok bool) {
	const exact = 15 // digits that a float64 holds whatever they are
	if n := len(text); 0 < n && n <= exact && (text[0] != '0' || n == 1) {
		whole := 0
		for _, c := range text {
			if c < '0' || '9' < c {
				whole = -1
				break
			}
			whole = 10*whole + int(c-'0')
		}
		if whole >= 0 {
			return float64(whole), true
		}
	}
	rest, ok := number(text, &x)
	return x, ok && len(rest) == 0
}

// unit is the one that the i-th value of a line has.
func (p *plainResult) unit(i int, written []byte) *plainUnit {
	for len(p.units) <= i {
		p.units = append(p.units, plainUnit{})
	}
	u := &p.units[i]
	if u.written != string(written) || u.written == "" {
		u.written = string(written)
		u.factor, u.tidied = benchunit.Tidy(1, u.written)
	}
	return u
}

// plainField cuts a field off text, with the one byte that separates it from the
// next, or ends the line.
func plainField(text []byte) (field, rest []byte, ok bool) {
	for i, c := range text {
		switch {
		case c == ' ' || c == '\t':
			return text[:i], text[i+1:], i > 0 && i+1 < len(text) && text[i+1] != '\n'
		case c == '\n':
			return text[:i], nil, i > 0 && i+1 == len(text)
		case c < ' ' || c > '~':
			return nil, nil, false
		}
	}
	return nil, nil, false
}
