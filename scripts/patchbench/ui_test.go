package main

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func TestUILog(t *testing.T) {
	var out bytes.Buffer
	now := time.Unix(0, 0)
	u := newUI(&out, func() time.Time { return now })
	u.begin("measure")
	u.update("one")
	now = now.Add(logEvery)
	u.update("two")
	u.update("three")
	u.logf("a line")
	u.close()
	u.close()
	if got, want := out.String(), "measure: two\nmeasure: a line\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// On a terminal the status line is painted over, never wraps, and is gone in
// the end.
func TestUITerminal(t *testing.T) {
	var out bytes.Buffer
	u := &ui{w: &out, now: time.Now, term: 1 << 20, stop: make(chan struct{})} // no such descriptor: 80 columns
	u.stopped.Go(u.tick)
	u.begin("measure")
	u.update("%s", strings.Repeat("x", 200))
	u.close()
	u.close()
	lines := strings.Split(out.String(), "\r")
	for _, line := range lines {
		line = strings.TrimSuffix(line, "\x1b[K")
		if n := len([]rune(line)); n > 79 {
			t.Errorf("a status of %d characters: %q", n, line)
		}
	}
	if last := lines[len(lines)-1]; last != "\x1b[K" {
		t.Errorf("the last line is not cleared: %q", last)
	}
}
