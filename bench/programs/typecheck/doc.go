// Package typecheck parses a made-up Go package of some 3700 lines and checks
// its types, with the parser and the checker of the toolchain under test, and
// keeps the last 3 results.
//
// It loads the collector as a compiler's front end does: objects of many sizes
// and shapes, maps that grow, deep structures that all stay alive until a
// whole package is dropped. The checker is one goroutine, as most of a
// program's life is.
//
// Why mark worker preemption could show here: mostly it should not. It is the
// ordinary program among the others, with cycles of ordinary length, that says
// how much of what they show reaches one.
package typecheck
