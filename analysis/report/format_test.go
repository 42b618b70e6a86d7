package report

import (
	"math"
	"testing"
)

func TestPercent(t *testing.T) {
	for _, c := range []struct {
		x    float64
		want string
	}{
		{0, "0 %"}, {0.008, "+0.80 %"}, {-0.12, "−12 %"}, {0.031, "+3.1 %"}, {0.0996, "+10 %"}, {0.0994, "+9.9 %"},
		{0.00996, "+1.0 %"}, {0.0005, "+0.05 %"}, {0.00001, "0 %"}, {-0.00001, "0 %"}, {1.5, "+150 %"},
		{math.Inf(1), "+∞"}, {math.Inf(-1), "−∞"}, {math.NaN(), "n/a"},
	} {
		if got := percent(c.x); got != c.want {
			t.Errorf("percent(%v) = %q, want %q", c.x, got, c.want)
		}
	}
}

func TestBound(t *testing.T) {
	for _, c := range []struct {
		x, margin float64
		want      string
	}{
		{0.0197, 0.02, "+1.97 %"}, // not the 2.0 % of the margin, which it is below
		{0.0204, 0.02, "+2.04 %"}, // and which this is above
		{0.0996, 0.10, "+9.96 %"},
		{0.02, 0.02, "+2.0 %"}, // the margin itself
		{0.014, 0.02, "+1.4 %"},
		{0.000021, 0, "+0.002 %"},
		{0.0000021, 0, "0 %"}, // nobody needs more than three decimals
	} {
		if got := bound(c.x, c.margin); got != c.want {
			t.Errorf("bound(%v, %v) = %q, want %q", c.x, c.margin, got, c.want)
		}
	}
}

func TestInterval(t *testing.T) {
	for _, c := range []struct {
		lower, upper float64
		want         string
	}{
		{-0.01, 0.019, "[−1.0 %, +1.9 %]"},
		{math.Inf(-1), math.Inf(1), "[−∞, +∞]"},
		{math.NaN(), 0, "n/a"},
	} {
		if got := interval(c.lower, c.upper, 0.02); got != c.want {
			t.Errorf("interval(%v, %v) = %q, want %q", c.lower, c.upper, got, c.want)
		}
	}
}

func TestValues(t *testing.T) {
	for _, c := range []struct {
		before, after float64
		unit          string
		b, a          string
	}{
		{4.1e-5, 4.2e-5, "sec/op", "41.00 µs", "42.00 µs"},
		{0.9, 1.1, "cpu-sec", "900.0 ms", "1100.0 ms"},
		{9 << 20, 10 << 20, "peak-RSS-bytes", "9.000 MiB", "10.000 MiB"},
		{2048, 1024, "B/op", "2.000 KiB", "1.000 KiB"},
		{3 << 20, 3 << 20, "B/s", "3.000 MiB/s", "3.000 MiB/s"},
		{1500, 1500, "allocs/op", "1.500 k", "1.500 k"},
		{3, 4, "allocs/op", "3.000", "4.000"},
		{0, 0, "sec/op", "0.000 s", "0.000 s"},
		{math.NaN(), 1, "sec/op", "n/a", "1.000 s"},
	} {
		if b, a := values(c.before, c.after, c.unit); b != c.b || a != c.a {
			t.Errorf("values(%v, %v, %s) = %q, %q, want %q, %q", c.before, c.after, c.unit, b, a, c.b, c.a)
		}
	}
}

func TestSmallFormats(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{share(0.25), "25 %"}, {share(0), "0 %"}, {share(0.031), "3.1 %"},
		{margin(0.02), "2 %"}, {margin(0.015), "1.5 %"}, {margin(0), "none"},
		{duration(42), "42 s"}, {duration(600), "10 min"}, {duration(9000), "2.5 h"}, {duration(1e6), "12 days"}, {duration(math.Inf(1)), "n/a"},
		{memory(8 << 30), "8.0 GiB"},
		{probability(0.0002), "<0.001"}, {probability(0.0421), "0.042"}, {probability(math.NaN()), "n/a"},
		{number(697.3), "697"}, {number(12345.6), "12346"}, {number(1.23456), "1.23"}, {number(math.Inf(1)), "n/a"},
		{count(1, "pair"), "1 pair"}, {count(0, "pair"), "0 pairs"},
		{seconds(1.2e-3), "1.200 ms"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}
