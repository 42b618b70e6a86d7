package analysis

import (
	"encoding/json"
	"math"
)

// plainComparison is Comparison without its methods.
type plainComparison Comparison

// nullable holds the fields of a Comparison that may be infinite, shadowing
// them by their JSON names.
type nullable struct {
	plainComparison
	Lower        *float64 `json:"lower"`
	Upper        *float64 `json:"upper"`
	TLower       *float64 `json:"t_lower"`
	TUpper       *float64 `json:"t_upper"`
	ProvenMargin *float64 `json:"proven_margin"`
}

// MarshalJSON writes null for a bound that is infinite.
func (c Comparison) MarshalJSON() ([]byte, error) {
	finite := func(x float64) *float64 {
		if math.IsInf(x, 0) {
			return nil
		}
		return &x
	}
	return json.Marshal(nullable{
		plainComparison: plainComparison(c),
		Lower:           finite(c.Lower),
		Upper:           finite(c.Upper),
		TLower:          finite(c.TLower),
		TUpper:          finite(c.TUpper),
		ProvenMargin:    finite(c.ProvenMargin),
	})
}

// UnmarshalJSON reads null as −Inf for a lower bound and +Inf for the others.
func (c *Comparison) UnmarshalJSON(data []byte) error {
	var n nullable
	if err := json.Unmarshal(data, &n); err != nil {
		return err
	}
	or := func(x *float64, infinity int) float64 {
		if x == nil {
			return math.Inf(infinity)
		}
		return *x
	}
	*c = Comparison(n.plainComparison)
	c.Lower, c.Upper = or(n.Lower, -1), or(n.Upper, 1)
	c.TLower, c.TUpper = or(n.TLower, -1), or(n.TUpper, 1)
	c.ProvenMargin = or(n.ProvenMargin, 1)
	return nil
}
