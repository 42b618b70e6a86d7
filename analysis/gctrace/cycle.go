package gctrace

import (
	"regexp"
	"strconv"
)

// start finds where a trace line begins. That need not be the start of a
// line: the testing package prints a benchmark's name first and its result
// after the run, so the first cycle of a benchmark is traced right behind the
// name.
var start = regexp.MustCompile(`gc [0-9]+ @[0-9]`)

// line matches a whole trace line. After Go 1.16 it grew: a remark behind the
// percentage and more sizes behind the goal are passed over, whatever they
// say. Numbers are kept short so that sums of them stay finite.
var line = func() *regexp.Regexp {
	const (
		whole = `([0-9]{1,15})`
		frac  = `([0-9]{1,15}(?:\.[0-9]{1,15})?)`
	)
	return regexp.MustCompile(`^gc ` + whole + ` @` + frac + `s ` + whole + `%(?: \([^()]*\))?: ` +
		frac + `\+` + frac + `\+` + frac + ` ms clock, ` +
		frac + `\+` + frac + `/` + frac + `/` + frac + `\+` + frac + ` ms cpu, ` +
		whole + `->` + whole + `->` + whole + ` MB, ` + whole + ` MB goal, ` +
		`(?:[0-9]+ MB [a-z]+, )*` + whole + ` P( \(forced\))?`)
}()

// A cycle is one trace line. Durations are in seconds, sizes in MB.
type cycle struct {
	number                         float64 // from 1 in each process
	at                             float64 // since the process began
	percent                        float64 // of CPU spent in the collector since then
	sweepTerm, mark, markTerm      float64
	assistCPU, backgroundCPU, idle float64
	heapStart, heapEnd, live, goal float64
	procs                          int
	forced                         bool
}

// parseCycle reads the trace line at the start of s.
func parseCycle(s string) (c cycle, ok bool) {
	m := line.FindStringSubmatch(s)
	if m == nil {
		return cycle{}, false
	}
	var v [17]float64
	for i := 1; i < len(v); i++ {
		f, err := strconv.ParseFloat(m[i], 64)
		if err != nil {
			return cycle{}, false
		}
		v[i] = f
	}
	const ms = 1e-3
	return cycle{
		number: v[1], at: v[2], percent: v[3],
		sweepTerm: v[4] * ms, mark: v[5] * ms, markTerm: v[6] * ms,
		// v[7] and v[11] are the two pauses again, times the number of Ps.
		assistCPU: v[8] * ms, backgroundCPU: v[9] * ms, idle: v[10] * ms,
		heapStart: v[12], heapEnd: v[13], live: v[14], goal: v[15],
		procs:  int(v[16]),
		forced: m[17] != "",
	}, true
}
