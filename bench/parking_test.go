package bench

import (
	"testing"

	"golang.org/x/exp/trace"
)

func stack(frames ...trace.StackFrame) trace.Stack { return trace.MakeStack(frames) }

// TestParking preempts a worker in every way that a stack shows, in the order
// of the cycles.
func TestParking(t *testing.T) {
	const call, park = 700, 600
	done := trace.StackFrame{PC: 10, Func: funcMarkDone}
	worker := func(at uint64) trace.StackFrame { return trace.StackFrame{PC: at, Func: funcWorker} }
	lock := trace.StackFrame{PC: 20, Func: "runtime.semacquire1"}
	gopark := trace.StackFrame{PC: 30, Func: funcPark}
	p := parking{alone: make(map[int][]uint64)}
	for i, c := range []struct {
		name  string
		stack trace.Stack
		sure  bool
		late  int
	}{
		{"entering gcMarkDone, before Go 1.22", stack(worker(call)), false, 0},
		{"entering gopark, before Go 1.22", stack(worker(park)), false, 1},
		{"waiting for a lock", stack(gopark, lock, done, worker(call)), false, 0},
		{"entering gcMarkDone", stack(done, worker(call)), false, 0},
		{"entering gopark", stack(gopark, worker(park)), true, 0},
		{"entering gopark, without a frame", stack(gopark), true, 0},
		{"unknown", trace.NoStack, false, 0},
	} {
		if i == 2 && p.late(1) != 0 {
			t.Error("the calls are told apart before a stack has shown which is which")
		}
		if sure := p.preempted(c.stack, i); sure != c.sure {
			t.Errorf("%s: surely on the way to the park: %v", c.name, sure)
		}
		defer func() {
			if n := p.late(i); n != c.late {
				t.Errorf("%s: %d turn out to be on the way to the park, want %d", c.name, n, c.late)
			}
		}()
	}
	if p.call != call {
		t.Errorf("the call is at %d", p.call)
	}
	p.preempted(stack(worker(park)), 99)
	if p.forget(99); p.late(99) != 0 {
		t.Error("a cycle that does not count does")
	}
}
