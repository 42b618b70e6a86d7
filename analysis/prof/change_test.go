package prof

import (
	"encoding/json"
	"math"
	"testing"
)

func TestPairsFor(t *testing.T) {
	for tests, want := range map[int]int{1: 5, 2: 6, 3: 6, 4: 7, 9: 8, 24: 9, 30: 10, 100: 11} {
		got := PairsFor(tests)
		if got != want {
			t.Errorf("%d tests take %d pairs, want %d", tests, got, want)
		}
		// One change on which all pairs agree, among others that go both ways.
		for pairs, moved := range map[int]bool{got: true, got - 1: false} {
			family := make([]*Change, tests)
			for i := range family {
				d := make([]float64, pairs)
				for j := range d {
					d[j] = 0.01 + float64(j)/1000
					if i > 0 && j%2 == 0 {
						d[j] = -d[j]
					}
				}
				family[i] = newChange(d, 0.05)
			}
			adjust(family)
			if family[0].Moved() != moved {
				t.Errorf("%d pairs: one of %d has q %g", pairs, tests, family[0].Q)
			}
		}
	}
	if PairsFor(2) != MinPairs {
		t.Errorf("MinPairs is %d, and two tests take %d", MinPairs, PairsFor(2))
	}
}

func TestChange(t *testing.T) {
	c := newChange([]float64{0.01, 0.02, 0.03, 0.04, 0.05, 0.06}, 0.05)
	if math.Abs(c.Estimate-0.035) > 1e-12 || c.P != 1.0/32 {
		t.Errorf("%+v, want 0.035 and a p-value of 1/32", c)
	}
	if c.Lower <= 0 || c.Upper < c.Estimate {
		t.Errorf("bounds [%g, %g] around %g", c.Lower, c.Upper, c.Estimate)
	}
	if c := newChange([]float64{0, 0, 0, 0, 0, 0, 0}, 0.05); c.Estimate != 0 || c.P != 1 {
		t.Errorf("nothing changed and still %+v", c)
	}
	if (*Change)(nil).Moved() {
		t.Error("what was not tested moved")
	}
}

func TestChangeJSON(t *testing.T) {
	few := newChange([]float64{0.01, 0.02}, 0.05) // bounds are infinite
	enough := newChange([]float64{0.01, 0.02, 0.03, 0.04, 0.05, 0.06}, 0.05)
	for _, want := range []*Change{few, enough} {
		data, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got Change
		if err := json.Unmarshal(data, &got); err != nil || got != *want {
			t.Errorf("%s reads as %+v, %v; want %+v", data, got, err, *want)
		}
	}
}
