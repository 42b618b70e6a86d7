package prof

import (
	"maps"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// TestHandlers asks pages of one side and of the difference, by turns and at
// once, as pprof keeps its configuration for all of them.
func TestHandlers(t *testing.T) {
	before := []File{{0, "testdata/tree.before.0.pb.gz"}, {1, "testdata/tree.before.1.pb.gz"}}
	after := []File{{0, "testdata/tree.after.0.pb.gz"}, {1, "testdata/tree.after.1.pb.gz"}}
	diff, err := Handlers(CPU, "json/Tree-4 diff", after, before)
	if err != nil {
		t.Fatal(err)
	}
	one, err := Handlers(CPU, "https://Tree-4 before", before, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"/", "/download", "/flamegraph", "/graph", "/peek", "/top"}
	if got := slices.Sorted(maps.Keys(diff)); !slices.Equal(got, want) {
		t.Errorf("pages are %v, want %v", got, want)
	}
	var all sync.WaitGroup
	for range 3 {
		for _, c := range []struct {
			title string
			h     func(w *httptest.ResponseRecorder)
		}{
			{"json Tree-4 diff cpu", func(w *httptest.ResponseRecorder) {
				diff["/flamegraph"].ServeHTTP(w, httptest.NewRequest("GET", "/flamegraph", nil))
			}},
			{"https Tree-4 before cpu", func(w *httptest.ResponseRecorder) {
				one["/top"].ServeHTTP(w, httptest.NewRequest("GET", "/top", nil))
			}},
		} {
			all.Go(func() {
				w := httptest.NewRecorder()
				c.h(w)
				if w.Code != 200 || !strings.Contains(w.Body.String(), "<title>"+c.title+"</title>") {
					t.Errorf("status %d, without the title %s: %.200s", w.Code, c.title, w.Body)
				}
			})
		}
	}
	all.Wait()

	cut := filepath.Join(t.TempDir(), "cut.pb.gz")
	if err := os.WriteFile(cut, []byte("\x1f\x8b"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, paths := range [][2][]File{{{{0, cut}}, nil}, {before, {{0, cut}}}, {nil, nil}} {
		if _, err := Handlers(CPU, "x", paths[0], paths[1]); err == nil || !strings.HasPrefix(err.Error(), "profiles of x: ") {
			t.Errorf("%v: %v", paths, err)
		}
	}
}
