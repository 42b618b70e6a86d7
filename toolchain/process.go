package toolchain

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// A child is a process to be run to its end.
type child struct {
	path  string
	args  []string
	dir   string
	env   []string // all of its environment
	stdin []byte
	lock  *os.File // kept open by the child and all it starts; may be nil
}

// A childError is the failure of a child that ran.
type childError struct {
	name   string // of the command, as a user would type it
	output string // what it said on stderr, or else on stdout
	err    error
}

func (e *childError) Error() string {
	if e.output == "" {
		return fmt.Sprintf("%s: %v", e.name, e.err)
	}
	return fmt.Sprintf("%s: %v: %s", e.name, e.err, oneLine(e.output))
}

func (e *childError) Unwrap() error { return e.err }

// run runs the child in a process group of its own, which is killed as a whole
// when ctx ends, and returns what it printed. The error is a *childError when
// the child failed, and ctx's when it was cut short.
//
// Should this process be killed, the kernel kills the child, and what the
// child had started holds the lock file until it ends, so that nobody else
// writes to the same tree meanwhile.
func (c child) run(ctx context.Context) (stdout, stderr string, err error) {
	// The kernel ties the child's life to the thread that started it.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()

	cmd := exec.CommandContext(ctx, c.path, c.args...)
	cmd.Dir, cmd.Env = c.dir, c.env
	var out, errOut bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(c.stdin), &out, &errOut
	if c.lock != nil {
		cmd.ExtraFiles = []*os.File{c.lock}
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second // for pipes held open by a grandchild that left the group

	err = cmd.Run()
	stdout, stderr = out.String(), errOut.String()
	if ctx.Err() != nil {
		return stdout, stderr, ctx.Err()
	}
	if err != nil {
		said := stderr
		if strings.TrimSpace(said) == "" {
			said = stdout
		}
		name := strings.Join(append([]string{filepath.Base(c.path)}, c.args...), " ")
		err = &childError{name: name, output: said, err: err}
	}
	return stdout, stderr, err
}

// lookPath finds an executable in the PATH of env.
func lookPath(env []string, name string) (string, error) {
	if strings.ContainsRune(name, filepath.Separator) {
		return filepath.Abs(name)
	}
	path, _ := getenv(env, "PATH")
	for _, dir := range filepath.SplitList(path) {
		if !filepath.IsAbs(dir) {
			continue
		}
		file := filepath.Join(dir, name)
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return file, nil
		}
	}
	return "", errors.New(name + " is not in PATH; install it, or add its folder to PATH")
}
