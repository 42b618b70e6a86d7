package results

import "slices"

// A Sample is one process invocation of one benchmark with one side.
type Sample struct {
	ID        int    // place in the schedule, from 0
	Benchmark string // a Benchmark.Name of the protocol
	Side      Side
	Round     int    // from 0
	Position  int    // place of the block in its round, from 0
	Order     string // of two pairs, each AB or BA: "ABBA", "BAAB", "ABAB" or "BABA", A being before
	Slot      int    // place in the block, 0 to 3; slots 0,1 and 2,3 are its pairs
	Control   bool   // its block pairs before with the control
	Layout    int    // which of its benchmark's layouts it ran, from 0; the same in all of a block
	Tree      string // digest of the tree
	Binary    string // digest of the binary
	Protocol  string // digest of the protocol, when read

	Iterations int
	Values     []Value
	Line       int // in samples.bench, when read
}

// A Value is one measurement in its unit. Written, the unit is as the
// benchmark printed it; read, value and unit are tidied (ns/op is sec/op).
type Value struct {
	Value float64
	Unit  string
}

// Value returns the value measured in unit.
func (s *Sample) Value(unit string) (v float64, ok bool) {
	for _, x := range s.Values {
		if x.Unit == unit {
			return x.Value, true
		}
	}
	return 0, false
}

// Pair returns which pair of its block s belongs to, 0 or 1.
func (s *Sample) Pair() int { return s.Slot / 2 }

// clone is s with values of its own.
func (s *Sample) clone() Sample {
	c := *s
	c.Values = slices.Clone(s.Values)
	return c
}
