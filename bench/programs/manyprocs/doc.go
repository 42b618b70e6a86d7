// Package manyprocs has many Ps with little to do: 32 goroutines at once, each
// of which replaces a tree of 31 nodes and ends, then a single one that walks
// trees while the others are gone, in a heap of 4 MB.
//
// It loads the changes between idle workers and goroutines: between bursts all
// Ps but one mark, and each burst wants them back within microseconds. It is
// meant for GOMAXPROCS of 4 and more, also more than there are cores; at 2
// there is one idle P.
//
// Why mark worker preemption could show here: every P that turns to a goroutine
// leaves an idle worker that polls, parks through the changed function, and is
// popped from the pool of workers by whatever P is idle next. With many Ps that
// pool is where they meet.
package manyprocs
