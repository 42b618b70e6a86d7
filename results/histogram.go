package results

import (
	"fmt"
	"math/bits"
	"time"
)

// A Histogram counts durations in bins an eighth of a power of two wide, which
// is 13 % at most: a process makes a million of them, and where they lie to
// that much is all that is asked.
type Histogram struct {
	Counts []int64       `json:"counts"` // by bin ([Bin]), up to the last that is not empty
	Sum    time.Duration `json:"sum"`
	Max    time.Duration `json:"max"`
}

// binBits is the logarithm of the number of bins in each power of two.
const binBits = 3

// bin is where d, at least 0, is counted.
func bin(d time.Duration) int {
	e := bits.Len64(uint64(d)) - 1 - binBits
	if e <= 0 {
		return int(d) // up to 15 ns each has a bin
	}
	return e<<binBits + int(d>>e)
}

// Bin returns the durations of bin i: from the first up to but not the second.
func Bin(i int) (from, to time.Duration) {
	e := i>>binBits - 1
	if e <= 0 {
		return time.Duration(i), time.Duration(i + 1)
	}
	from = time.Duration(i&(1<<binBits-1)|1<<binBits) << e
	return from, from + 1<<e
}

// Add counts d; what is below 0 counts as 0.
func (h *Histogram) Add(d time.Duration) {
	d = max(0, d)
	i := bin(d)
	if i >= len(h.Counts) {
		h.Counts = append(h.Counts, make([]int64, i+1-len(h.Counts))...)
	}
	h.Counts[i]++
	h.Sum += d
	h.Max = max(h.Max, d)
}

// Merge counts all that more has too.
func (h *Histogram) Merge(more *Histogram) {
	if n := len(more.Counts) - len(h.Counts); n > 0 {
		h.Counts = append(h.Counts, make([]int64, n)...)
	}
	for i, n := range more.Counts {
		h.Counts[i] += n
	}
	h.Sum += more.Sum
	h.Max = max(h.Max, more.Max)
}

// N is how many there are.
func (h *Histogram) N() int64 {
	var n int64
	for _, k := range h.Counts {
		n += k
	}
	return n
}

func (h *Histogram) check() error {
	if len(h.Counts) > bin(longestTrace)+1 {
		return fmt.Errorf("%d bins", len(h.Counts))
	}
	for _, n := range h.Counts {
		if n < 0 || n > 1<<40 {
			return fmt.Errorf("a count of %d", n)
		}
	}
	if h.Max < 0 || h.Max > longestTrace || h.Sum < 0 {
		return fmt.Errorf("a maximum of %s and a sum of %s", h.Max, h.Sum)
	}
	return nil
}
