package toolchain

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// realBuilder is a builder for tests that build real trees, which take long:
// the folder that PATCHBENCH_TEST_CACHE names keeps them for the next time.
func realBuilder(t testing.TB) *Builder {
	t.Helper()
	if testing.Short() {
		t.Skip("downloads and builds a release")
	}
	dir := os.Getenv("PATCHBENCH_TEST_CACHE")
	if dir == "" {
		dir = t.TempDir()
	}
	cache, err := OpenCache(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	return &Builder{Cache: cache, Go: "go", Env: os.Environ(), Log: t.Logf}
}

// realSeed loads the first experiment and builds its trees.
func realSeed(t testing.TB, b *Builder) (e *Experiment, before, after *Tree) {
	t.Helper()
	e, err := LoadExperiment(filepath.Join("..", "patches"), "mark-worker-preemption")
	if err != nil {
		t.Fatal(err)
	}
	before, after, err = b.Build(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	return e, before, after
}

// TestVerifyRelease builds go1.16.15 from its own source. What differs from
// the files that it ships must be what cgo has a part in, and no more.
func TestVerifyRelease(t *testing.T) {
	b := realBuilder(t)
	base, err := b.basePlan(t.Context(), "release:go1.16.15", false)
	if err != nil {
		t.Fatal(err)
	}
	c, err := b.verifyBase(t.Context(), base)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d of %d shipped files come out again", c.Same, c.Total)
	for _, name := range c.Differ {
		name = strings.TrimPrefix(strings.TrimSuffix(name, ".a"), "pkg/"+target("_")+"/")
		switch name {
		case "runtime/cgo", "net", "os/user", "os/signal/internal/pty", "plugin", "crypto/x509", "crypto/tls", "archive/tar", "log/syslog", "expvar", "internal/testenv",
			"bin/go", "pkg/tool/" + target("_") + "/pprof", "pkg/tool/" + target("_") + "/trace":
		default:
			if !within(name, "net") && !within(name, "mime") && !within(name, "vendor/golang.org/x/net") {
				t.Errorf("%s differs, which has nothing to do with cgo", name)
			}
		}
	}
	if c.Needed || c.Total < 200 || c.Same < c.Total*8/10 {
		t.Errorf("%d of %d identical, needed %t", c.Same, c.Total, c.Needed)
	}
}

// TestVerifyDrill proves real experiments in full, with up to three builds of
// everything a side: the first experiment, whose base has a compiled library,
// and one on a release of today, which has none.
func TestVerifyDrill(t *testing.T) {
	if os.Getenv("PATCHBENCH_DRILL") == "" {
		t.Skip("takes a quarter of an hour on two cores; set PATCHBENCH_DRILL=1")
	}
	b := realBuilder(t)
	seed, err := LoadExperiment(filepath.Join("..", "patches"), "mark-worker-preemption")
	if err != nil {
		t.Fatal(err)
	}
	today := *seed
	today.Name, today.Base, today.Before, today.After = "today", "release:go1.26.8", nil, nil
	for _, e := range []*Experiment{seed, &today} {
		t.Run(e.Name, func(t *testing.T) {
			proof, err := b.Verify(t.Context(), e)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range proof.Comparisons {
				t.Logf("%s, %s: %d/%d %q", c.Side, c.What, c.Same, c.Total, c.Notes)
			}
			if !proof.Proven() {
				t.Errorf("not proven: %+v", proof.Comparisons)
			}
		})
	}
}
