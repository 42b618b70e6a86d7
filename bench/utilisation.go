package bench

import (
	"time"

	"patchbench/results"
)

// A utilisation is how much of the CPUs the collector has over time.
type utilisation struct {
	procs   int // GOMAXPROCS; 0 until the trace tells
	busy    int // Ps that work for the collector
	stopped bool
	steps   []step
}

// A step is the share of the CPUs that is the collector's from a time on.
type step struct {
	at    time.Duration
	share float64
}

// gomaxprocs is where the trace tells how many Ps there are. Shares are known
// from the first time on.
func (u *utilisation) gomaxprocs(n int, now time.Duration) {
	if n > 0 {
		u.procs = n
		u.update(now)
	}
}

func (u *utilisation) stop(stopped bool, now time.Duration) {
	u.stopped = stopped
	u.update(now)
}

// work is where a P begins (+1) or ends (-1) to work for the collector.
func (u *utilisation) work(more int, now time.Duration) {
	u.busy += more
	u.update(now)
}

func (u *utilisation) update(now time.Duration) {
	if u.procs == 0 {
		return
	}
	share := min(1, float64(u.busy)/float64(u.procs))
	if u.stopped {
		share = 1
	}
	n := len(u.steps)
	switch {
	case n > 0 && u.steps[n-1].share == share:
	case n > 0 && u.steps[n-1].at == now:
		u.steps[n-1].share = share
	default:
		u.steps = append(u.steps, step{now, share})
	}
}

// mmu returns the minimum mutator utilisation of a trace that ended at end.
func (u *utilisation) mmu(end time.Duration) []results.MMUPoint {
	var points []results.MMUPoint
	taken := u.taken(end)
	for _, w := range results.MMUWindows() {
		if len(taken) > 0 && w <= end-taken[0].at {
			most := taken.most(w)
			points = append(points, results.MMUPoint{Window: w, Utilisation: min(1, max(0, 1-most/float64(w)))})
		}
	}
	return points
}

// A tally is what the collector had taken by when: CPU time in nanoseconds of
// as many CPUs as there are, so at most the time that has passed. Between two
// entries it grows evenly.
type tally []struct {
	at  time.Duration
	sum float64
}

func (u *utilisation) taken(end time.Duration) tally {
	if len(u.steps) == 0 {
		return nil
	}
	list := make(tally, len(u.steps)+1)
	var sum float64
	for i, s := range u.steps {
		list[i].at, list[i].sum = s.at, sum
		next := end
		if i+1 < len(u.steps) {
			next = u.steps[i+1].at
		}
		sum += s.share * float64(next-s.at)
	}
	list[len(u.steps)].at, list[len(u.steps)].sum = end, sum
	return list
}

// most is the most that was taken in any stretch of w. What is taken in a
// stretch is linear in where it begins as long as neither of its ends passes an
// entry, so the most is where one end is at one.
func (l tally) most(w time.Duration) float64 {
	var most float64
	first, last := l[0].at, l[len(l)-1].at
	head, tail := 0, 0 // entries at or before the other end
	for i := range l {
		if to := l[i].at + w; to <= last {
			head = l.reach(head, to)
			most = max(most, l.by(head, to)-l[i].sum)
		}
		if from := l[i].at - w; from >= first {
			tail = l.reach(tail, from)
			most = max(most, l[i].sum-l.by(tail, from))
		}
	}
	return most
}

// reach is the last entry at or before at, which is not before that of i.
func (l tally) reach(i int, at time.Duration) int {
	for i+1 < len(l) && l[i+1].at <= at {
		i++
	}
	return i
}

// by is what was taken by at, which is between entry i and the next.
func (l tally) by(i int, at time.Duration) float64 {
	if i+1 == len(l) || l[i].at == at {
		return l[i].sum
	}
	return l[i].sum + (l[i+1].sum-l[i].sum)*float64(at-l[i].at)/float64(l[i+1].at-l[i].at)
}
