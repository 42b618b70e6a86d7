package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"

	"patchbench/results"
)

// A ui tells people how far things are: on a terminal in a status line that is
// painted over, elsewhere with a line now and then.
type ui struct {
	w    io.Writer
	now  func() time.Time
	term int // file descriptor of the terminal, or -1

	mu      sync.Mutex
	step    string // what is being done
	started time.Time
	detail  string
	told    time.Time // when a log last heard of the step
	stop    chan struct{}
	stopped sync.WaitGroup
}

// logEvery is how often a log hears how far a step is.
const logEvery = 30 * time.Second

func newUI(w io.Writer, now func() time.Time) *ui {
	u := &ui{w: w, now: now, term: -1}
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		u.term = int(f.Fd())
		u.stop = make(chan struct{})
		u.stopped.Go(u.tick)
	}
	return u
}

// tick keeps the elapsed time on the status line moving.
func (u *ui) tick() {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		select {
		case <-u.stop:
			return
		case <-t.C:
			u.mu.Lock()
			u.paint()
			u.mu.Unlock()
		}
	}
}

// close takes the status line away. Commands do so before they print to
// standard output, and again when they end.
func (u *ui) close() {
	if u.stop != nil {
		close(u.stop)
		u.stopped.Wait()
		u.stop = nil
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.step = ""
	u.clear()
}

// begin starts a step.
func (u *ui) begin(step string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.step, u.detail = step, ""
	u.started = u.now()
	u.told = u.started
	u.paint()
}

// update tells how far the step is.
func (u *ui) update(format string, args ...any) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.detail = fmt.Sprintf(format, args...)
	if u.term >= 0 {
		u.paint()
		return
	}
	if now := u.now(); now.Sub(u.told) >= logEvery {
		u.told = now
		fmt.Fprintf(u.w, "%s: %s\n", u.step, u.detail)
	}
}

// logf prints a line that stays.
func (u *ui) logf(format string, args ...any) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.clear()
	line := fmt.Sprintf(format, args...)
	if u.step != "" {
		line = u.step + ": " + line
	}
	fmt.Fprintln(u.w, line)
	u.paint()
}

func (u *ui) clear() {
	if u.term >= 0 {
		fmt.Fprint(u.w, "\r\x1b[K")
	}
}

// paint draws the status line, cut to the terminal's width.
func (u *ui) paint() {
	if u.term < 0 || u.step == "" {
		return
	}
	width, _, err := term.GetSize(u.term)
	if err != nil || width <= 0 {
		width = 80
	}
	line := fmt.Sprintf("%s %s", u.step, results.Exactly(u.now().Sub(u.started).Truncate(time.Second)))
	if u.detail != "" {
		line += "  " + u.detail
	}
	fmt.Fprintf(u.w, "\r%s\x1b[K", truncate(line, width-1))
}

// truncate cuts s to n characters.
func truncate(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:max(0, n-1)]) + "…"
}

// bar draws how much of total is done.
func bar(done, total, width int) string {
	if total <= 0 {
		return ""
	}
	full := min(width, done*width/total)
	return strings.Repeat("█", full) + strings.Repeat("░", width-full)
}
