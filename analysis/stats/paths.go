package stats

import "math"

// Gauss-Legendre nodes and weights of order 16 on [−1, 1], the positive half
// (Abramowitz & Stegun 1964, table 25.4).
var (
	legendreNodes = [8]float64{
		0.0950125098376374, 0.2816035507792589, 0.4580167776572274, 0.6178762444026438,
		0.7554044083550030, 0.8656312023878318, 0.9445750230732326, 0.9894009349916499,
	}
	legendreWeights = [8]float64{
		0.1894506104550685, 0.1826034150449236, 0.1691565193950025, 0.1495959888165767,
		0.1246289712555339, 0.0951585116824928, 0.0622535239386479, 0.0271524594117541,
	}
)

const (
	// panelWidth is how many standard deviations of a step between two looks
	// one panel of the quadrature spans. With 16 nodes in each, half the width
	// does not change the eighth digit of a boundary.
	panelWidth = 6
	// finestStep keeps looks that lie very close together from taking ever
	// more nodes: the smallest standard deviation resolved, as a share of
	// that of the whole score.
	finestStep = 0.04
	// longestStep is how many standard deviations a path moves between two
	// looks at most. To move further is less likely than anything asked for.
	longestStep = 13
)

// paths are the courses that a sequential comparison can take without having
// stopped by one of its looks: the distribution of its score on them. At
// information I the score of an effect θ is normal with mean θI and variance
// I, with independent increments; z is score/√I. The density under one effect is
// held at quadrature nodes, from which that under others follows. It is the
// recursion of Armitage, McPherson & Rowe 1969 (Jennison & Turnbull 2000,
// chapter 19) with Gauss-Legendre panels in place of Simpson's rule, which saves
// nodes.
type paths struct {
	effect      float64 // for which the density is held
	information float64
	scores      []float64 // nodes
	weights     []float64 // density times the weight of the node
}

// begin holds all paths before the first look: no information, score 0.
func begin(effect float64) *paths {
	return &paths{effect: effect, scores: []float64{0}, weights: []float64{1}}
}

// advance returns those of the paths whose score lies between low and high,
// both finite, at a look with more information. next is the information at the
// look after it, for which the result is resolved finely enough.
func (p *paths) advance(information, low, high, next float64) *paths {
	q := &paths{effect: p.effect, information: information}
	if !(low < high) {
		return q
	}
	delta := information - p.information
	step, shift := math.Sqrt(delta), p.effect*delta
	resolved := max(min(step, math.Sqrt(next-information)), finestStep*math.Sqrt(information))
	panels := int(math.Ceil((high - low) / (panelWidth * resolved)))
	half := (high - low) / float64(panels) / 2
	for panel := range panels {
		center := low + float64(2*panel+1)*half
		for i, node := range legendreNodes {
			for _, score := range [2]float64{center - half*node, center + half*node} {
				density := p.density(score-shift, step)
				q.scores = append(q.scores, score)
				q.weights = append(q.weights, density*half*legendreWeights[i])
			}
		}
	}
	return q
}

// density is that of the paths spread by a normal step, its standard deviation.
func (p *paths) density(score, step float64) float64 {
	sum, scale := 0.0, 1/step
	for i, from := range p.scores {
		if z := (score - from) * scale; z > -longestStep && z < longestStep {
			sum += p.weights[i] * math.Exp(-z*z/2)
		}
	}
	return sum * scale / math.Sqrt(2*math.Pi)
}

// above is the probability, under the effect theta, to be among the paths and
// then to have a score above bound at a look with more information.
func (p *paths) above(information, bound, theta float64) float64 {
	delta := information - p.information
	step, shift := math.Sqrt(delta), theta*delta
	sum := 0.0
	for i, score := range p.scores {
		if w := p.weights[i]; w > 0 {
			sum += w * p.ratio(score, theta) * exceedance((bound-score-shift)/step)
		}
	}
	return sum
}

// ratio is how much likelier a score is under the effect theta than under the
// one that the density is held for.
func (p *paths) ratio(score, theta float64) float64 {
	if theta == p.effect {
		return 1
	}
	return math.Exp((theta - p.effect) * (score - (theta+p.effect)*p.information/2))
}
