package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// A second patchbench with a cache of its own waits, says for whom, and can be
// interrupted.
func TestAlone(t *testing.T) {
	var log strings.Builder
	newApp := func(cache string) *app {
		return &app{
			ui:   newUI(&log, time.Now),
			env:  []string{"PATH=" + t.TempDir(), "PATCHBENCH_CACHE=" + cache},
			lock: fmt.Sprintf("@patchbench-test-%d-alone", os.Getpid()),
		}
	}
	done, err := newApp(t.TempDir()).alone(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if _, err := newApp(t.TempDir()).alone(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("got %v while another holds the lock", err)
	}
	if want := fmt.Sprintf("waiting for another measurement on this machine (pid %d) to end\n", os.Getpid()); log.String() != want {
		t.Errorf("told %q, want %q", log.String(), want)
	}
	done()
	done, err = newApp(t.TempDir()).alone(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	done()
}
