// Package traces sums up what execution traces tell of the collector: when the
// first mark worker ran after a cycle was set off, how long the world stood
// still, which workers started and how they stopped, and what was left to the
// program.
//
// In come the files that package results calls traces, one a process. Out goes
// [Stats]. A file that is missing or does not read is left out, with an error
// that names it.
package traces
