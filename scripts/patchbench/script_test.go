package main

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"patchbench/bench"
	"patchbench/bench/load"
	"patchbench/toolchain"
)

var update = flag.Bool("update", false, "rewrite the files in scripts that cmp finds different")

func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == bench.ShimArg {
		os.Exit(bench.ShimMain())
	}
	if len(os.Args) >= 2 && os.Args[1] == toolchain.CutoffArg {
		os.Exit(toolchain.CutoffMain(os.Args[2:]))
	}
	testscript.Main(m, map[string]func(){"patchbench": main, "patchbench-undisturbed": undisturbed})
}

// undisturbed is patchbench on a machine that is always found idle: what others
// do there at that moment leaves out no block.
func undisturbed() {
	os.Exit(run(func() load.Reading { return load.Reading{At: time.Now()} }))
}

// setup lays out a project in the script's folder: this one's suites and
// programs, its seed experiment, and the planted ones of testdata on the same
// before series.
func setup(env *testscript.Env) error {
	repo, err := filepath.Abs("../..")
	if err != nil {
		return err
	}
	at := func(elem ...string) string { return filepath.Join(append([]string{env.WorkDir}, elem...)...) }
	for _, c := range []struct{ from, to string }{
		{filepath.Join(repo, "patches"), at("patches")},
		{"testdata/patches", at("patches")},
		{filepath.Join(repo, "bench", "programs"), at("bench", "programs")},
		{filepath.Join(repo, "bench", "modules"), at("bench", "modules")},
		{filepath.Join(repo, "bench", "suites"), at("bench", "suites")},
		{"testdata/suites", at("bench", "suites")},
	} {
		if err := os.CopyFS(c.to, os.DirFS(c.from)); err != nil {
			return err
		}
	}
	planted, err := filepath.Glob("testdata/patches/*")
	if err != nil {
		return err
	}
	for _, p := range planted {
		seed := os.DirFS(at("patches", "mark-worker-preemption", "before"))
		if err := os.CopyFS(at("patches", filepath.Base(p), "before"), seed); err != nil {
			return err
		}
	}
	// A home, for the tools that want one, which nothing may be left in.
	env.Setenv("HOME", at("home"))
	env.Setenv("PATCHBENCH_CACHE", at("cache"))
	return os.Mkdir(at("home"), 0o755)
}

func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script", Setup: setup, UpdateScripts: *update})
}

// serial runs scripts one after another: what one of them builds would disturb
// what another measures.
type serial struct{ *testing.T }

func (serial) Parallel() {}

func (s serial) Run(name string, f func(testscript.T)) {
	s.T.Run(name, func(t *testing.T) { f(serial{t}) })
}

func (s serial) Verbose() bool { return testing.Verbose() }

// TestReal runs the scripts that build and measure with real toolchains. They
// share the cache PATCHBENCH_TEST_CACHE names, if it does.
func TestReal(t *testing.T) {
	if testing.Short() {
		t.Skip("builds real toolchains, which takes minutes")
	}
	cache := os.Getenv("PATCHBENCH_TEST_CACHE")
	if cache == "" {
		cache = t.TempDir()
	}
	// The module proxy is the host's business, wherever it keeps its
	// settings.
	var network []string
	for _, kv := range os.Environ() {
		k, _, _ := strings.Cut(kv, "=")
		switch {
		case strings.HasPrefix(k, "GOPROXY"), strings.HasPrefix(k, "GOSUMDB"), strings.HasPrefix(k, "GONO"), strings.HasPrefix(k, "GOPRIVATE"),
			strings.HasPrefix(k, "SSL_CERT_"), strings.HasSuffix(strings.ToUpper(k), "_PROXY"):
			network = append(network, kv)
		}
	}
	home := os.Getenv("HOME")
	testscript.RunT(serial{t}, testscript.Params{
		Dir:           "testdata/real",
		UpdateScripts: *update,
		Setup: func(env *testscript.Env) error {
			if err := setup(env); err != nil {
				return err
			}
			env.Setenv("PATCHBENCH_CACHE", cache)
			env.Setenv("HOME", home)
			env.Vars = append(env.Vars, network...)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"run-folder":   runFolder,
			"verdict":      checkVerdict,
			"cut":          cut,
			"wait-samples": waitSamples,
		},
	})
}
