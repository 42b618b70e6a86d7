package toolchain

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// lockPoll is how often a waiting process looks whether a lock is free. The
// kernel's own wait can't be ended by a context.
const lockPoll = 50 * time.Millisecond

// Lock takes the exclusive lock that the file at path stands for among
// processes, creating the file if need be, and returns the function that gives
// it back. If another process holds it, waiting is called once (when not nil)
// and Lock waits until the lock is free or ctx ends. A lock ends with the
// process that took it and the children it runs; the file stays.
func Lock(ctx context.Context, path string, waiting func()) (unlock func(), err error) {
	f, err := lockFile(ctx, path, waiting)
	if err != nil {
		return nil, err
	}
	return func() { unlockFile(f) }, nil
}

// lockFile is Lock for callers that hand the open file on to children.
func lockFile(ctx context.Context, path string, waiting func()) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, fmt.Errorf("taking the lock: %w", err)
	}
	for told := false; ; {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return f, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			f.Close()
			return nil, fmt.Errorf("taking the lock %s: %w", path, err)
		}
		if !told && waiting != nil && errors.Is(err, syscall.EWOULDBLOCK) {
			waiting()
			told = true
		}
		select {
		case <-ctx.Done():
			f.Close()
			return nil, ctx.Err()
		case <-time.After(lockPoll):
		}
	}
}

// unlockFile gives a lock back even if a stray child still has the file open.
// Neither step can fail on a file that is locked.
func unlockFile(f *os.File) {
	syscall.Flock(int(f.Fd()), syscall.LOCK_UN)
	f.Close()
}
