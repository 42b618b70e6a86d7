// Package xorshift is a pseudo-random generator whose numbers are the same
// for every Go release, so that both sides of a comparison do the same work.
// It cannot fail, and it is not for secrets.
package xorshift

// A Source yields a fixed sequence of numbers. It must come from New: the
// zero value yields zeros only. It is not safe for concurrent use.
type Source struct {
	state uint64
}

// New returns the source for seed. Any seed will do, zero too: seeds are
// spread over the state by an odd multiplier, so that neighbouring seeds do
// not begin alike.
func New(seed uint64) Source {
	state := (seed + 1) * 0x9e3779b97f4a7c15
	if state == 0 {
		state = 1
	}
	return Source{state}
}

// Next returns the next 64 bits: a xorshift step with the shifts 12, 25, 27
// (Marsaglia, 2003) scrambled by a multiplication (Vigna, 2016).
func (s *Source) Next() uint64 {
	x := s.state
	x ^= x >> 12
	x ^= x << 25
	x ^= x >> 27
	s.state = x
	return x * 0x2545f4914f6cdd1d
}

// Below returns a number from 0 to n-1, for n from 1 to 1<<32. The remainder
// of the upper 32 bits favours small numbers by less than n/1<<32, which is
// nothing to a choice of slots.
func (s *Source) Below(n int) int {
	return int((s.Next() >> 32) % uint64(n))
}
