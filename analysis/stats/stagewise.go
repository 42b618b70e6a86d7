package stats

import "math"

// A Stage is one look of a sequential comparison at which it could stop: at a
// z = estimate/standard error at or below Lower, or at or above Upper. Either
// may be infinite.
type Stage struct {
	Information  float64 // 1 over the square of the standard error then
	Lower, Upper float64
}

// Stagewise estimates the effect after a sequential comparison that went past
// the stages given and then, for whatever reason, stopped with an estimate and
// its standard error, which is positive. Plain estimates are too far out after
// an early stop; median is not: it lies above the truth as often as below.
// lower and upper are one-sided bounds at confidence 1 − alpha each. They order
// what could have been seen by stage first: a stop above at an earlier stage
// is further up than any later one, a stop below further down (Fairbanks &
// Madsen 1982; Tsiatis, Rosner & Mehta 1984; Jennison & Turnbull 2000, sections
// 8.4 and 8.5). With no stage passed they are the plain estimate and bounds.
//
// Stages need positive information that grows up to the stop's. One that adds
// none is skipped. Where a stage could not have been passed at all, Lower not
// being below Upper, nothing can be said: the bounds are ∓Inf about the plain
// estimate.
func Stagewise(passed []Stage, estimate, stderr, alpha float64) (median, lower, upper float64) {
	c := newCourse(passed, estimate, stderr)
	if c == nil {
		return estimate, math.Inf(-1), math.Inf(1)
	}
	return c.solve(0.5), c.solve(alpha), c.solve(1 - alpha)
}

// A course is what led to a stop: the paths before each stage, the last of
// which is the stop.
type course struct {
	before      []*paths
	information []float64
	bound       []float64 // score at or above which the stage's outcomes are further up
	estimate    float64
	stderr      float64
}

func newCourse(passed []Stage, estimate, stderr float64) *course {
	c := &course{estimate: estimate, stderr: stderr}
	final := 1 / (stderr * stderr)
	var stages []Stage
	last := 0.0
	for _, s := range passed {
		if s.Information > last && s.Information < final {
			stages, last = append(stages, s), s.Information
		}
	}
	// The likeliest effects among those with which the stages are passed.
	low, high := math.Inf(-1), math.Inf(1)
	for _, s := range stages {
		low = max(low, s.Lower/math.Sqrt(s.Information))
		high = min(high, s.Upper/math.Sqrt(s.Information))
	}
	likely := max(min(estimate, high), low)

	p := begin(likely)
	for k, s := range stages {
		scale := math.Sqrt(s.Information)
		c.add(p, s.Information, s.Upper*scale)
		next := final
		if k+1 < len(stages) {
			next = stages[k+1].Information
		}
		middle := likely * s.Information
		p = p.advance(s.Information,
			max(s.Lower*scale, middle-2*farthest*scale),
			min(s.Upper*scale, middle+2*farthest*scale), next)
		if len(p.scores) == 0 {
			return nil
		}
	}
	c.add(p, final, estimate*final)
	return c
}

func (c *course) add(p *paths, information, bound float64) {
	c.before = append(c.before, p)
	c.information = append(c.information, information)
	c.bound = append(c.bound, bound)
}

// further is the probability, under the effect theta, to stop as far up as
// seen or further. It grows with theta.
func (c *course) further(theta float64) float64 {
	sum := 0.0
	for k, p := range c.before {
		if !math.IsInf(c.bound[k], 1) {
			sum += p.above(c.information[k], c.bound[k], theta)
		}
	}
	return sum
}

// solve finds the effect under which further is probability, to a billionth of
// the standard error.
func (c *course) solve(probability float64) float64 {
	z := quantileAbove(probability)
	plain := c.estimate - c.stderr*z
	if len(c.before) == 1 {
		return plain
	}
	// On the scale of z the course is nearly a straight line.
	excess := func(theta float64) float64 { return z - quantileAbove(c.further(theta)) }
	low, high := plain-c.stderr, plain+c.stderr
	below, over := excess(low), excess(high)
	for width := 2 * c.stderr; below > 0; width *= 2 {
		high, over = low, below
		if low -= width; math.IsInf(low, -1) {
			return low
		}
		below = excess(low)
	}
	for width := 2 * c.stderr; over < 0; width *= 2 {
		low, below = high, over
		if high += width; math.IsInf(high, 1) {
			return high
		}
		over = excess(high)
	}
	return root(excess, low, high, below, over, 1e-9*c.stderr)
}

// root finds where f, which grows from below at low, not above 0, to over at
// high, not below 0, is 0, to within tolerance: by the rule of false position
// that halves the value at an end that stays (the Illinois algorithm, Dowell &
// Jarratt 1971), and by bisection while a value is infinite.
func root(f func(float64) float64, low, high, below, over, tolerance float64) float64 {
	stayed := 0 // −1: low was moved last, 1: high was
	for range 200 {
		if !(high-low > tolerance) {
			break
		}
		x := (low*over - high*below) / (over - below)
		if !(x > low && x < high) {
			x = low/2 + high/2
		}
		y := f(x)
		arrived := stayed != 0 && min(x-low, high-x) < tolerance
		if y == 0 || arrived {
			return x
		}
		if y < 0 {
			if low, below = x, y; stayed == -1 {
				over /= 2
			}
			stayed = -1
		} else {
			if high, over = x, y; stayed == 1 {
				below /= 2
			}
			stayed = 1
		}
	}
	return low/2 + high/2
}
