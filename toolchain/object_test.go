package toolchain

import (
	"bytes"
	"crypto/sha256"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestPruneObjects(t *testing.T) {
	cache := &Cache{Dir: t.TempDir()}
	if err := cache.PruneObjects(0); err != nil {
		t.Errorf("no objects yet: %v", err)
	}
	start := time.Now().Add(-time.Hour)
	for i, name := range []string{"aa/new", "bb/old", "cc/older"} {
		path := cache.path("objects", name)
		write(t, "/", map[string]string{path: strings.Repeat("x", 100)})
		used := start.Add(-time.Duration(i) * time.Hour)
		if err := os.Chtimes(path, used, used); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		limit int64
		left  int
	}{{300, 3}, {299, 2}, {150, 1}, {99, 0}} {
		if err := cache.PruneObjects(tt.limit); err != nil {
			t.Fatal(err)
		}
		left, err := filepath.Glob(cache.path("objects", "*", "*"))
		if err != nil || len(left) != tt.left || tt.left > 0 && filepath.Base(left[0]) != "new" {
			t.Errorf("limit %d: left %v, %v; want the %d used last", tt.limit, left, err, tt.left)
		}
	}
}

// FuzzDecodeObject reads stored objects that have the right digest, whatever
// else they are.
func FuzzDecodeObject(f *testing.F) {
	f.Add((&object{"x/x", []byte("archive"), nil}).encode()[sha256.Size:])
	f.Add((&object{"x/x", []byte("archive"), []byte("header")}).encode()[sha256.Size:])
	f.Add([]byte{1})
	f.Fuzz(func(t *testing.T, rest []byte) {
		sum := sha256.Sum256(rest)
		o := decodeObject(append(sum[:], rest...))
		if o == nil {
			return
		}
		if again := decodeObject(o.encode()); again == nil || again.buildID != o.buildID || !bytes.Equal(again.archive, o.archive) || !bytes.Equal(again.asmhdr, o.asmhdr) {
			t.Errorf("%v comes back as %v", o, again)
		}
	})
}
