// Package prof compares the CPU profiles of two sides, or their allocation
// profiles.
//
// In come profiles in pprof's format as Go programs write them
// (-test.cpuprofile, -test.memprofile), any number a side, one per process
// ([ReadBoth]). Out goes a table of what gained or lost a share of the CPU time or
// of the bytes allocated, by function and, for CPU time, by what it is for, with
// what chance explains ([Compare]); pages by pprof's own code, a
// differential flame graph foremost ([NewPages]), or the same for a server
// ([Handlers]); and one merged profile a side for go tool pprof ([Side.Write]).
//
// Functions are told apart by name alone: the two sides are built in
// different trees, so file names and line numbers differ where the code is the
// same.
//
// A profile that is missing, cut off, empty, of another kind or of another
// program or benchmark than the others is left out, with an error that names the
// file.
// NewPages also fails when a page that pprof made is not laid out as expected,
// which only another version of pprof can cause, and where neither HOME nor
// XDG_CONFIG_HOME is set, without which pprof does not start; nothing is
// written there.
package prof
