// Package alone keeps measurements on one machine from overlapping: those of
// patchbench, whoever started them and from whichever cache, and, where perflock
// is installed, whatever else its users measure.
package alone

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Name is the lock of all measurements of a machine.
const Name = "@patchbench-measure"

// poll is how often a waiting process looks whether a lock is free. The kernel
// has no wait for that.
const poll = 200 * time.Millisecond

// A Lock is what has to be held to measure.
type Lock struct {
	Name     string // of the machine-wide lock
	Perflock string // path of the perflock command, "" where it is not to be used
}

// Take takes l, and returns the function that gives it back. While others hold
// it, it waits until ctx ends; waiting is told once for each of them who they
// are.
func (l *Lock) Take(ctx context.Context, waiting func(who string)) (release func(), err error) {
	machine, err := takeMachine(ctx, l.Name, waiting)
	if err != nil || l.Perflock == "" {
		return machine, err
	}
	perflock, err := takePerflock(ctx, l.Perflock, waiting)
	if err != nil {
		machine()
		return nil, err
	}
	return func() { perflock(); machine() }, nil
}

// takeMachine takes the lock called name, which begins with an @: an abstract
// Unix socket that this process listens on. Such a name needs no file and no
// rights, is one for all users, and is free again when the process ends, however
// it ends. It is one for each network namespace, so containers with networks of
// their own do not see each other.
func takeMachine(ctx context.Context, name string, waiting func(who string)) (release func(), err error) {
	if !strings.HasPrefix(name, "@") {
		return nil, fmt.Errorf("taking the lock %q: its name has no @ in front, so it would be a file", name)
	}
	for told := false; ; {
		l, err := new(net.ListenConfig).Listen(ctx, "unix", name)
		if err == nil {
			return func() { l.Close() }, nil
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if !errors.Is(err, syscall.EADDRINUSE) {
			return nil, fmt.Errorf("taking the lock %s: %w", name, err)
		}
		if !told {
			told = true
			waiting(holder(ctx, name))
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(poll):
		}
	}
}

// holder names the process that listens on name. The kernel knows who that is
// before the connection is accepted, which it never will be.
func holder(ctx context.Context, name string) string {
	const who = "another measurement on this machine"
	conn, err := (&net.Dialer{Timeout: time.Second}).DialContext(ctx, "unix", name)
	if err != nil {
		return who // given back meanwhile
	}
	defer conn.Close()
	raw, err := conn.(*net.UnixConn).SyscallConn()
	if err != nil {
		return who
	}
	pid := int32(0)
	raw.Control(func(fd uintptr) {
		if cred, err := unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED); err == nil {
			pid = cred.Pid
		}
	})
	if pid <= 0 { // of another PID namespace
		return who
	}
	return fmt.Sprintf("%s (pid %d)", who, pid)
}
