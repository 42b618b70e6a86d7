// Package deepstacks has 512 goroutines asleep, from 1 to 128 calls deep, each
// call with the only pointer to an object. Two others make garbage of 1 KiB
// blocks, as in package cyclestorm.
//
// It loads the scanning of stacks, which is nearly all there is to mark: 33 000
// frames a cycle. The two mutators fill two Ps: at GOMAXPROCS 2 a fractional
// worker scans, at 4 a dedicated one and idle ones. From go1.18 on the pacer
// counts stacks as heap, so that cycles are fewer there.
//
// Why mark worker preemption could show here: a stack is one job of a worker,
// which looks whether it should stop between two of them. Jobs come from a
// shared counter, not from a P's work buffers, so a worker that stops leaves
// nothing behind and the cost of going and coming back stands alone.
package deepstacks
