// Package gctrace reads the trace that the Go runtime writes to standard
// error under GODEBUG=gctrace=1 and sums it up.
//
// In comes text: the trace of one or more processes, one after the other,
// mixed with whatever else they printed. The line formats of Go 1.16 to 1.27
// are known. Out go [Stats]: how often the collector ran, how long its phases
// took, who did the marking, how large the heap was.
//
// Only reading can fail. Text that starts like a trace line but is cut off,
// or has another line's text in its midst, is counted in Stats.Unparsed and
// otherwise passed over; a trace without a single cycle gives Stats with
// Cycles 0 and every other measure 0.
package gctrace
