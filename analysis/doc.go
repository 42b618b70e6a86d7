// Package analysis turns a run folder into an answer.
//
// In goes a folder as package results describes it, and nothing else: neither
// the toolchains nor the machine are needed, so an old run can be analysed
// anew. Out comes an [Analysis]: a verdict for the run, for each benchmark and
// for each metric, the sentence that states it, and every doubt there is about
// it. [Save] writes it to verdict.json, with benchstat's view of the same
// samples beside it. The same folder always gives the same bytes.
//
// # How a verdict comes about
//
// Every pair of samples gives d = log(after/before), oriented so that more is
// worse. Package stats estimates their centre and a one-sided bound on each
// side, L and U, each at confidence 1 − Protocol.Alpha. With m the metric's
// margin:
//
//	fewer than Protocol.MinPairs pairs                inconclusive
//	U < m                                             no loss
//	U < 0 as well, and Holm's adjusted p agrees       improvement
//	L > 0, U ≥ m, and Holm's adjusted p agrees        regression
//	otherwise                                         inconclusive
//
// The bounds take pairs for independent. Where it is clear, at 1 %, that pairs
// next to each other or those of a block go together, there are in effect fewer
// of them, and bounds and p-values are widened to what that number is worth
// ([Comparison.EffectivePairs]). A memory too short to be seen in the pairs
// there are still makes a bound err more often than promised: by simulation
// in 10 % instead of 17 % of trials, with 40 pairs of correlation 0.5.
//
// "No loss" needs no adjustment for the number of comparisons, since the run's
// needs all of them (intersection-union test: Berger 1982). The two verdicts
// that any one of many comparisons could trigger by chance are adjusted over
// all primary metrics of the run. Exploratory metrics carry no verdict at all.
//
// # Claims
//
// An experiment may claim of named benchmarks that they improve by a least x.
// With U and L those of a benchmark's first primary metric, relative,
//
//	U < −x    the claim is held
//	L > −x    the claim is refuted
//
// and otherwise open. x is of what gets less: a time, or, where more is
// better, the reciprocal. A throughput 3 % better is one by which a piece of
// work takes 3 % less. All parts have to be held, each at 1 − Protocol.Alpha;
// any can refute the whole, so for L they share Alpha between them. A benchmark
// that never ran the changed code holds no claim.
//
// Such a run is an improvement only if its claim is held and everything
// is no loss or better. A refuted claim makes it refuted, with a regression's
// exit status: the patch fails what was asked of it, and more samples won't
// change that. A regression goes before it, and an open claim is inconclusive.
// An experiment that claims improvement and names nothing is satisfied by any,
// and fails for none.
//
// # Exposure
//
// CPU profiles say what share of its time a benchmark spends in the functions
// the patch changes and in what they call, and execution traces whether its
// mark workers ran. A benchmark that never ran the changed code is not
// exposed: that it shows no loss does not count for the run, which needs a
// benchmark that is exposed, or whose exposure is not known. What it shows
// against the patch counts. An effect on time larger than the exposed share
// can account for is marked as suspicious, and counts as well.
//
// # What can fail
//
// A folder without protocol.json, one made by a newer version, and files that
// do not parse or do not fit the protocol are errors that name file and line.
// Evidence beside the samples (profiles, traces) that cannot be read is a
// warning. Missing or unusable samples are never an error; they cost the
// verdict.
package analysis
