package traces

import (
	"patchbench/analysis/stats"
	"patchbench/results"
)

// Stats are the measures over all cycles of one or more processes. Durations
// are in seconds, at least 0, and 0 where no cycle was seen.
//
// Tracing costs time of its own, the more the more goroutines come and go, so
// durations compare between the sides better than with other measures.
type Stats struct {
	Processes  int `json:"processes"`
	Iterations int `json:"iterations"` // of all processes together
	Cycles     int `json:"cycles"`     // likewise
	Restarts   int `json:"restarts"`   // stops of the world at the end of marking that found more to mark
	Workerless int `json:"workerless"` // cycles in which no worker ran: assists did the marking

	Dedicated  Work `json:"dedicated"`
	Fractional Work `json:"fractional"`
	Idle       Work `json:"idle"`
	Assist     Work `json:"assist"`

	// MarkStart is from where the collector was set off to where the first
	// worker ran, the first stop of the world included. MarkResume is the
	// part after the world was restarted, 0 where a worker ran before the
	// goroutine that restarted the world got to note that it had. Both are
	// over cycles with a worker.
	MarkStart  stats.Distribution `json:"mark_start"`
	MarkResume stats.Distribution `json:"mark_resume"`

	Mark stats.Distribution `json:"mark"` // from the first stop's end to the last one's begin

	// MarkEnd is from where the last worker stopped to where a goroutine set
	// out to stop the world, 0 where a worker was still running then. Over
	// cycles with a worker.
	MarkEnd stats.Distribution `json:"mark_end"`

	// The stops of the world, from where a goroutine sets out to stop it to
	// where it has restarted it.
	SweepTermSTW stats.Distribution `json:"sweep_term_stw"`
	MarkTermSTW  stats.Distribution `json:"mark_term_stw"`

	// Counts a cycle: of stops that were to end the mark, the one that did
	// included, and of worker starts in any mode.
	Attempts stats.Distribution `json:"attempts"`
	Starts   stats.Distribution `json:"starts"`

	// What follows, and the parks of workers, is of the Detailed processes
	// alone: files of older runs lack it.
	Detailed int `json:"detailed"`

	// Preempted counts how often a worker went from running onto a run queue,
	// PreemptedParking how often of these it was past gcMarkDone and on its
	// way to the park, and Blocked how often one waited for a lock, which it
	// does in gcMarkDone. Queued is how long each was on a run queue then.
	Preempted        int    `json:"preempted"`
	PreemptedParking int    `json:"preempted_parking"`
	Blocked          int    `json:"blocked"`
	Queued           Spread `json:"queued"`

	AssistTime Spread             `json:"assist_time"`   // of each goroutine in each cycle in which it assisted
	Latency    Spread             `json:"latency"`       // from where a goroutine could run to where it did, during cycles
	MMU        []results.MMUPoint `json:"mmu,omitempty"` // the mean of the processes
	Picture    *Picture           `json:"-"`             // of the first process that has one; it is in that one's file
}

// A Picture is one cycle in full.
type Picture struct {
	Cycle results.Cycle
	results.Picture
}

// Work is what one kind of marker did in all cycles.
type Work struct {
	Starts int     `json:"starts"`
	Parks  int     `json:"parks"`
	Time   float64 `json:"time"` // seconds with a P, of the wall clock
}

// WorkerStarts counts the starts of workers in any mode.
func (s *Stats) WorkerStarts() int {
	return s.Dedicated.Starts + s.Fractional.Starts + s.Idle.Starts
}

// Read sums up the traces at paths. Those that do not read are left out and told
// of, one error each. The sum is nil if that leaves none.
func Read(paths []string) (*Stats, []error) {
	var traces []*results.Trace
	var faults []error
	for _, path := range paths {
		t, err := results.ReadTrace(path)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		traces = append(traces, t)
	}
	if len(traces) == 0 {
		return nil, faults
	}
	return sum(traces), faults
}

func sum(traces []*results.Trace) *Stats {
	s := &Stats{Processes: len(traces)}
	var start, resume, mark, end, sweepTerm, markTerm, attempts, starts []float64
	s.addDetail(traces)
	for _, t := range traces {
		s.Iterations += t.Iterations
		s.Cycles += len(t.Cycles)
		for i := range t.Cycles {
			c := &t.Cycles[i]
			s.Restarts += c.Restarts
			s.Dedicated.add(c.Dedicated)
			s.Fractional.add(c.Fractional)
			s.Idle.add(c.Idle)
			s.Assist.add(c.Assist)
			attempts = append(attempts, float64(c.Restarts+1))
			starts = append(starts, float64(c.Dedicated.Starts+c.Fractional.Starts+c.Idle.Starts))
			mark = append(mark, (c.MarkTermBegin - c.SweepTermEnd).Seconds())
			sweepTerm = append(sweepTerm, (c.SweepTermEnd - c.SweepTermBegin).Seconds())
			markTerm = append(markTerm, (c.MarkTermEnd - c.MarkTermBegin).Seconds())
			if c.FirstWorker == 0 {
				s.Workerless++
				continue
			}
			start = append(start, (c.FirstWorker - c.Begin).Seconds())
			resume = append(resume, max(0, c.FirstWorker-c.SweepTermEnd).Seconds())
			last := max(c.LastWorker, c.FirstWorker) // a worker that never stopped again has no last stop
			end = append(end, (c.MarkTermBegin - last).Seconds())
		}
	}
	s.MarkStart, s.MarkResume = stats.Distribute(start), stats.Distribute(resume)
	s.Mark, s.MarkEnd = stats.Distribute(mark), stats.Distribute(end)
	s.SweepTermSTW, s.MarkTermSTW = stats.Distribute(sweepTerm), stats.Distribute(markTerm)
	s.Attempts, s.Starts = stats.Distribute(attempts), stats.Distribute(starts)
	return s
}

// addDetail sums up what only newer files have.
func (s *Stats) addDetail(traces []*results.Trace) {
	var detailed []*results.Trace
	var queued []float64
	var latency, assists results.Histogram
	for _, t := range traces {
		if t.Detail < results.TraceDetail {
			continue
		}
		detailed = append(detailed, t)
		latency.Merge(&t.Latency)
		assists.Merge(&t.Assists)
		for i := range t.Cycles {
			c := &t.Cycles[i]
			s.Preempted += c.Preempted
			s.PreemptedParking += c.PreemptedParking
			s.Blocked += c.Blocked
			for _, d := range c.Queued {
				queued = append(queued, d.Seconds())
			}
		}
		if s.Picture == nil && t.Picture != nil {
			s.Picture = &Picture{t.Cycles[t.Picture.Cycle], *t.Picture}
		}
	}
	s.Detailed = len(detailed)
	s.Queued, s.Latency, s.AssistTime = spread(queued), binned(&latency), binned(&assists)
	s.MMU = mmu(detailed)
}

func (w *Work) add(more results.Work) {
	w.Starts += more.Starts
	w.Parks += more.Parks
	w.Time += more.Time.Seconds()
}
