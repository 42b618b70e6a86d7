package toolchain

import (
	"context"
	"errors"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

func TestLockExcludes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	unlock, err := Lock(t.Context(), path, func() { t.Error("waits for a lock that is free") })
	if err != nil {
		t.Fatal(err)
	}
	waiting := make(chan bool, 8)
	got := make(chan error)
	go func() {
		unlock, err := Lock(t.Context(), path, func() { waiting <- true })
		if err == nil {
			unlock()
		}
		got <- err
	}()
	<-waiting
	select {
	case err := <-got:
		t.Fatalf("two hold the lock: %v", err)
	default:
	}
	unlock()
	if err := <-got; err != nil {
		t.Error(err)
	}
	if len(waiting) != 0 {
		t.Error("told more than once that it waits")
	}
}

func TestLockEndsWithContext(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	unlock, err := Lock(t.Context(), path, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := Lock(ctx, path, cancel); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
}

// TestLockStaysWithChildren checks that what a killed process leaves running
// keeps others out.
func TestLockStaysWithChildren(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	f, err := lockFile(t.Context(), path, nil)
	if err != nil {
		t.Fatal(err)
	}
	stdout, _, err := child{path: "/bin/sh", args: []string{"-c", "sleep 60 >/dev/null 2>&1 & echo $!"}, lock: f}.run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(stdout))
	if err != nil {
		t.Fatal(err)
	}
	f.Close() // as a kill would, without giving the lock back
	waited := false
	unlock, err := Lock(t.Context(), path, func() {
		waited = true
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Error(err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	unlock()
	if !waited {
		t.Error("the lock was free while a child ran")
	}
}
