package stats

import (
	"math"
	"testing"
)

// TestProportionUpper holds the bound against its definition, summed term by
// term, and against the closed form it has for no success.
func TestProportionUpper(t *testing.T) {
	for _, c := range []struct{ k, n int64 }{{0, 1}, {0, 60}, {0, 1000}, {1, 10}, {7, 66}, {30, 40}, {5, 5000}} {
		p := ProportionUpper(c.k, c.n, 0.05)
		sum, term := 0.0, math.Pow(1-p, float64(c.n))
		for i := int64(0); i <= c.k; i++ {
			sum += term
			term *= float64(c.n-i) / float64(i+1) * p / (1 - p)
		}
		if math.Abs(sum-0.05) > 1e-9 {
			t.Errorf("%d of %d: at %v the chance is %v, not 0.05", c.k, c.n, p, sum)
		}
		if want := 1 - math.Pow(0.05, 1/float64(c.n)); c.k == 0 && math.Abs(p-want) > 1e-9 {
			t.Errorf("0 of %d: %v, want %v", c.n, p, want)
		}
	}
	for _, c := range []struct{ k, n int64 }{{0, 0}, {5, 5}} {
		if p := ProportionUpper(c.k, c.n, 0.05); p != 1 {
			t.Errorf("%d of %d: %v, want 1", c.k, c.n, p)
		}
	}
}
