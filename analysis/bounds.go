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
	return json.Marshal(nullable{
		plainComparison: plainComparison(c),
		Lower:           finite(c.Lower),
		Upper:           finite(c.Upper),
		TLower:          finite(c.TLower),
		TUpper:          finite(c.TUpper),
		ProvenMargin:    finite(c.ProvenMargin),
	})
}

// plainLook is Look without its methods.
type plainLook Look

// nullableLook is to Look what nullable is to Comparison.
type nullableLook struct {
	plainLook
	Lower *float64 `json:"lower"`
	Upper *float64 `json:"upper"`
}

// MarshalJSON writes null for a bound that is infinite.
func (l Look) MarshalJSON() ([]byte, error) {
	return json.Marshal(nullableLook{plainLook(l), finite(l.Lower), finite(l.Upper)})
}

// UnmarshalJSON reads null as the infinity that means nothing is excluded.
func (l *Look) UnmarshalJSON(data []byte) error {
	var n nullableLook
	if err := json.Unmarshal(data, &n); err != nil {
		return err
	}
	*l = Look(n.plainLook)
	l.Lower, l.Upper = orInfinity(n.Lower, -1), orInfinity(n.Upper, 1)
	return nil
}

// finite is a pointer to x, nil if that is infinite.
func finite(x float64) *float64 {
	if math.IsInf(x, 0) {
		return nil
	}
	return &x
}

// orInfinity is what x points to, or the infinity of that sign.
func orInfinity(x *float64, sign int) float64 {
	if x == nil {
		return math.Inf(sign)
	}
	return *x
}

// UnmarshalJSON reads null as −Inf for a lower bound and +Inf for the others.
func (c *Comparison) UnmarshalJSON(data []byte) error {
	var n nullable
	if err := json.Unmarshal(data, &n); err != nil {
		return err
	}
	*c = Comparison(n.plainComparison)
	c.Lower, c.Upper = orInfinity(n.Lower, -1), orInfinity(n.Upper, 1)
	c.TLower, c.TUpper = orInfinity(n.TLower, -1), orInfinity(n.TUpper, 1)
	c.ProvenMargin = orInfinity(n.ProvenMargin, 1)
	return nil
}
