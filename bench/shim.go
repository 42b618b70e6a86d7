package bench

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// ShimArg, as a program's only argument, asks it to call ShimMain.
const ShimArg = "patchbench-shim"

// grace is how long a process that ran out of time has to print its
// goroutines.
const grace = 5 * time.Second

// A shimRequest is what a shim reads from its standard input.
type shimRequest struct {
	Path    string
	Args    []string
	Env     []string
	Dir     string
	Timeout time.Duration
	Memory  int64            // bytes; 0 for no bound
	Counts  []processorEvent // what the processor is to count
}

// A shimReply is what a shim writes to file descriptor 3.
type shimReply struct {
	Error    string // the process could not be started
	Wall     time.Duration
	User     time.Duration
	System   time.Duration
	PeakRSS  int64 // bytes
	Exit     int   // -1 if a signal ended it
	Signal   string
	TimedOut bool
	Starved  bool // killed at its bound on memory

	MinorFaults int64
	MajorFaults int64
	Switches    int64             // of context
	Counts      map[string]uint64 // by unit, of the events that could be counted all the time
}

// ShimMain is the small process that stands between patchbench and each
// sample. It starts one process, waits for it, and tells what it used.
//
// It is there for the peak memory. Linux counts, as the peak of a new process,
// also that of the address space it was started from, so a sample started by
// patchbench itself would never show less memory than patchbench holds. A
// freshly executed shim holds a few megabytes, less than any Go benchmark.
//
// For the same reason the processor's counters are opened here.
//
// It is also the one place where a sample that hangs gets SIGQUIT, so that
// it prints its goroutines, and then SIGKILL.
func ShimMain() int {
	reply := runShim(os.Stdin)
	out := os.NewFile(3, "reply")
	if err := json.NewEncoder(out).Encode(reply); err != nil {
		fmt.Fprintln(os.Stderr, "patchbench: shim:", err)
		return 1
	}
	return 0
}

func runShim(in io.Reader) (reply shimReply) {
	var req shimRequest
	if err := json.NewDecoder(in).Decode(&req); err != nil {
		return shimReply{Error: err.Error()}
	}
	cmd := &exec.Cmd{Path: req.Path, Args: req.Args, Env: req.Env, Dir: req.Dir, Stdout: os.Stdout, Stderr: os.Stderr}
	// The parent-death signal comes when the thread that started the
	// process ends, so that thread must last. It also is the one from which
	// the process inherits the counters.
	runtime.LockOSThread()
	counters := openCounters(req.Counts)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return shimReply{Error: err.Error()}
	}
	quit := time.AfterFunc(req.Timeout, func() { cmd.Process.Signal(syscall.SIGQUIT) })
	kill := time.AfterFunc(req.Timeout+grace, func() { cmd.Process.Kill() })
	guard := startGuard(cmd.Process, req.Memory)
	err := cmd.Wait()
	reply.Wall = time.Since(start)
	reply.TimedOut = !quit.Stop()
	kill.Stop()
	reply.Starved = guard.stop()

	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return shimReply{Error: err.Error()}
	}
	state := cmd.ProcessState
	reply.Exit = state.ExitCode()
	if ws, ok := state.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		reply.Signal = ws.Signal().String()
	}
	reply.User, reply.System = state.UserTime(), state.SystemTime()
	if ru, ok := state.SysUsage().(*syscall.Rusage); ok {
		reply.PeakRSS = ru.Maxrss * 1024
		reply.MinorFaults, reply.MajorFaults = ru.Minflt, ru.Majflt
		reply.Switches = ru.Nvcsw + ru.Nivcsw
	}
	reply.Counts = counters.read()
	return reply
}
