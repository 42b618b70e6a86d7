package analysis

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"patchbench/results"
)

// percent formats a relative change with two significant digits, whole from
// 10 % on: "0.84 %", "3.1 %", "−14 %".
func percent(x float64) string {
	if math.IsInf(x, 1) {
		return "+∞ %"
	}
	if math.IsInf(x, -1) {
		return "−∞ %"
	}
	x *= 100
	text := strconv.FormatFloat(x, 'f', 0, 64)
	if math.Abs(x) < 9.95 {
		text = strconv.FormatFloat(x, 'g', 2, 64)
		if math.Abs(x) < 0.0095 {
			text = "0"
		}
	}
	return strings.Replace(text, "-", "−", 1) + " %"
}

// percentUp is percent for a claim of "no more than": it rounds up, so that the
// text never promises more than the number.
func percentUp(x float64) string {
	if x <= 0 || math.IsInf(x, 1) {
		return percent(x)
	}
	x = max(x, 1e-4) // the least that percent shows
	step := 0.01     // of what percent shows, 1 % from 10 % on
	if x < 0.1 {
		step = math.Pow(10, math.Floor(math.Log10(x))-1)
	}
	return percent(math.Ceil(x/step-1e-9) * step)
}

// percentDown is percent for a claim of "at least", of an x above zero.
func percentDown(x float64) string {
	step := 0.01
	if x < 0.1 {
		step = math.Pow(10, math.Floor(math.Log10(x))-1)
	}
	return percent(math.Floor(x/step+1e-9) * step)
}

// plural counts things: "1 pair", "2 pairs".
func plural(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return strconv.Itoa(n) + " " + thing
}

// words are how a change of metric m for the worse and for the better is said.
func words(m results.Metric) (worse, better string) {
	switch {
	case m.Better == "higher":
		return "less", "more"
	case m.Kind == results.Time:
		return "slower", "faster"
	case m.Kind == results.Space:
		return "larger", "smaller"
	case m.Kind == results.Latency:
		return "longer", "shorter"
	}
	return "more", "less"
}

// change states the effect with its bounds, both in its own direction:
// "14 % slower [11 %, 17 %]", "5 % faster [3 %, 7 %]".
func (c *Comparison) change() string {
	worse, better := words(c.Metric)
	if c.Effect < 0 {
		return fmt.Sprintf("%s %s [%s, %s]", percent(-c.Effect), better, percent(-c.Upper), percent(-c.Lower))
	}
	return fmt.Sprintf("%s %s [%s, %s]", percent(c.Effect), worse, percent(c.Lower), percent(c.Upper))
}
