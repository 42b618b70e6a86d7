package report

import (
	"math"
	"slices"
	"testing"
)

func TestLimits(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		name            string
		estimates, ends []float64
		inside, outside []float64
	}{
		{name: "nothing measured", inside: []float64{0, 0.02}},
		{"small effects", []float64{0.001}, []float64{-0.002, 0.003}, []float64{-0.002, 0, 0.02, 0.003}, nil},
		{"unbounded", []float64{0.01}, []float64{-inf, inf}, []float64{0.01, 0.02}, []float64{-inf, inf}},
		{"one wide interval", []float64{0, 0, 0, 0.01}, []float64{-0.01, 0.01, -0.01, 0.01, -0.01, 0.01, -0.9, 4}, []float64{0.01, 0.02}, []float64{-0.9, 4}},
		{"a regression with its interval", []float64{0, 0, 0.14}, []float64{-0.01, 0.01, -0.01, 0.01, 0.11, 0.17}, []float64{0.14, 0.17}, nil},
		{"one estimate out of all bounds", []float64{0, 0, 9}, []float64{-0.01, 0.01, -0.01, 0.01, 8, 10}, []float64{0.02}, []float64{9}},
		{"no numbers", []float64{math.NaN()}, []float64{math.NaN(), inf}, []float64{0.02}, []float64{inf}},
	} {
		low, high := limits(c.estimates, c.ends, 0.02)
		x := axis{low: low, high: high, from: 0, to: 100}
		for _, v := range c.inside {
			if _, beyond := x.at(v); beyond != 0 {
				t.Errorf("%s: %v is off the axis %v to %v", c.name, v, low, high)
			}
		}
		for _, v := range c.outside {
			if _, beyond := x.at(v); beyond == 0 {
				t.Errorf("%s: %v is on the axis %v to %v", c.name, v, low, high)
			}
		}
	}
}

func TestAxisAt(t *testing.T) {
	x := axis{low: -0.1, high: 0.3, from: 20, to: 60}
	for _, c := range []struct {
		v, pos float64
		beyond int
	}{{-0.1, 20, 0}, {0, 30, 0}, {0.3, 60, 0}, {0.31, 60, 1}, {-1, 20, -1}} {
		if pos, beyond := x.at(c.v); math.Abs(pos-c.pos) > 1e-9 || beyond != c.beyond {
			t.Errorf("at(%v) = %v, %d, want %v, %d", c.v, pos, beyond, c.pos, c.beyond)
		}
	}
}

func TestTicks(t *testing.T) {
	for _, c := range []struct {
		low, high float64
		want      []string
	}{
		{-0.028, 0.155, []string{"0 %", "+5 %", "+10 %", "+15 %"}},
		{-0.03, 0.03, []string{"−3 %", "−2 %", "−1 %", "0 %", "+1 %", "+2 %", "+3 %"}},
		{-0.001, 0.003, []string{"−0.1 %", "0 %", "+0.1 %", "+0.2 %", "+0.3 %"}},
	} {
		var got []string
		for _, v := range (axis{low: c.low, high: c.high}).ticks(6) {
			got = append(got, tick(v))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("ticks of %v to %v are %v, want %v", c.low, c.high, got, c.want)
		}
	}
}
