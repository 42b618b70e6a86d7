package bench

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// guardPeriod is how often a guard looks. In that time a process can touch some
// hundred megabytes more than its bound; looking more often would disturb it.
const guardPeriod = 100 * time.Millisecond

// A guard kills a process that holds more memory than it may.
//
// A resource limit would be the system's own way. But the Go runtime maps much
// more than it uses, and where it is refused memory it fails in ways that look
// like a defect of the runtime, which is what is being tested here.
type guard struct {
	done    chan struct{}
	starved chan bool
}

// startGuard guards p, whose bound is limit bytes, or nothing if that is 0.
func startGuard(p *os.Process, limit int64) *guard {
	g := &guard{done: make(chan struct{}), starved: make(chan bool, 1)}
	if limit <= 0 {
		g.starved <- false
		return g
	}
	go func() {
		tick := time.NewTicker(guardPeriod)
		defer tick.Stop()
		for {
			select {
			case <-g.done:
				g.starved <- false
				return
			case <-tick.C:
				if residentBytes(p.Pid) > limit {
					p.Kill()
					g.starved <- true
					return
				}
			}
		}
	}()
	return g
}

// stop ends the guard of a process that ended, and reports whether the guard
// ended it.
func (g *guard) stop() bool {
	close(g.done)
	return <-g.starved
}

// residentBytes is the memory a process holds, 0 where the system does not
// tell.
func residentBytes(pid int) int64 {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(data))
	if len(fields) < 2 {
		return 0
	}
	pages, err := strconv.ParseInt(fields[1], 10, 64)
	if err != nil {
		return 0
	}
	return pages * int64(os.Getpagesize())
}
