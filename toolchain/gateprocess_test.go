package toolchain

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestGateHelper is no test: it is what TestGateProcess runs.
func TestGateHelper(t *testing.T) {
	switch os.Getenv("GATE_HELPER") {
	case "hang":
		<-make(chan int)
	case "eat":
		var held [][]byte
		for range 1 << 10 {
			b := make([]byte, 1<<20)
			for i := range b {
				b[i] = 1
			}
			held = append(held, b)
			time.Sleep(time.Millisecond)
		}
		t.Fatal(len(held))
	case "fail":
		t.Fatal("as asked")
	}
}

func helper(t *testing.T, what string) gateProcess {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return gateProcess{
		path: self, args: []string{"-test.run=^TestGateHelper$"}, dir: t.TempDir(),
		env: []string{"GATE_HELPER=" + what}, timeout: time.Minute, memory: 1 << 30,
	}
}

func TestGateProcess(t *testing.T) {
	for _, tt := range []struct {
		what    string
		limit   func(*gateProcess)
		outcome GateOutcome
		says    string // in the reason
		prints  string
	}{
		{"pass", func(*gateProcess) {}, Passed, "", "PASS"},
		{"fail", func(*gateProcess) {}, Failed, "TestGateHelper", "as asked"},
		{"hang", func(p *gateProcess) { p.timeout = time.Second }, Hung, "no end after", "toolchain.TestGateHelper"},
		{"eat", func(p *gateProcess) { p.memory = 100 << 20 }, Failed, "MiB", ""},
	} {
		t.Run(tt.what, func(t *testing.T) {
			p := helper(t, tt.what)
			tt.limit(&p)
			end, err := p.run(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var c GateCheck
			c.judge(end)
			if c.Outcome != tt.outcome || !strings.Contains(c.Reason, tt.says) || !strings.Contains(end.output, tt.prints) {
				t.Errorf("%s: %q; printed %q", c.Outcome, c.Reason, end.output)
			}
		})
	}
}

// TestGateProcessLeavesNothing checks that neither a process nor what it
// started outlives its end.
func TestGateProcessLeavesNothing(t *testing.T) {
	for name, script := range map[string]string{
		"ended":    `sleep 300 > /dev/null 2>&1 & echo $! > pid`,
		"deaf":     `trap "" QUIT; echo $$ > pid; while :; do sleep 1; done`,
		"canceled": `echo $$ > pid; sleep 300`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			p := gateProcess{path: "/bin/sh", args: []string{"-c", script}, dir: t.TempDir(), timeout: time.Minute, memory: 1 << 30}
			switch name {
			case "deaf":
				p.timeout = time.Second
			case "canceled":
				time.AfterFunc(time.Second, cancel)
			}
			if _, err := p.run(ctx); err != nil && !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			data, err := os.ReadFile(filepath.Join(p.dir, "pid"))
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join("/proc", strings.TrimSpace(string(data)), "stat")
			for range 100 {
				stat, err := os.ReadFile(path)
				if errors.Is(err, os.ErrNotExist) || errors.Is(err, syscall.ESRCH) || strings.Contains(string(stat), ") Z ") {
					return
				}
				time.Sleep(50 * time.Millisecond)
			}
			t.Error("it is still there")
		})
	}
}
