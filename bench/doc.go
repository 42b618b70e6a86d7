// Package bench measures. It takes two built trees and a suite, and writes a
// run folder (see package results) with what came out.
//
// The way through it:
//
//	LoadSuite     a suite of benchmarks from TOML
//	Compiler      their test binaries, once per side, stored by content, and
//	              how the two sides' binaries differ
//	Trial         each binary run on both sides, to fix an iteration count on
//	              before and to find what can't be measured
//	NewProtocol   everything decided before the first sample
//	Schedule      the order of all samples, from the protocol's seed
//	Measure       the samples, once the machine is quiet, then the unscored
//	              passes
//
// Every sample is a process of its own, started by a shim (see [ShimMain]) from
// an explicit environment and bounded in time. A benchmark whose process
// fails, hangs or prints something else than one result is given up and named
// broken; the rest is measured. Errors are returned for what stops the whole
// run: a suite that does not parse, a full disk, a cancelled context.
package bench
