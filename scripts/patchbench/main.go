// Patchbench measures what a patch to the Go runtime costs or gains.
//
//	patchbench compare EXPERIMENT   build both sides, measure, report
//	patchbench build EXPERIMENT     only build
//	patchbench run EXPERIMENT       build and measure
//	patchbench report RUN           make the report of a run folder anew
//	patchbench analyze RUN          judge it by another margin or other metrics
//	patchbench serve                browse the runs there are
//	patchbench doctor               tell what makes measurements here doubtful
//
// It ends with the verdict's status: 0 for no loss or an improvement, 1 for a
// regression, 2 for inconclusive, 3 for broken and for bad input, and 130 when
// interrupted.
package main

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"os"
	"os/signal"
	"syscall"
	"time"

	"patchbench/bench"
	"patchbench/bench/alone"
	"patchbench/bench/load"
	"patchbench/toolchain"
)

func main() {
	os.Exit(run(nil))
}

// run runs the command; counters are those of how busy the machine is, nil for
// this one's.
func run(counters func() load.Reading) int {
	if len(os.Args) == 2 && os.Args[1] == bench.ShimArg {
		return bench.ShimMain()
	}
	if len(os.Args) >= 2 && os.Args[1] == toolchain.CutoffArg {
		return toolchain.CutoffMain(os.Args[2:])
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGPIPE)
	defer stop()
	a := &app{
		stdout: os.Stdout,
		stderr: os.Stderr,
		env:    os.Environ(),
		now:    time.Now,
		seed:   randomSeed,
		lock:   alone.Name,

		counters: counters,
	}
	return a.main(ctx, os.Args[1:])
}

func randomSeed() uint64 {
	var b [8]byte
	rand.Read(b[:])
	return binary.LittleEndian.Uint64(b[:])
}
