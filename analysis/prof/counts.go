package prof

import "github.com/google/pprof/profile"

// counts are the CPU samples of some processes, or the bytes they allocated, by
// function and by group. They are all that a comparison needs of a profile, which
// is many times as large.
type counts struct {
	kind   Kind
	totals []int64 // by process

	// Functions are numbered as they come. A row of one ends with the last
	// process that has it.
	ids              map[string]int
	names            []string
	begins           []Group // that a function begins, or ""
	flat, cumulative [][]int64

	groups map[Group][]int64 // by process

	grouping *grouping
	seen     []int // the last sample that has the function, counted from 1
	samples  int
}

func newCounts(kind Kind) *counts {
	return &counts{kind: kind, ids: make(map[string]int), groups: make(map[Group][]int64), grouping: newGrouping()}
}

// add counts one more process. A function inlined into another is counted as
// itself.
func (c *counts) add(p *profile.Profile) {
	process := len(c.totals)
	c.totals = append(c.totals, 0)
	known := make(map[*profile.Function]int, len(p.Function))
	var stack []int
	counted := c.kind.rule().counted
	for _, s := range p.Sample {
		n := s.Value[counted]
		c.totals[process] += n
		stack = c.stack(stack[:0], s, known)
		increase(&c.flat[stack[0]], process, n)
		c.samples++
		for _, id := range stack {
			// A recursive function is on the stack many times, but the sample
			// is one.
			if c.seen[id] != c.samples {
				c.seen[id] = c.samples
				increase(&c.cumulative[id], process, n)
			}
		}
		group := c.group(stack)
		row := c.groups[group]
		increase(&row, process, n)
		c.groups[group] = row
	}
}

// stack appends the functions on the stack of s, the running one first and
// inlined ones apart. There is always one.
func (c *counts) stack(stack []int, s *profile.Sample, known map[*profile.Function]int) []int {
	for _, loc := range s.Location {
		if len(loc.Line) == 0 {
			stack = append(stack, c.id(unknown))
		}
		for _, line := range loc.Line {
			id, ok := known[line.Function]
			if !ok {
				name := unknown
				if line.Function != nil && line.Function.Name != "" {
					name = line.Function.Name
				}
				id = c.id(name)
				known[line.Function] = id
			}
			stack = append(stack, id)
		}
	}
	if len(stack) == 0 {
		stack = append(stack, c.id(unknown))
	}
	return stack
}

// id numbers a function.
func (c *counts) id(name string) int {
	id, ok := c.ids[name]
	if !ok {
		id = len(c.names)
		c.ids[name] = id
		c.names = append(c.names, name)
		c.begins = append(c.begins, c.grouping.of(name))
		c.flat = append(c.flat, nil)
		c.cumulative = append(c.cumulative, nil)
		c.seen = append(c.seen, 0)
	}
	return id
}

// group says what a sample with this stack is for.
func (c *counts) group(stack []int) Group {
	for _, id := range stack {
		if g := c.begins[id]; g != "" {
			return g
		}
	}
	return rest(c.names[stack[0]])
}

// increase adds n to what a row has of a process.
func increase(row *[]int64, process int, n int64) {
	for len(*row) <= process {
		*row = append(*row, 0)
	}
	(*row)[process] += n
}

// row is what the processes have of a function, by one of the two tables.
func (c *counts) row(table [][]int64, function string) []int64 {
	if id, ok := c.ids[function]; ok {
		return table[id]
	}
	return nil
}

// share is the part of its samples that a process has in a row.
func (c *counts) share(row []int64, process int) float64 {
	if process >= len(row) {
		return 0
	}
	return float64(row[process]) / float64(c.totals[process])
}

// pooled is the part of all samples that a row has.
func (c *counts) pooled(row []int64) float64 { return float64(sum(row)) / float64(sum(c.totals)) }

func sum(row []int64) (n int64) {
	for _, k := range row {
		n += k
	}
	return n
}
