package toolchain

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	gatePoll   = 200 * time.Millisecond // how often a check's memory is looked at
	gateGrace  = 10 * time.Second       // from SIGQUIT to SIGKILL, for printing the goroutines
	gateOutput = 16 << 20               // bytes of a check's output that are kept
)

// A gateProcess is a process that may hang, or eat memory, and must not do
// harm then.
type gateProcess struct {
	path    string
	args    []string
	dir     string
	env     []string      // all of its environment
	timeout time.Duration // of wall time
	memory  int64         // bytes resident that it and all it starts may take together
}

// A gateEnd is how such a process ended.
type gateEnd struct {
	seconds float64 // of wall time
	output  string  // of both streams
	hung    bool    // it ran out of time, and its goroutines are in the output
	memory  int64   // bytes it had taken when it was killed for that, or 0
	err     error   // its exit status; nil if it ended well
}

// run runs p to its end. The error is ctx's, or that p could not be started.
//
// A process that runs out of time gets SIGQUIT, upon which a Go program prints
// its goroutines. Whatever happens, nothing of its group is left running.
func (p gateProcess) run(ctx context.Context) (gateEnd, error) {
	// The kernel ties the process's life to the thread that started it.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()

	out := new(gateBuffer)
	cmd := exec.Command(p.path, p.args...)
	cmd.Dir, cmd.Env = p.dir, p.env
	cmd.Stdout, cmd.Stderr = out, out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	cmd.WaitDelay = 5 * time.Second // for pipes held open by what it started
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return gateEnd{}, err
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	kill := func() { syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	defer kill()
	quit, poll := time.NewTimer(p.timeout), time.NewTicker(gatePoll)
	defer quit.Stop()
	defer poll.Stop()
	var end gateEnd
	for {
		select {
		case err := <-done:
			end.seconds = time.Since(start).Seconds()
			end.err, end.output = err, string(out.text)
			return end, nil
		case <-ctx.Done():
			kill()
			<-done
			return end, ctx.Err()
		case <-quit.C:
			if end.hung {
				kill()
				break
			}
			end.hung = true
			cmd.Process.Signal(syscall.SIGQUIT)
			quit.Reset(gateGrace)
		case <-poll.C:
			if taken := residentMemory(cmd.Process.Pid); taken > p.memory {
				end.memory = taken
				kill()
			}
		}
	}
}

// A gateBuffer keeps the first gateOutput bytes written to it.
type gateBuffer struct{ text []byte }

func (b *gateBuffer) Write(p []byte) (int, error) {
	b.text = append(b.text, p[:min(len(p), gateOutput-len(b.text))]...)
	return len(p), nil
}

// residentMemory returns how many bytes the processes of a group have
// resident. Processes that end meanwhile count nothing.
func residentMemory(group int) int64 {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	pages := int64(0)
	for _, stat := range stats {
		data, err := os.ReadFile(stat)
		if err != nil {
			continue
		}
		// The name, in parentheses, may hold anything. After it come
		// state, parent and group, and as the 22nd the resident pages.
		text := string(data)
		fields := strings.Fields(text[strings.LastIndexByte(text, ')')+1:])
		if len(fields) < 22 || fields[2] != strconv.Itoa(group) {
			continue
		}
		if n, err := strconv.ParseInt(fields[21], 10, 64); err == nil {
			pages += n
		}
	}
	return pages * int64(os.Getpagesize())
}
