package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestServe asks the command for a page, and interrupts it.
func TestServe(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "demo", "run")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "protocol.json"), []byte(`{"experiment": "demo", "title": "what is served"}`), 0o644); err != nil {
		t.Fatal(err)
	}
	ctx, interrupt := context.WithTimeout(t.Context(), time.Minute)
	defer interrupt()
	out, in := io.Pipe()
	var stderr bytes.Buffer
	a := &app{stdout: in, stderr: &stderr, env: os.Environ(), now: time.Now}
	ended := make(chan int, 1)
	go func() {
		ended <- a.main(ctx, []string{"serve", dir})
		in.Close()
	}()
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		t.Fatalf("nothing is printed: %s", &stderr)
	}
	said := regexp.MustCompile(`^serving 1 run at (http://127\.0\.0\.1:[1-9][0-9]*/) until interrupted$`).FindStringSubmatch(lines.Text())
	if said == nil {
		t.Fatalf("it prints %q", lines.Text())
	}
	answer, err := http.Get(said[1])
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if page, err := io.ReadAll(answer.Body); err != nil || !strings.Contains(string(page), "what is served") {
		t.Errorf("%v, %s", err, page)
	}
	interrupt()
	if lines.Scan() {
		t.Errorf("it also prints %q", lines.Text())
	}
	if status := <-ended; status != 0 || stderr.Len() > 0 {
		t.Errorf("status %d, and %q", status, &stderr)
	}
}
