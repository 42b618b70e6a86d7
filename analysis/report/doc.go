// Package report turns an [analysis.Analysis] into the two pages people read:
// report.md, to paste into a review, and report.html, to look at.
//
// In goes the analysis and nothing else: no file is opened, no clock is read,
// so the same analysis gives the same bytes. Out goes text on a writer. Links
// are relative to the run folder (benchstat.txt, flame/…), so a page opened
// from there finds them.
//
// The HTML page is one file with its style inside. It has no script and
// fetches nothing. Plots are SVG elements whose horizontal positions are
// percentages, so they take the width they are given while their text keeps
// its size; their colours are the page's variables, so they follow its dark
// and printed forms.
//
// Pages beside a report show verdicts and effects as it does by [Style],
// [Verdict], [Effect] and the like.
//
// What is in an analysis is not trusted: names of benchmarks, metrics and
// functions come from the programs that were measured, and are escaped for
// where they end up.
//
// Only writing can fail, and an analysis without its protocol, which no run
// folder gives.
package report
