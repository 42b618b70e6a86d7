// Package serve shows run folders in a browser: a list of all, each one's
// report and files, two beside each other, and their profiles in pprof's own
// pages.
//
// In go places, which are run folders or folders to search for some, and
// nothing else; they are looked at anew with each request, so a run that is
// measured meanwhile appears. Out goes an [http.Handler]. It writes nothing:
// what a run folder does not hold is made for the answer and forgotten. The
// list rests on protocol.json and verdict.json as they are, and never judges a
// run; a report, a comparison or a flame graph that is missing does.
//
// The handler is for one user on one machine. It answers GET and HEAD alone,
// and only if it is asked for by an address of the loopback, so that no name
// of somebody else's that leads here gets an answer. A run may come from
// somebody else too: nothing outside of its folder is read, by whatever names
// or links, its names are escaped, and pages from its folder are shown in a
// sandbox, from which no request leaves.
//
// What is missing or can't be read is told on a short page with a fitting
// status.
package serve
