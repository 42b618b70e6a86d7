package toolchain

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// What a killed process left is removed by the next one that wants a folder;
// what a live one holds is not.
func TestScratch(t *testing.T) {
	cache := &Cache{Dir: t.TempDir()}
	held, done, err := cache.Scratch()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(held, ".config", "go", "telemetry", "mode")); err != nil {
		t.Error(err)
	}
	left := filepath.Join(cache.Dir, "tmp", "scratch-left")
	young := filepath.Join(cache.Dir, "tmp", "scratch-young")
	for _, dir := range []string{left, young} {
		if err := os.MkdirAll(filepath.Join(dir, "sub"), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	hourAgo := time.Now().Add(-time.Hour)
	for _, dir := range []string{held, left} {
		if err := os.Chtimes(dir, hourAgo, hourAgo); err != nil {
			t.Fatal(err)
		}
	}
	exists := func(dir string) bool {
		_, err := os.Stat(dir)
		return err == nil
	}
	_, second, err := cache.Scratch()
	if err != nil {
		t.Fatal(err)
	}
	defer second()
	if !exists(held) || exists(left) || !exists(young) {
		t.Errorf("there are held: %v, left: %v, young: %v; want all but what was left", exists(held), exists(left), exists(young))
	}
	done()
	if exists(held) {
		t.Error("done left the folder")
	}
}
