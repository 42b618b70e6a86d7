package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"golang.org/x/perf/benchunit"

	"patchbench/results"
)

const (
	minus   = "\u2212"
	missing = "n/a"
)

// percent writes the relative change x (0.02 is 2 %) with its sign and two
// significant digits, whole from 10 % on, and never finer than hundredths.
func percent(x float64) string {
	return signed(x, decimals(x))
}

// bound writes a bound of an interval. One that would be rounded onto the
// margin gets as many decimals, up to three, as show on which side of it the
// bound lies, because that is what the verdict hangs on.
func bound(x, margin float64) string {
	prec := decimals(x)
	for prec < 3 && x != margin && signed(x, prec) == signed(margin, prec) {
		prec++
	}
	return signed(x, prec)
}

// interval writes both bounds.
func interval(lower, upper, margin float64) string {
	if math.IsNaN(lower) || math.IsNaN(upper) {
		return missing
	}
	return "[" + bound(lower, margin) + ", " + bound(upper, margin) + "]"
}

func decimals(x float64) int {
	switch p := math.Abs(100 * x); {
	case p >= 9.95:
		return 0
	case p >= 0.995:
		return 1
	}
	return 2
}

func signed(x float64, prec int) string {
	switch {
	case math.IsNaN(x):
		return missing
	case math.IsInf(x, 1):
		return "+∞"
	case math.IsInf(x, -1):
		return minus + "∞"
	}
	s := strconv.FormatFloat(math.Abs(100*x), 'f', prec, 64)
	if strings.Trim(s, "0.") == "" {
		return "0 %"
	}
	if x < 0 {
		return minus + s + " %"
	}
	return "+" + s + " %"
}

// share writes a part of a whole (0.25 is 25 %), without a sign.
func share(x float64) string {
	return strings.TrimPrefix(percent(x), "+")
}

// margin writes a margin as it was set: 0.02 is "2 %", 0.015 is "1.5 %".
func margin(m float64) string {
	if m == 0 {
		return "none"
	}
	return strconv.FormatFloat(100*m, 'g', 4, 64) + " %"
}

// values writes two measurements of one unit at a common scale, so that their
// digits compare at a glance.
func values(before, after float64, unit string) (b, a string) {
	scale := benchunit.CommonScale(finite(before, after), benchunit.ClassOf(unit))
	write := func(v float64) string {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return missing
		}
		number := strconv.FormatFloat(v/scale.Factor, 'f', scale.Prec, 64)
		if suffix := scale.Prefix + symbol(unit); suffix != "" {
			number += " " + suffix
		}
		return number
	}
	return write(before), write(after)
}

func finite(xs ...float64) []float64 {
	var out []float64
	for _, x := range xs {
		if !math.IsNaN(x) && !math.IsInf(x, 0) {
			out = append(out, x)
		}
	}
	return out
}

// symbol returns the symbol of what a unit counts before its slash: seconds
// and bytes have one.
func symbol(unit string) string {
	counted, per, divided := strings.Cut(unit, "/")
	suffix := ""
	if divided && per != "op" {
		suffix = "/" + per
	}
	switch {
	case counted == "sec" || strings.HasSuffix(counted, "-sec"):
		return "s" + suffix
	case benchunit.ClassOf(unit) == benchunit.Binary:
		return "B" + suffix
	}
	return ""
}

// seconds writes a duration of the collector's scale: 12.3 µs, 1.20 s.
func seconds(s float64) string {
	v, _ := values(s, s, "sec")
	return v
}

// duration writes a stretch of wall time people plan with.
func duration(s float64) string { return results.Roughly(s) }

// memory writes a size of memory.
func memory(n int64) string {
	scale := benchunit.CommonScale([]float64{float64(n)}, benchunit.Binary)
	return strconv.FormatFloat(float64(n)/scale.Factor, 'f', 1, 64) + " " + scale.Prefix + "B"
}

// probability writes a p-value; nothing below a thousandth is told apart.
func probability(p float64) string {
	switch {
	case math.IsNaN(p):
		return missing
	case p < 0.001:
		return "<0.001"
	}
	return fmt.Sprintf("%.3f", p)
}

// number writes a plain quantity with three significant digits.
func number(x float64) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return missing
	}
	if math.Abs(x) >= 1000 {
		return fmt.Sprintf("%.0f", x)
	}
	return strconv.FormatFloat(x, 'g', 3, 64)
}

// count writes n things in words: 1 pair, 2 pairs.
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return strconv.Itoa(n) + " " + thing + "s"
}

// digest shortens a hash to what tells two apart at sight.
func digest(s string) string {
	if len(s) > 12 {
		return s[:12]
	}
	return s
}
