// Package histogram counts durations in a memory of fixed size, so that
// recording one does not load the collector that is being measured.
package histogram

import "math/bits"

// The histogram's resolution: each doubling of the latency is cut into 128
// equal parts, so that a bucket is no wider than 0.8 % of its values. 1<<37 ns
// is 137 s; what takes longer is counted as that.
const (
	subBits  = 7
	sub      = 1 << subBits
	topBits  = 37
	nBuckets = (topBits - subBits + 1) * sub
)

// A Histogram counts latencies in nanoseconds. The zero value is empty. It is
// not safe for concurrent use: give each goroutine its own, and merge them.
type Histogram struct {
	counts [nBuckets]uint32
	total  uint64
}

// Add counts one latency; negative ones count as zero.
func (h *Histogram) Add(ns int64) {
	h.counts[bucket(ns)]++
	h.total++
}

// bucket returns the index for ns. The first 128 buckets are 1 ns wide; from
// there on each doubling has 128.
func bucket(ns int64) int {
	if ns < 0 {
		ns = 0
	}
	if ns >= 1<<topBits {
		ns = 1<<topBits - 1
	}
	if ns < sub {
		return int(ns)
	}
	shift := bits.Len64(uint64(ns)) - 1 - subBits
	return shift*sub + int(ns>>uint(shift))
}

// bounds returns the lowest value of bucket i and the lowest above it.
func bounds(i int) (low, high float64) {
	if i < 2*sub {
		return float64(i), float64(i + 1)
	}
	shift := uint(i/sub - 1)
	low = float64(uint64(i%sub+sub) << shift)
	return low, low + float64(uint64(1)<<shift)
}

// Total returns how many latencies were counted.
func (h *Histogram) Total() uint64 { return h.total }

// Merge adds the counts of o to h.
func (h *Histogram) Merge(o *Histogram) {
	for i, c := range o.counts {
		h.counts[i] += c
	}
	h.total += o.total
}

// Quantile returns the latency in nanoseconds below which the share q of all
// lie, for q from 0 to 1, interpolated evenly in its bucket; 0 if there are
// none.
func (h *Histogram) Quantile(q float64) float64 {
	rank := q * float64(h.total)
	below := 0.0
	for i, c := range h.counts {
		if c == 0 {
			continue
		}
		if n := float64(c); below+n >= rank {
			low, high := bounds(i)
			return low + (high-low)*(rank-below)/n
		}
		below += float64(h.counts[i])
	}
	return 0
}
