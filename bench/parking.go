package bench

import "golang.org/x/exp/trace"

// Functions on the stacks of mark workers.
const (
	funcWorker   = "runtime.gcBgMarkWorker"
	funcMarkDone = "runtime.gcMarkDone"
	funcPark     = "runtime.gopark"
)

// A parking tells where mark workers were preempted: in gcMarkDone, or on their
// way from there to the park.
//
// A worker without its M locked can be preempted where a function is entered,
// and the loop of gcBgMarkWorker enters no others then. Go before 1.22 leaves
// that function out of the stack. What is left is gcBgMarkWorker's frame alone,
// so it takes another stack, with gcMarkDone above it, to tell the two calls in
// it apart.
type parking struct {
	call  uint64           // where gcBgMarkWorker calls gcMarkDone; 0 until a stack has shown it
	alone map[int][]uint64 // by cycle, where the frame was when a worker with no other was preempted
}

// learn looks on the stack of a worker for the call of gcMarkDone.
func (p *parking) learn(s trace.Stack) {
	if p.call != 0 {
		return
	}
	inMarkDone := false
	for f := range s.Frames() {
		if f.Func == funcWorker && inMarkDone {
			p.call = f.PC
		}
		inMarkDone = f.Func == funcMarkDone
	}
}

// preempted is where a worker of a cycle was, and reports whether it was surely
// on its way to the park.
func (p *parking) preempted(s trace.Stack, cycle int) bool {
	p.learn(s)
	parking := false
	var worker uint64
	frames := 0
	for f := range s.Frames() {
		frames++
		switch f.Func {
		case funcMarkDone:
			return false
		case funcPark:
			parking = true
		case funcWorker:
			worker = f.PC
		}
	}
	if frames == 1 && worker != 0 {
		p.alone[cycle] = append(p.alone[cycle], worker)
	}
	return parking
}

// forget is where a cycle turns out not to count.
func (p *parking) forget(cycle int) { delete(p.alone, cycle) }

// late counts the workers of a cycle that turn out to have been on their way to
// the park.
func (p *parking) late(cycle int) int {
	n := 0
	for _, at := range p.alone[cycle] {
		if p.call != 0 && at != p.call {
			n++
		}
	}
	return n
}
