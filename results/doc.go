// Package results is the format of a run folder: what a measurement writes
// and an analysis reads, with nothing else between the two.
//
// A run folder holds
//
//	protocol.json   everything decided before the first sample ([Protocol])
//	samples.bench   one Go benchmark result per sample ([Sample]), append-only
//	events.jsonl    one JSON object per line ([Event]): what happened around each sample
//	gctrace/        NAME.SIDE.K.txt.gz, the collector's own trace of unscored processes
//	profiles/       NAME.SIDE.K.pb.gz, CPU profiles of unscored processes
//	memprofiles/    NAME.SIDE.K.pb.gz, allocation profiles of unscored processes, in a run that was asked for them
//	traces/         NAME.SIDE.K.json.gz, the GC cycles of unscored processes under the execution tracer ([Trace]),
//	                and NAME.SIDE.1.trace, the first one's execution trace itself, which is not committed
//	metrics/        NAME.SIDE.K.json, what unscored processes say of themselves ([RuntimeMetrics])
//	logs/           what a failing benchmark, or a failing compilation, printed
//
// and, once analysed, verdict.json, report.md, report.html, benchstat.txt and
// flame/, which has pages by pprof and the profiles of each side merged.
//
// # samples.bench
//
// The file is plain Go benchmark format, so benchstat -col side samples.bench
// works on it as it stands. Only what is constant over the run, and the side,
// are configuration keys: benchstat makes one table per distinct
// configuration, so a key that changes with each sample would leave one sample
// in each table. Where a sample stands in the schedule is therefore on a line
// of its own before the result:
//
//	side: after
//	Sample: id=12 round=0 position=3 order=BAAB slot=0 tree=… binary=…
//	BenchmarkCycleStorm-4 20000 41022 ns/op 1.31 cpu-sec 9437184 peak-RSS-bytes
//
// A key with a capital letter is no configuration key in that format; every
// reader of it passes over the line.
//
// Readers fail on a folder made by a newer version, and say at which line a
// file does not parse. A last line without its newline is what a killed
// process leaves behind: readers drop it and count it. The head of samples.bench
// names the protocol's digest, and the last event that of samples.bench: a
// protocol changed after the first sample is refused, edited samples are told.
package results
