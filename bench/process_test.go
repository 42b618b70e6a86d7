package bench

import (
	"context"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The test binary serves as the shim, and as the processes it starts.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == ShimArg {
		os.Exit(ShimMain())
	}
	if role := os.Getenv("TEST_ROLE"); role != "" {
		os.Exit(play(role))
	}
	os.Exit(m.Run())
}

func play(role string) int {
	switch role {
	case "hello":
		fmt.Println("out", os.Getenv("X"), len(os.Environ()))
		fmt.Fprintln(os.Stderr, "err")
	case "fail":
		fmt.Println("--- FAIL: BenchmarkX")
		return 3
	case "panic":
		panic("planted")
	case "kill":
		syscall.Kill(os.Getpid(), syscall.SIGKILL)
	case "hang":
		time.Sleep(time.Hour)
	case "touch":
		return touch()
	case "eat":
		for i := range 12 {
			eaten = append(eaten, make([]byte, 16<<20))
			clear(eaten[i][1:])
		}
		if os.Getenv("THEN") == "wait" {
			time.Sleep(time.Hour) // the guard has to come
		}
	case "deaf":
		// A process that ignores the request to print its goroutines.
		syscall.Kill(os.Getpid(), syscall.SIGSTOP)
	}
	return 0
}

var eaten [][]byte // so that the collector can't take it away

// A sample that takes more than it may ends itself, and the host goes on.
func TestMemoryBound(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		memory int64
		then   string
		want   string
	}{
		{64 << 20, "THEN=wait", "took more memory than the suite allows: killed at"},
		{2 << 30, "THEN=end", ""},
	} {
		o, err := NewExec(self)(context.Background(), &Command{
			Path: self, Env: []string{"TEST_ROLE=eat", test.then}, Dir: t.TempDir(), Timeout: time.Minute, Memory: test.memory,
		})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if err := o.Err(); err != nil {
			got = err.Error()
		}
		if (got == "") != (test.want == "") || !strings.Contains(got, test.want) {
			t.Errorf("bounded to %d bytes: %q, want %q in it", test.memory, got, test.want)
		}
	}
}

func testExec(t *testing.T, role string, timeout time.Duration) *Outcome {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	o, err := NewExec(self)(context.Background(), &Command{
		Path: self, Env: []string{"TEST_ROLE=" + role, "X=y", "GOTRACEBACK=all"}, Dir: t.TempDir(), Timeout: timeout,
	})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestExec(t *testing.T) {
	o := testExec(t, "hello", time.Minute)
	// The environment is the three variables given, and PWD is not among
	// them: nothing is inherited.
	if got := string(o.Stdout); got != "out y 3\n" {
		t.Errorf("stdout %q", got)
	}
	if got := string(o.Stderr); got != "err\n" {
		t.Errorf("stderr %q", got)
	}
	if o.Err() != nil || o.Wall <= 0 || o.User+o.System <= 0 || o.PeakRSS < 1<<20 {
		t.Errorf("got %+v", o)
	}
}

func TestExecFailures(t *testing.T) {
	for _, test := range []struct{ role, want string }{
		{"fail", "failed: exit status 3: --- FAIL: BenchmarkX"},
		{"panic", "failed: exit status 2: panic: planted"},
		{"kill", "crashed: killed"},
	} {
		err := testExec(t, test.role, time.Minute).Err()
		if err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%s: %v, want %s", test.role, err, test.want)
		}
	}
}

// testHang runs a role that never ends with longer and longer timeouts until it
// had got as far as done wants: how long that takes is the machine's business.
func testHang(t *testing.T, role string, done func(*Outcome) bool) *Outcome {
	t.Helper()
	for timeout := 100 * time.Millisecond; ; timeout *= 4 {
		o := testExec(t, role, timeout)
		if done(o) || timeout > time.Minute {
			return o
		}
	}
}

func TestExecHang(t *testing.T) {
	o := testHang(t, "hang", func(o *Outcome) bool { return strings.Contains(string(o.Stderr), "bench.play") })
	if err := o.Err(); err == nil || !strings.HasPrefix(err.Error(), "hung: killed after") {
		t.Errorf("got %v", err)
	}
	if !strings.Contains(string(o.Stderr), "bench.play") {
		t.Errorf("no goroutine dump in %q", o.Stderr)
	}
}

func TestExecDeaf(t *testing.T) {
	if testing.Short() {
		t.Skip("waits out the time a process has for its goroutine dump")
	}
	o := testHang(t, "deaf", func(o *Outcome) bool { return len(o.Stderr) == 0 })
	if !o.TimedOut || o.Signal != "killed" {
		t.Errorf("timed out: %t, signal %q, stderr %.200q", o.TimedOut, o.Signal, o.Stderr)
	}
}

func TestExecCancelled(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(100*time.Millisecond, cancel)
	_, err = NewExec(self)(ctx, &Command{Path: self, Env: []string{"TEST_ROLE=hang"}, Timeout: time.Hour})
	if err != context.Canceled {
		t.Errorf("got %v", err)
	}
	_, err = NewExec(self)(context.Background(), &Command{Path: "/nonexistent", Timeout: time.Hour})
	if err == nil || !strings.Contains(err.Error(), "/nonexistent") {
		t.Errorf("missing program: %v", err)
	}
}

// The memory this process holds must not show in what it starts.
func TestPeakRSSIsTheChilds(t *testing.T) {
	held := make([]byte, 256<<20)
	for i := 0; i < len(held); i += 4096 {
		held[i] = 1
	}
	if o := testExec(t, "hello", time.Minute); o.PeakRSS > 64<<20 {
		t.Errorf("a small process peaked at %d MB while its starter held %d MB", o.PeakRSS>>20, len(held)>>20)
	}
	_ = held[len(held)-1]
}
