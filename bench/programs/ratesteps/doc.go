// Package ratesteps allocates at a rate that changes in steps: 4 goroutines
// walk trees only, then replace some, then more, then do nothing else, then
// hardly allocate again, then all at once nothing else. Each step but the first
// allocates as much as the live heap holds, 4 MB.
//
// It loads the pacer where its forecast is wrong: a cycle planned at one rate
// meets another. It starts too late, and assists make up for it, or too early,
// and the workers find time. 4 goroutines fill up to 4 Ps: a fractional worker
// at GOMAXPROCS 2, a dedicated one at 4, idle ones at the end of each step.
//
// Why mark worker preemption could show here: workers that come late leave more
// to assists at the steep steps than at a steady rate, where the pacer has
// learned about them.
package ratesteps
