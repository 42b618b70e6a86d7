// Package prof compares the CPU profiles of two sides.
//
// In come the paths of profiles in pprof's format as Go programs write them
// (-test.cpuprofile), any number a side, one per process. Out goes a table of
// the functions that gained or lost CPU share ([Compare]), a differential
// flame graph as one self-contained page ([FlamePage]), one merged profile a
// side for go tool pprof ([Merge]), or pprof's own pages for a server ([Pages]).
//
// Functions are told apart by name alone: the two sides are built in
// different trees, so file names and line numbers differ where the code is the
// same.
//
// A profile that is missing, cut off, empty or not of CPU time is an error
// that names the file. FlamePage also fails when the page that pprof made is
// not laid out as expected, which only another version of pprof can cause, and
// where neither HOME nor XDG_CONFIG_HOME is set, without which pprof does not
// start; nothing is written there.
package prof
