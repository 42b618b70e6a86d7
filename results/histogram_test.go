package results

import (
	"reflect"
	"testing"
	"time"
)

// TestBins checks that bins adjoin, that each holds what is counted in it, and
// how wide they are.
func TestBins(t *testing.T) {
	for i := range bin(longestTrace) {
		from, to := Bin(i)
		if next, _ := Bin(i + 1); next != to {
			t.Fatalf("bin %d ends at %d and the next one begins at %d", i, to, next)
		}
		if bin(from) != i || bin(to-1) != i {
			t.Errorf("bin %d is from %d to %d, which are counted in %d and %d", i, from, to, bin(from), bin(to-1))
		}
		if from > 0 && float64(to-1)/float64(from) > 1.13 {
			t.Errorf("bin %d is from %d to %d, wider than an eighth", i, from, to)
		}
	}
}

func TestHistogram(t *testing.T) {
	var a, b, all Histogram
	for i, d := range []time.Duration{5, 0, 3 * time.Second, -1, 70, 71, 20 * time.Microsecond} {
		h := &a
		if i%2 == 1 {
			h = &b
		}
		h.Add(d)
		all.Add(d)
	}
	a.Merge(&b)
	if !reflect.DeepEqual(a, all) {
		t.Errorf("merged %+v, counted at once %+v", a, all)
	}
	if all.N() != 7 || all.Max != 3*time.Second || all.Sum != 3*time.Second+20146 || all.Counts[0] != 2 {
		t.Errorf("%d durations, %s at most, %s together, %d of 0", all.N(), all.Max, all.Sum, all.Counts[0])
	}
}

func TestMMUWindows(t *testing.T) {
	list := MMUWindows()
	var points []MMUPoint
	for _, w := range list {
		points = append(points, MMUPoint{Window: w})
	}
	if err := checkMMU(points); err != nil || list[0] != 100*time.Microsecond || list[len(list)-1] != time.Second {
		t.Errorf("%v: %v", list, err)
	}
}
