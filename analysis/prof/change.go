package prof

import (
	"encoding/json"
	"math"

	"patchbench/analysis/stats"
)

// FalseShare is the expected share of false calls among what is said to have
// moved (Benjamini and Hochberg 1995).
const FalseShare = 0.1

// A Change is how much share of its side's CPU samples something gained from
// before to after, -1 to 1. The two processes of a pair give one difference of
// shares; were the patch without effect, each would be as likely to have the
// other sign.
//
// In JSON, which knows no infinity, a bound that is infinite is null.
type Change struct {
	Estimate float64 `json:"estimate"` // Hodges-Lehmann
	Lower    float64 `json:"lower"`    // one-sided bounds by signed ranks; ±Inf when there are too few pairs
	Upper    float64 `json:"upper"`
	P        float64 `json:"p"` // two-sided
	Q        float64 `json:"q"` // P by Benjamini-Hochberg over all changes of its kind
}

// newChange sums up differences of shares, of which there must be one. Bounds
// are at alpha each.
func newChange(d []float64, alpha float64) *Change {
	s := stats.NewSignedRank(d)
	return &Change{
		Estimate: s.Center(), Lower: s.Lower(alpha), Upper: s.Upper(alpha),
		P: min(1, 2*min(s.PGreater(0), s.PLess(0))), Q: 1,
	}
}

// Moved reports whether the change is called one: it may be nil, and then is
// not.
func (c *Change) Moved() bool { return c != nil && c.Q <= FalseShare }

// adjust corrects the p-values of changes for their number.
func adjust(family []*Change) {
	p := make([]float64, len(family))
	for i, c := range family {
		p[i] = c.P
	}
	for i, q := range stats.BenjaminiHochberg(p) {
		family[i].Q = q
	}
}

// MinPairs is how many pairs tell any change from chance, where more than one
// is tested.
const MinPairs = 6

// PairsFor is how many pairs can call a change of which there is but one among
// so many that are tested: with n pairs no p-value is below 2⁻ⁿ⁺¹. Where
// several move at once, fewer do.
func PairsFor(tests int) int {
	n := 1
	for math.Ldexp(float64(tests), 1-n) > FalseShare {
		n++
	}
	return n
}

// plainChange is Change without its methods.
type plainChange Change

// nullable is Change with bounds that can be null, shadowing them by their
// JSON names.
type nullable struct {
	plainChange
	Lower *float64 `json:"lower"`
	Upper *float64 `json:"upper"`
}

// MarshalJSON writes null for a bound that is infinite.
func (c Change) MarshalJSON() ([]byte, error) {
	n := nullable{plainChange: plainChange(c)}
	if !math.IsInf(c.Lower, 0) {
		n.Lower = &c.Lower
	}
	if !math.IsInf(c.Upper, 0) {
		n.Upper = &c.Upper
	}
	return json.Marshal(n)
}

// UnmarshalJSON reads null as the infinity that means nothing is excluded.
func (c *Change) UnmarshalJSON(data []byte) error {
	var n nullable
	if err := json.Unmarshal(data, &n); err != nil {
		return err
	}
	*c = Change(n.plainChange)
	c.Lower, c.Upper = math.Inf(-1), math.Inf(1)
	if n.Lower != nil {
		c.Lower = *n.Lower
	}
	if n.Upper != nil {
		c.Upper = *n.Upper
	}
	return nil
}
