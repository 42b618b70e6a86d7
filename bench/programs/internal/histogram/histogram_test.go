package histogram

import (
	"math"
	"sort"
	"testing"

	"patchbench/programs/internal/xorshift"
)

func TestBucketsCoverEverything(t *testing.T) {
	end := 0.0
	for i := 0; i < nBuckets; i++ {
		low, high := bounds(i)
		if low != end || high <= low {
			t.Fatalf("bucket %d is %v to %v, the one before ends at %v", i, low, high, end)
		}
		if first, last := bucket(int64(low)), bucket(int64(high)-1); first != i || last != i {
			t.Fatalf("bucket %d is %v to %v, but these fall in %d and %d", i, low, high, first, last)
		}
		if low >= sub && (high-low)/low > 1.0/sub {
			t.Fatalf("bucket %d is %v to %v: wider than 1/%d", i, low, high, sub)
		}
		end = high
	}
	if end != 1<<topBits {
		t.Errorf("the last bucket ends at %v, want %v", end, int64(1)<<topBits)
	}
}

func TestOutOfRangeIsCountedAtTheEnds(t *testing.T) {
	for _, tt := range []struct {
		ns   int64
		want int
	}{
		{-1, 0}, {math.MinInt64, 0}, {1 << topBits, nBuckets - 1}, {math.MaxInt64, nBuckets - 1},
	} {
		if got := bucket(tt.ns); got != tt.want {
			t.Errorf("%d ns fall in bucket %d, want %d", tt.ns, got, tt.want)
		}
	}
}

func TestQuantile(t *testing.T) {
	rng := xorshift.New(11)
	for _, tt := range []struct {
		name string
		n    int
		draw func() int64
	}{
		{"even", 20000, func() int64 { return int64(rng.Below(1000000)) }},
		{"long tail", 20000, func() int64 {
			u := (float64(rng.Next()>>11) + 1) / (1 << 53)
			return int64(20000 / math.Sqrt(u)) // Pareto, exponent 2
		}},
		{"one value", 1000, func() int64 { return 123456 }},
		{"one request", 1, func() int64 { return 777 }},
	} {
		var h Histogram
		exact := make([]float64, tt.n)
		for i := range exact {
			ns := tt.draw()
			exact[i] = float64(ns)
			h.Add(ns)
		}
		sort.Float64s(exact)
		for _, q := range []float64{0.5, 0.99, 0.999} {
			want := exact[int(math.Ceil(q*float64(tt.n)))-1]
			if got := h.Quantile(q); math.Abs(got-want) > want/sub {
				t.Errorf("%s: quantile %v is %v, want %v within 1/%d", tt.name, q, got, want, sub)
			}
		}
	}
}

func TestQuantileOfNothing(t *testing.T) {
	if got := new(Histogram).Quantile(0.5); got != 0 {
		t.Errorf("got %v, want 0", got)
	}
}

func TestMergeIsLikeAddingToOne(t *testing.T) {
	rng := xorshift.New(2)
	var parts [3]Histogram
	var merged, one Histogram
	for i := 0; i < 3000; i++ {
		ns := int64(rng.Below(1 << 20))
		parts[i%3].Add(ns)
		one.Add(ns)
	}
	for i := range parts {
		merged.Merge(&parts[i])
	}
	if merged != one {
		t.Error("three merged histograms differ from one of the same latencies")
	}
}
