package gctrace

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"patchbench/analysis/stats"
)

// maxLine is the longest line taken in one piece, in bytes. A trace line has
// less than 200; what benchmarks print may be of any length.
const maxLine = 64 << 10

// Parse reads the traces of one or more processes, one after the other, with
// anything else between their lines. A new process is told by cycle numbers
// or times that start again.
//
// Lines longer than 64 KiB are read in pieces; a trace line that straddles
// two of them counts as unparsed. Parse fails only if r does.
func Parse(r io.Reader) (*Stats, error) {
	var a accumulator
	br := bufio.NewReaderSize(r, maxLine)
	for {
		piece, _, err := br.ReadLine()
		if errors.Is(err, io.EOF) {
			return a.stats(), nil
		}
		if err != nil {
			return nil, fmt.Errorf("read gc trace: %w", err)
		}
		a.addLine(piece)
	}
}

// An accumulator gathers cycles in the order they were printed.
type accumulator struct {
	sum       Stats   // the counts and sums of what was seen so far
	last      cycle   // of the current process
	elapsed   float64 // seconds, of the processes before it
	weighted  float64 // their CPU percentage times their seconds
	unweighed float64 // their CPU percentage, for traces too short to have seconds

	sweepTerm, mark, markTerm          []float64 // one a cycle
	heapStart, heapEnd, live, heapGoal []float64
}

// addLine takes in what one line of the file holds: usually nothing or one
// cycle, but a process killed while printing leaves the start of a line right
// before the next process's.
func (a *accumulator) addLine(line []byte) {
	starts := start.FindAllIndex(line, -1)
	for i, loc := range starts {
		end := len(line)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		if c, ok := parseCycle(string(line[loc[0]:end])); ok {
			a.add(c)
		} else {
			a.sum.Unparsed++
		}
	}
}

func (a *accumulator) add(c cycle) {
	if a.sum.Cycles == 0 {
		a.sum.Processes = 1
	} else if c.number <= a.last.number || c.at < a.last.at {
		a.endProcess()
		a.sum.Processes++
	}
	a.last = c

	a.sum.Cycles++
	if c.forced {
		a.sum.Forced++
	}
	a.sum.AssistCPU += c.assistCPU
	a.sum.BackgroundCPU += c.backgroundCPU
	a.sum.IdleCPU += c.idle
	a.sum.Procs = max(a.sum.Procs, c.procs)

	a.sweepTerm = append(a.sweepTerm, c.sweepTerm)
	a.mark = append(a.mark, c.mark)
	a.markTerm = append(a.markTerm, c.markTerm)
	a.heapStart = append(a.heapStart, c.heapStart)
	a.heapEnd = append(a.heapEnd, c.heapEnd)
	a.live = append(a.live, c.live)
	a.heapGoal = append(a.heapGoal, c.goal)
}

// endProcess books the current process's time and percentage, which its last
// cycle states.
func (a *accumulator) endProcess() {
	a.elapsed += a.last.at
	a.weighted += a.last.percent * a.last.at
	a.unweighed += a.last.percent
}

func (a *accumulator) stats() *Stats {
	s := a.sum
	if s.Cycles == 0 {
		return &s
	}
	a.endProcess()
	if a.elapsed > 0 {
		s.CyclesPerSec = float64(s.Cycles) / a.elapsed
		s.GCCPUPercent = a.weighted / a.elapsed
	} else {
		s.GCCPUPercent = a.unweighed / float64(s.Processes)
	}
	s.SweepTermSTW = stats.Distribute(a.sweepTerm)
	s.Mark = stats.Distribute(a.mark)
	s.MarkTermSTW = stats.Distribute(a.markTerm)
	s.HeapStart = stats.Median(a.heapStart)
	s.HeapEnd = stats.Median(a.heapEnd)
	s.HeapLive = stats.Median(a.live)
	s.HeapGoal = stats.Median(a.heapGoal)
	return &s
}
