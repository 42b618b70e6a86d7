package alone

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"patchbench/bench/load"
)

// perflockSocket is where perflock's daemon listens unless told otherwise.
const perflockSocket = "var/run/perflock.socket"

// FindPerflock returns the path of the perflock command if it is to be used: it
// is in one of the folders of path, which is written like $PATH, and its daemon
// has its socket below root, which is "/" but in tests. It is not used by a
// process that runs under perflock itself: that would wait for its own end.
func FindPerflock(root, path string) string {
	if _, err := os.Stat(filepath.Join(root, perflockSocket)); err != nil {
		return ""
	}
	self, err := load.ReadProcess(root, "self")
	for err == nil && self.Parent > 0 {
		if self, err = load.ReadProcess(root, fmt.Sprint(self.Parent)); err == nil && self.Name == "perflock" {
			return ""
		}
	}
	for _, dir := range filepath.SplitList(path) {
		command := filepath.Join(dir, "perflock")
		if info, err := os.Stat(command); err == nil && filepath.IsAbs(command) && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return command
		}
	}
	return ""
}

// held is what the process under perflock prints once it runs.
const held = "held"

// takePerflock takes perflock's lock, alone: for as long as a command under
// perflock runs the daemon keeps others out, and this one runs until its
// standard input ends. That is when the lock is given back, and at the latest
// when this process ends. What perflock does to the clock speed for a command, it
// does for as long.
func takePerflock(ctx context.Context, path string, waiting func(who string)) (release func(), err error) {
	// The last word names the holder in what perflock -list prints.
	cmd := exec.CommandContext(ctx, path, "/bin/sh", "-c", "echo "+held+"; exec cat", "patchbench")
	cmd.Env = []string{"LC_ALL=C", "PATH=/usr/bin:/bin"}
	// A group of its own keeps a terminal's Ctrl-C from it: the lock is held
	// until the last sample is over.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	said := &notice{tell: func() { waiting("what holds perflock") }}
	cmd.Stderr = said
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("taking perflock's lock: %w", err)
	}
	release = func() {
		stdin.Close()
		cmd.Wait() // how it ends does not matter any more
	}
	line := make([]byte, len(held)+1)
	if _, err := io.ReadFull(stdout, line); err == nil && string(line) == held+"\n" {
		return release, nil
	}
	stdin.Close()
	err = cmd.Wait()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err == nil {
		err = errors.New("it does not run what it is given")
	}
	return nil, fmt.Errorf("taking perflock's lock: %s: %w: %s; mend perflock, or take it out of PATH to measure without it", path, err, said)
}

// A notice keeps the first of what is written to it, and tells when that says
// that perflock waits.
type notice struct {
	tell func()

	mu   sync.Mutex
	text bytes.Buffer
	told bool
}

const mostNotice = 1000 // bytes

func (n *notice) Write(p []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.text.Write(p[:min(len(p), mostNotice-n.text.Len())])
	if !n.told && strings.Contains(n.text.String(), "Waiting for lock") {
		n.told = true
		n.tell()
	}
	return len(p), nil
}

func (n *notice) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	if text := strings.TrimSpace(n.text.String()); text != "" {
		return text
	}
	return "no message"
}
