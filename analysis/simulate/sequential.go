package simulate

import (
	"math"

	moremath "github.com/aclements/go-moremath/stats"

	"patchbench/analysis/stats"
)

// A Plan says when a sequential comparison looks and what it spends.
type Plan struct {
	Doc       string
	MinPairs  int       // before which there is no look
	Fractions []float64 // of the cap, increasing, the last 1
	Inflation float64   // of the cap over what a fixed size takes
	NoLoss    stats.Spending
	// Regression is spent towards a regression, independently of NoLoss.
	Regression stats.Spending
	// Futility stops a comparison, from its third look on, whose chance of a
	// decision by the cap has fallen below it should the trend go on.
	Futility float64
}

// DefaultPlan takes at no effect less than 0.6 of the pairs that a fixed size of
// the same power takes, on a quiet host. O'Brien-Fleming spending towards no
// loss can't do that: it takes about 0.7 however often it looks. The inflation is
// the smallest, in tenths, that leaves some room below 0.6 by simulation; the
// power is then a little above that of the fixed size itself.
func DefaultPlan() Plan {
	p := Plan{
		Doc:       "looks every twentieth of the cap from 15 % on, Pocock spending both ways",
		MinPairs:  10,
		Inflation: 1.5,
		NoLoss:    stats.Pocock, Regression: stats.Pocock,
		Futility: 0.1,
	}
	for twentieth := 3; twentieth <= 20; twentieth++ {
		p.Fractions = append(p.Fractions, float64(twentieth)/20)
	}
	return p
}

// OBrienFlemingPlan spends little towards no loss before the end. It stands
// here for comparison, with a cap that gives it the power of the fixed size.
func OBrienFlemingPlan() Plan {
	return Plan{
		Doc:       "six looks, O'Brien-Fleming spending towards no loss, Pocock towards a regression",
		MinPairs:  10,
		Fractions: []float64{0.2, 0.35, 0.5, 0.65, 0.8, 1},
		Inflation: 1.1,
		NoLoss:    stats.OBrienFleming, Regression: stats.Pocock,
		Futility: 0.1,
	}
}

// Sequential looks at the pairs by plan and stops as soon as they decide.
func Sequential(name string, plan Plan) Method {
	return Method{
		Name: name,
		Doc:  plan.Doc,
		New: func(s Setting) (Judge, int) {
			q := newSequence(s, plan)
			return q.judge, q.pairs[len(q.pairs)-1]
		},
	}
}

// A sequence is a plan put to pairs in a setting.
type sequence struct {
	Setting
	pairs              []int // at each look
	noLoss, regression []float64
	futility           float64
}

func newSequence(s Setting, plan Plan) *sequence {
	q := &sequence{Setting: s, futility: plan.Futility}
	limit := roundUp(plan.Inflation * float64(s.Pairs()))
	var fractions []float64
	for _, f := range plan.Fractions {
		n := max(wholeBlocks(plan.MinPairs), roundUp(f*float64(limit)))
		if k := len(q.pairs); n <= limit && (k == 0 || n > q.pairs[k-1]) {
			q.pairs = append(q.pairs, n)
			fractions = append(fractions, float64(n)/float64(limit))
		}
	}
	q.noLoss = stats.NewLooks(plan.NoLoss, fractions).Levels(s.Alpha)
	q.regression = stats.NewLooks(plan.Regression, fractions).Levels(s.Alpha)
	return q
}

// roundUp rounds to whole blocks, but a rounding error not up to one.
func roundUp(pairs float64) int { return wholeBlocks(int(math.Ceil(pairs - 1e-9))) }

func (q *sequence) judge(d Data) Outcome {
	differences := d.Differences()
	last := len(q.pairs) - 1
	for k, n := range q.pairs {
		test := stats.NewSignedRank(differences[:n])
		verdict := decide(test, q.Margin, q.noLoss[k], q.regression[k])
		plain := interval{test.Lower(q.Alpha), test.Upper(q.Alpha)}
		if verdict == Inconclusive && k < last && !(k >= 2 && q.futile(k, plain)) {
			continue
		}
		i := q.adjust(k, plain, stats.HodgesLehmann(differences[:n]))
		return Outcome{Verdict: verdict, Pairs: n, Lower: i.lower, Upper: i.upper}
	}
	return Outcome{Lower: math.Inf(-1), Upper: math.Inf(1)}
}

// An interval is two one-sided bounds.
type interval struct{ lower, upper float64 }

// stderr is the standard error that makes a normal interval as wide as i, whose
// bounds have the level alpha; false if there is none.
func (i interval) stderr(alpha float64) (err float64, ok bool) {
	err = (i.upper - i.lower) / 2 / z(alpha)
	return err, err > 0 && !math.IsInf(err, 1)
}

// futile reports whether a decision by the cap has become unlikely: by the
// normal approximation, if the pairs to come go on as those of look k, whose
// interval without regard to other looks is plain.
func (q *sequence) futile(k int, plain interval) bool {
	stderr, ok := plain.stderr(q.Alpha)
	if !ok {
		return false
	}
	last := len(q.pairs) - 1
	done := float64(q.pairs[k]) / float64(q.pairs[last])
	final := stderr * math.Sqrt(done)       // standard error at the cap
	spread := final * math.Sqrt(1-done)     // of the estimate then, given now's
	effect := plain.lower/2 + plain.upper/2 // of the estimate then, on average
	noLoss := q.Margin - final*z(q.noLoss[last])
	regression := final * z(q.regression[last])
	normal := moremath.StdNormal
	return normal.CDF((noLoss-effect)/spread)+normal.CDF((effect-regression)/spread) < q.futility
}

// adjust makes the interval of look k account for the looks passed before it.
// It is never inside the plain one: the stages take the spread for known, and
// on a noisy host with few pairs an early look is passed more often than they
// say. Without that, upper bounds promised at 95 % held in 90 % there.
func (q *sequence) adjust(k int, plain interval, effect float64) interval {
	stderr, ok := plain.stderr(q.Alpha)
	if k == 0 || !ok {
		return plain
	}
	stages := make([]stats.Stage, k)
	for j := range stages {
		information := float64(q.pairs[j]) / float64(q.pairs[k]) / (stderr * stderr)
		stages[j] = stats.Stage{
			Information: information,
			Lower:       q.Margin*math.Sqrt(information) - z(q.noLoss[j]),
			Upper:       z(q.regression[j]),
		}
	}
	_, lower, upper := stats.Stagewise(stages, effect, stderr, q.Alpha)
	return interval{min(lower, plain.lower), max(upper, plain.upper)}
}

// z is the value that a standard normal variable exceeds with probability p.
func z(p float64) float64 { return -moremath.StdNormal.InvCDF(p) }
