package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"patchbench/results"
)

// A Command is a process to run.
type Command struct {
	Path    string
	Args    []string // after the program's name
	Env     []string // all of it; nothing is inherited
	Dir     string
	Timeout time.Duration
	Memory  int64 // bound in bytes on what it may take; 0 for none
}

// An Outcome is what a process that could be started did.
type Outcome struct {
	Start    time.Time
	Wall     time.Duration
	User     time.Duration // CPU time
	System   time.Duration // CPU time
	PeakRSS  int64         // bytes
	Exit     int
	Signal   string
	TimedOut bool
	Starved  bool // killed at its bound on memory
	Stdout   []byte
	Stderr   []byte

	MinorFaults int64 // pages mapped without reading a disk
	MajorFaults int64
	Switches    int64             // of context, of all threads
	Counts      map[string]uint64 // what the processor counted, by unit, not yet divided by iterations; empty where it can't
}

// Err tells in one line how the process failed, or returns nil.
func (o *Outcome) Err() error {
	switch {
	case o.Starved:
		return fmt.Errorf("took more memory than the suite allows: killed at %d MB", o.PeakRSS/1e6)
	case o.TimedOut:
		return fmt.Errorf("hung: killed after %s", results.Exactly(o.Wall))
	case o.Signal != "":
		return fmt.Errorf("crashed: %s%s", o.Signal, o.hint())
	case o.Exit != 0:
		return fmt.Errorf("failed: exit status %d%s", o.Exit, o.hint())
	}
	return nil
}

// hint is the line of the output that says most about a failure.
func (o *Outcome) hint() string {
	var best string
	for line := range strings.Lines(string(o.Stderr) + "\n" + string(o.Stdout)) {
		line = strings.TrimSpace(line)
		for _, mark := range []string{"fatal error:", "panic:", "SIG", "--- FAIL", "runtime:"} {
			if strings.HasPrefix(line, mark) {
				return ": " + line
			}
		}
		if best == "" && line != "" && line != "FAIL" {
			best = ": " + line
		}
	}
	return best
}

// Exec runs a process to its end. It returns an error only if the process
// could not be run or ctx was cancelled.
type Exec func(ctx context.Context, c *Command) (*Outcome, error)

// maxOutput bounds how much of each output stream is kept, in bytes.
const maxOutput = 16 << 20

// NewExec returns an Exec that starts processes through shim, a program that
// calls [ShimMain] when its only argument is [ShimArg].
func NewExec(shim string) Exec {
	return func(ctx context.Context, c *Command) (*Outcome, error) {
		req, err := json.Marshal(&shimRequest{
			Path:    c.Path,
			Args:    append([]string{c.Path}, c.Args...),
			Env:     c.Env,
			Dir:     c.Dir,
			Timeout: c.Timeout,
			Memory:  c.Memory,
			Counts:  hardwareEvents(),
		})
		if err != nil {
			return nil, err
		}
		r, w, err := os.Pipe()
		if err != nil {
			return nil, err
		}
		defer r.Close()
		stdout, stderr := &limited{max: maxOutput}, &limited{max: maxOutput}
		cmd := exec.CommandContext(ctx, shim, ShimArg)
		cmd.Env = []string{"GOMAXPROCS=1"}
		cmd.Stdin = bytes.NewReader(req)
		cmd.Stdout, cmd.Stderr = stdout, stderr
		cmd.ExtraFiles = []*os.File{w}
		// A group of its own keeps a terminal's Ctrl-C from the sample, and
		// lets both processes be killed together.
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
		cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
		cmd.WaitDelay = grace
		start := time.Now()
		err = cmd.Start()
		w.Close()
		if err != nil {
			return nil, fmt.Errorf("start %s: %w", c.Path, err)
		}
		var reply shimReply
		derr := json.NewDecoder(r).Decode(&reply)
		err = cmd.Wait()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err == nil {
			err = derr
		}
		if err != nil {
			return nil, fmt.Errorf("run %s: shim: %w", c.Path, err)
		}
		if reply.Error != "" {
			return nil, fmt.Errorf("run %s: %s", c.Path, reply.Error)
		}
		return &Outcome{
			Start: start,
			Wall:  reply.Wall, User: reply.User, System: reply.System,
			PeakRSS:     reply.PeakRSS,
			MinorFaults: reply.MinorFaults, MajorFaults: reply.MajorFaults,
			Switches: reply.Switches, Counts: reply.Counts,
			Exit: reply.Exit, Signal: reply.Signal, TimedOut: reply.TimedOut, Starved: reply.Starved,
			Stdout: stdout.buf.Bytes(), Stderr: stderr.buf.Bytes(),
		}, nil
	}
}

// limited keeps the first max bytes written to it.
type limited struct {
	buf bytes.Buffer
	max int
}

func (l *limited) Write(p []byte) (int, error) {
	if room := l.max - l.buf.Len(); room > 0 {
		l.buf.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}
