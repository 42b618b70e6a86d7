package bench

import (
	"os"
	"path/filepath"
	"testing"

	"patchbench/results"
	"patchbench/toolchain"
)

// TestCompileDrill compiles every benchmark of every suite with the oldest base
// and the newest, for both architectures. What can't be had here, such as a
// module that the proxy refuses, is logged.
func TestCompileDrill(t *testing.T) {
	if os.Getenv("PATCHBENCH_DRILL") == "" {
		t.Skip("compiles every benchmark four times: make drill")
	}
	cache, err := toolchain.OpenCache(os.Getenv("PATCHBENCH_TEST_CACHE"), os.Environ())
	if err != nil {
		t.Fatal(err)
	}
	root, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, experiment := range []string{"mark-worker-preemption", "mark-worker-preemption-go1.27"} {
		e, err := toolchain.LoadExperiment(filepath.Join("..", "patches"), experiment)
		if err != nil {
			t.Fatal(err)
		}
		builder := &toolchain.Builder{Cache: cache, Go: "go", Env: os.Environ(), Log: t.Logf}
		before, _, err := builder.Build(t.Context(), e)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, name := range SuiteNames("suites") {
			suite, err := LoadSuite("suites", name)
			if err != nil {
				t.Fatal(err)
			}
			p := &Plan{Suite: suite}
			p.Settle(before.Version)
			names = append(names, p.Packages()...)
		}
		for _, goarch := range []string{"amd64", "arm64"} {
			t.Run(before.Base+"/"+goarch, func(t *testing.T) {
				c := &Compiler{
					Cache: cache, Programs: filepath.Join(root, "programs"), Modules: filepath.Join(root, "modules"),
					GOARCH: goarch, Log: func(string, ...any) {}, Network: builder.Network,
				}
				bins, err := c.Compile(t.Context(), Trees{results.Before: before, results.After: before}, names, 1)
				if err != nil {
					t.Fatal(err)
				}
				had := 0
				for name, b := range bins {
					switch {
					case b.Unavailable != "":
						t.Logf("%s is unavailable: %s", name, b.Unavailable)
					case b.Broken != "":
						t.Errorf("%s %s", name, b.Broken)
					default:
						had++
					}
				}
				t.Logf("%d binaries compiled", had)
				if had < 30 {
					t.Errorf("only %d binaries could be had", had)
				}
			})
		}
	}
}
