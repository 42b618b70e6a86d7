package results

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// replace changes a file of a run folder by hand.
func replace(t *testing.T, path, old, new string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil || !bytes.Contains(data, []byte(old)) {
		t.Fatalf("%s has no %q: %v", path, old, err)
	}
	if err := os.WriteFile(path, bytes.Replace(data, []byte(old), []byte(new), 1), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestChangedProtocol(t *testing.T) {
	dir := newRun(t)
	record(t, dir, 0, 1)
	check := func() error {
		t.Helper()
		samples, _, err := ReadSamples(dir)
		if err != nil {
			t.Fatal(err)
		}
		_, digest, err := ReadProtocol(dir)
		if err != nil {
			t.Fatal(err)
		}
		return CheckProtocol(dir, samples, digest)
	}
	if err := check(); err != nil {
		t.Fatal(err)
	}
	replace(t, filepath.Join(dir, ProtocolFile), `"alpha": `, `"alpha":  `)
	const want = "protocol.json was changed after the first sample"
	if err := check(); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("read: %v, want %q", err, want)
	}
	if _, _, err := OpenWriter(dir); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("gone on with: %v, want %q", err, want)
	}
}

func TestEdited(t *testing.T) {
	dir := newRun(t)
	record(t, dir, 0, 1)
	edited := func() bool {
		t.Helper()
		events, err := ReadEvents(dir)
		if err != nil {
			t.Fatal(err)
		}
		edited, err := Edited(dir, events)
		if err != nil {
			t.Fatal(err)
		}
		return edited
	}
	if edited() {
		t.Error("edited before it was done")
	}
	w, _, err := OpenWriter(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Done(Event{}); err != nil {
		t.Fatal(err)
	}
	w.Close()
	if edited() {
		t.Error("edited as it was left")
	}
	replace(t, filepath.Join(dir, SamplesFile), "1500 ns/op", "1400 ns/op")
	if !edited() {
		t.Error("another value was not seen")
	}
}
