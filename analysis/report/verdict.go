package report

import (
	"slices"

	"patchbench/analysis"
)

// A mark is how a verdict looks: always a word and a shape, so that neither
// colour nor a symbol alone carries it.
type mark struct {
	Word   string
	Symbol string // in running text
	Class  string // of the page's style
	Shape  string // SVG path around 0,0, some 10 px across
	Means  string // one sentence for the reader
}

// A verdictMark is the mark of a verdict.
type verdictMark struct {
	verdict analysis.Verdict
	mark    mark
}

// marks lists the verdicts from worst to best.
var marks = [...]verdictMark{
	{analysis.Broken, mark{
		Word: "broken", Symbol: "✕", Class: "broken",
		Shape: "M-5-3-3-5 0-2 3-5 5-3 2 0 5 3 3 5 0 2-3 5-5 3-2 0z",
		Means: "No answer: a side does not compile, crashed, hung, or printed nothing that compares.",
	}},
	{analysis.Regression, mark{
		Word: "regression", Symbol: "▲", Class: "regression",
		Shape: "M0-5.5 5.5 4.5-5.5 4.5z",
		Means: "After is worse: the lower bound is above zero, and the upper bound is not below the margin.",
	}},
	{analysis.Inconclusive, mark{
		Word: "inconclusive", Symbol: "◇", Class: "inconclusive",
		Shape: "M0-6 6 0 0 6-6 0zM0-3-3 0 0 3 3 0z",
		Means: "Not enough was measured to tell: a loss beyond the margin is neither shown nor excluded. This is not a pass.",
	}},
	{analysis.NoLoss, mark{
		Word: "no loss", Symbol: "●", Class: "noloss",
		Shape: "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0z",
		Means: "A loss beyond the margin is excluded: the upper bound is below the margin.",
	}},
	{analysis.Improvement, mark{
		Word: "improvement", Symbol: "▼", Class: "improvement",
		Shape: "M0 5.5 5.5-4.5-5.5-4.5z",
		Means: "After is better: the upper bound is below zero.",
	}},
}

// pooled is the mark of what carries no verdict of its own: the geometric
// mean of a suite.
var pooled = mark{Word: "geomean", Symbol: "◆", Class: "pooled", Shape: "M0-5 8 0 0 5-8 0z"}

// refuted is the mark of a run alone, so it stands in no legend of benchmarks.
var refuted = mark{Word: "refuted", Symbol: "△", Class: "regression", Shape: "M0-6 6 5-6 5zM0-2.5-3 3 3 3z"}

// markOf returns the mark of v. What is no verdict looks broken and says its
// own name.
func markOf(v analysis.Verdict) mark {
	for _, m := range marks {
		if m.verdict == v {
			return m.mark
		}
	}
	if v == analysis.Refuted {
		return refuted
	}
	unknown := marks[0].mark
	unknown.Word = clean(string(v))
	if unknown.Word == "" {
		unknown.Word = "no verdict"
	}
	return unknown
}

// rank is where m stands from worst to best.
func rank(m mark) int {
	return slices.IndexFunc(marks[:], func(v verdictMark) bool { return v.mark == m })
}
