package alone

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// holdVariable makes of a test's binary a process that holds a lock until its
// input ends.
const holdVariable = "ALONE_TEST_HOLD"

func TestMain(m *testing.M) {
	name := os.Getenv(holdVariable)
	if name == "" {
		os.Exit(m.Run())
	}
	_, err := (&Lock{Name: name}).Take(context.Background(), func(string) {})
	fmt.Println(err)
	os.Stdin.Read(make([]byte, 1))
}

// lockName is a lock that no one else has.
func lockName(t *testing.T) string {
	return fmt.Sprintf("@patchbench-test-%d-%s", os.Getpid(), t.Name())
}

func unexpected(t *testing.T) func(string) {
	return func(who string) { t.Errorf("waits for %s", who) }
}

func TestLockExcludes(t *testing.T) {
	l := &Lock{Name: lockName(t)}
	release, err := l.Take(t.Context(), unexpected(t))
	if err != nil {
		t.Fatal(err)
	}
	waiting := make(chan string, 8)
	got := make(chan error)
	go func() {
		release, err := l.Take(t.Context(), func(who string) { waiting <- who })
		if err == nil {
			release()
		}
		got <- err
	}()
	if who, want := <-waiting, fmt.Sprintf("another measurement on this machine (pid %d)", os.Getpid()); who != want {
		t.Errorf("waits for %q, want %q", who, want)
	}
	select {
	case err := <-got:
		t.Fatalf("two hold the lock: %v", err)
	default:
	}
	release()
	if err := <-got; err != nil {
		t.Error(err)
	}
	if len(waiting) != 0 {
		t.Error("told more than once that it waits")
	}
}

func TestLockEndsWithContext(t *testing.T) {
	l := &Lock{Name: lockName(t)}
	release, err := l.Take(t.Context(), unexpected(t))
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := l.Take(ctx, func(string) { cancel() }); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
}

// A process that is killed leaves no lock behind, and a name is no file.
func TestLockEndsWithProcess(t *testing.T) {
	t.Chdir(t.TempDir())
	name := lockName(t)
	cmd := exec.Command(os.Args[0])
	cmd.Env = []string{holdVariable + "=" + name}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line := make([]byte, 6)
	if _, err := stdout.Read(line); err != nil || string(line) != "<nil>\n" {
		t.Fatalf("the other process says %q, %v", line, err)
	}
	waited := ""
	release, err := (&Lock{Name: name}).Take(t.Context(), func(who string) {
		waited = who
		cmd.Process.Kill()
		cmd.Wait()
	})
	if err != nil {
		t.Fatal(err)
	}
	release()
	if !strings.HasSuffix(waited, fmt.Sprintf("(pid %d)", cmd.Process.Pid)) {
		t.Errorf("waited for %q, want process %d", waited, cmd.Process.Pid)
	}
	if files, err := os.ReadDir("."); err != nil || len(files) != 0 {
		t.Errorf("left behind: %v, %v", files, err)
	}
	if _, err := (&Lock{Name: "plain"}).Take(t.Context(), unexpected(t)); err == nil {
		t.Error("took a lock that is a file")
	}
}

// standIn writes a perflock that is a script in a folder of its own, and
// returns its path.
func standIn(t *testing.T, script string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "perflock")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestPerflock(t *testing.T) {
	dir := t.TempDir()
	lock := filepath.Join(dir, "held")
	path := standIn(t, `
mkdir `+lock+` 2>/dev/null || {
	echo "Waiting for lock..." >&2
	until mkdir `+lock+` 2>/dev/null; do sleep 0.02; done
}
echo "$*" >`+dir+`/args
"$@"
rmdir `+lock+"\n")
	l := &Lock{Name: lockName(t), Perflock: path}
	release, err := l.Take(t.Context(), unexpected(t))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(lock); err != nil {
		t.Error("perflock does not run while the lock is held")
	}
	args, err := os.ReadFile(filepath.Join(dir, "args"))
	if err != nil || !strings.HasSuffix(string(args), " patchbench\n") || strings.Contains(string(args), "-shared") {
		t.Errorf("perflock was given %q, %v", args, err)
	}
	release()
	if _, err := os.Stat(lock); err == nil {
		t.Error("perflock still runs after the lock was given back")
	}

	// Another one of perflock's users measures: this waits, and then no longer.
	if err := os.Mkdir(lock, 0o755); err != nil {
		t.Fatal(err)
	}
	waited := ""
	release, err = l.Take(t.Context(), func(who string) {
		waited = who
		os.Remove(lock)
	})
	if err != nil {
		t.Fatal(err)
	}
	release()
	if waited != "what holds perflock" {
		t.Errorf("waited for %q", waited)
	}

	if err := os.Mkdir(lock, 0o755); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := l.Take(ctx, func(string) { cancel() }); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
	// The machine's lock is free again.
	release, err = (&Lock{Name: l.Name}).Take(t.Context(), unexpected(t))
	if err != nil {
		t.Fatal(err)
	}
	release()
}

func TestBrokenPerflock(t *testing.T) {
	for _, test := range []struct{ script, want string }{
		{"echo Is the perflock daemon running? >&2; exit 1\n", "exit status 1: Is the perflock daemon running?; mend perflock"},
		{"exit 0\n", "it does not run what it is given: no message"},
		{"echo other; cat\n", "it does not run what it is given"},
	} {
		l := &Lock{Name: lockName(t), Perflock: standIn(t, test.script)}
		if _, err := l.Take(t.Context(), unexpected(t)); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: got %v, want %q", test.script, err, test.want)
		}
	}
}

func TestFindPerflock(t *testing.T) {
	command := standIn(t, "")
	path := "relative:" + t.TempDir() + ":" + filepath.Dir(command)
	root := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		p := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	process := func(pid, parent int, name string) string {
		return fmt.Sprintf("%d (%s) S %d 1 1 0 -1 4194560 1 2 3 4 1 0 0 0 20 0 1 0 5\n", pid, name, parent)
	}
	write("proc/self/stat", process(30, 20, "patchbench"))
	write("proc/20/stat", process(20, 1, "make"))
	write("proc/1/stat", process(1, 0, "init"))
	if got := FindPerflock(root, path); got != "" {
		t.Errorf("found %s without a daemon", got)
	}
	write(perflockSocket, "")
	if got := FindPerflock(root, path); got != command {
		t.Errorf("found %q, want %s", got, command)
	}
	if got := FindPerflock(root, t.TempDir()); got != "" {
		t.Errorf("found %s outside of the path", got)
	}
	write("proc/20/stat", process(20, 10, "make"))
	write("proc/10/stat", process(10, 1, "perflock"))
	if got := FindPerflock(root, path); got != "" {
		t.Errorf("found %s under perflock", got)
	}
}
