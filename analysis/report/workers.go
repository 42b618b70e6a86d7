package report

import "fmt"

// workers returns what the pacer of Go 1.16 and later asks for when a cycle
// starts at a GOMAXPROCS of procs: how many dedicated mark workers, and the
// share of each P that fractional workers may take besides.
//
// Marking in the background is to use a quarter of the Ps. That is rounded to
// whole dedicated workers; where rounding misses by more than 30 %, one is
// dropped if there are too many, and fractional workers fill up to the
// quarter (gcController.startCycle in the runtime's sources).
func workers(procs int) (dedicated int, fractional float64) {
	const (
		utilization = 0.25
		tolerance   = 0.3
	)
	goal := utilization * float64(procs)
	dedicated = int(goal + 0.5)
	off := float64(dedicated)/goal - 1
	if off >= -tolerance && off <= tolerance {
		return dedicated, 0
	}
	if float64(dedicated) > goal {
		dedicated--
	}
	return dedicated, (goal - float64(dedicated)) / float64(procs)
}

// workerModes says in words which kinds of mark worker a benchmark can have
// had. It is empty where GOMAXPROCS is not known.
func workerModes(procs int) string {
	if procs < 1 {
		return ""
	}
	dedicated, fractional := workers(procs)
	switch {
	case dedicated == 0:
		return fmt.Sprintf("at GOMAXPROCS %d the pacer asks for no dedicated mark worker: fractional workers mark, up to %s of each P, beside assists and idle workers", procs, share(fractional))
	case fractional > 0:
		return fmt.Sprintf("at GOMAXPROCS %d the pacer asks for %s, and for fractional workers up to %s of each P, beside assists and idle workers", procs, count(dedicated, "dedicated mark worker"), share(fractional))
	}
	return fmt.Sprintf("at GOMAXPROCS %d the pacer asks for %s and no fractional ones, beside assists and idle workers", procs, count(dedicated, "dedicated mark worker"))
}
