package toolchain

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestGateDrill puts real trees through the default gate: the seed's, which
// are sound, and its after side with a defect planted, each of which must be
// found. It takes minutes, as a defect may show as a process that hangs.
func TestGateDrill(t *testing.T) {
	if os.Getenv("PATCHBENCH_DRILL") == "" {
		t.Skip("builds and checks five real trees; make drill does")
	}
	cache, err := OpenCache(os.Getenv("PATCHBENCH_TEST_CACHE"), os.Environ())
	if err != nil {
		t.Fatal(err)
	}
	b := &Builder{Cache: cache, Go: "go", Env: os.Environ(), Log: t.Logf}
	g := &Gate{Cache: cache, Programs: filepath.Join("..", "bench", "programs"), Log: t.Logf, Now: time.Now}
	for _, tt := range []struct {
		defect string // a patch of testdata/gate on top of the seed's
		says   string // in why after is broken; empty if it is sound
	}{
		{"", ""},
		{"unmarked-object", "after failed"},
		{"lost-worker", "after "}, // a deadlock or a hang
		{"held-m", "schedule: holding locks"},
	} {
		t.Run(tt.defect, func(t *testing.T) {
			before, after, err := b.Build(t.Context(), plantedExperiment(t, tt.defect))
			if err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			r, err := g.Check(t.Context(), before, after, false)
			if err != nil {
				t.Fatal(err)
			}
			passed, failed, leftOut := r.After.Counts()
			t.Logf("%.0f s: after passes %d checks, fails %d, %d left out; %s", time.Since(start).Seconds(), passed, failed, leftOut, r.Broken)
			if tt.says == "" && r.Broken != "" || !strings.Contains(r.Broken, tt.says) {
				t.Errorf("broken %q, want %q", r.Broken, tt.says)
			}
		})
	}
}

// plantedExperiment is the seed's experiment with a defect added to its after
// series.
func plantedExperiment(t *testing.T, defect string) *Experiment {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "planted"), os.DirFS(filepath.Join("..", "patches", "mark-worker-preemption"))); err != nil {
		t.Fatal(err)
	}
	if defect != "" {
		patch, err := os.ReadFile(filepath.Join("testdata", "gate", defect+".patch"))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "planted", "after", "0002-"+defect+".patch"), patch, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	e, err := LoadExperiment(dir, "planted")
	if err != nil {
		t.Fatal(err)
	}
	return e
}
