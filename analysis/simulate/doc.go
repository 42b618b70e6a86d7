// Package simulate measures what a verdict's promises are worth: it plays whole
// comparisons on synthetic hosts, where the truth is known, and counts how
// often each way of deciding is right, wrong or undecided, and how many pairs
// of processes it takes.
//
// Everything follows from a seed. A trial has random numbers of its own, so the
// number of workers has no bearing on the outcome.
//
// All times are natural logarithms: an effect θ of 0.02 is 2 % slower.
package simulate
