package typecheck

import (
	"fmt"
	"strings"
)

// units is how many times source repeats its pattern of declarations.
const units = 80

// source returns the Go package that is checked: units of a struct type with
// methods, an interface it satisfies, and functions over slices and maps of
// it, each unit using the one before. It imports nothing, so that checking it
// reads no file.
func source() string {
	var b strings.Builder
	b.WriteString("package generated\n\ntype record0 struct{ id int }\n\nfunc (r *record0) total() int { return r.id }\n")
	for i := 1; i <= units; i++ {
		fmt.Fprintf(&b, unit, i, i-1)
	}
	return b.String()
}

// unit is a format for the number of the unit and that of the one before.
const unit = `
type record%[1]d struct {
	id       int
	name     string
	weights  []float64
	children map[string]*record%[1]d
	previous *record%[2]d
}

type totaller%[1]d interface {
	total() int
}

var _ totaller%[1]d = (*record%[1]d)(nil)

func (r *record%[1]d) total() int {
	sum := r.id + len(r.name)*%[1]d
	for i, w := range r.weights {
		if w > float64(i) && sum < 1<<20 {
			sum += int(w) %% (i + 1)
		} else {
			sum -= i
		}
	}
	for _, c := range r.children {
		sum += c.total()
	}
	if r.previous != nil {
		sum += r.previous.total()
	}
	return sum
}

func build%[1]d(names []string) (all []*record%[1]d, index map[string]int) {
	index = make(map[string]int)
	for i, n := range names {
		r := &record%[1]d{id: i, name: n, weights: []float64{1, 2.5, float64(i)}, previous: &record%[2]d{id: %[1]d}}
		index[r.name+"/%[1]d"] = r.total()
		all = append(all, r)
	}
	visit := func(t totaller%[1]d) (n int) { return t.total() << 1 }
	for _, r := range all {
		index[r.name] += visit(r)
	}
	return all, index
}
`
