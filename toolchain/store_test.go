package toolchain

import (
	"archive/zip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// fakeGo stands for the go command of a release. It writes down how it was
// called, "compiles" src/f.go into its cache, and knows the words BROKEN, FULL
// and SLEEP in that source. %s is where it writes down.
const fakeGo = `#!/bin/sh
echo "$GOROOT $*" >>'%[1]s'
case "$1" in
version) echo "go version go1.99.1 x/y" ;;
build)
	if grep -q BROKEN "$GOROOT/src/f.go"; then
		echo "# f" >&2
		echo "$GOROOT/src/f.go:2:5: syntax error" >&2
		echo "$GOROOT/src/f.go:3:5: another" >&2
		exit 2
	fi
	if grep -q FULL "$GOROOT/src/f.go"; then
		echo "write $GOCACHE/f.a: no space left on device" >&2
		exit 1
	fi
	if grep -q SLEEP "$GOROOT/src/f.go"; then
		touch '%[1]s.sleeping'
		for i in $(seq 600); do
			[ -e '%[1]s.wake' ] && break
			sleep 0.1
		done
	fi
	mkdir -p "$GOCACHE"
	env | grep -v '^_=\|^PWD=\|^SHLVL=' | sort >"$GOCACHE/environment"
	;;
install)
	cp "$GOROOT/src/f.go" "$GOROOT/pkg/f$GOARCH.a"
	for tool in "$GOROOT"/pkg/tool/*/compile; do echo compiled >"$tool"; done
	;;
list)
	case "$*" in
	*-deps*)
		echo "cmd/compile $GOROOT/src/cmd/compile runtime sort"
		echo "sort $GOROOT/src/sort runtime"
		echo "runtime $GOROOT/src/runtime internal/abi"
		echo "internal/abi $GOROOT/src/internal/abi"
		;;
	*) echo f ;;
	esac
	;;
esac
`

// A fixture is a cache, a proxy with one small release, go1.99.1, and a
// builder that uses them.
type fixture struct {
	*Builder
	dir   string
	calls string // file with a line for each call of the release's go command

	mu   sync.Mutex
	logs []string
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	dir := t.TempDir()
	fx := &fixture{dir: dir, calls: filepath.Join(dir, "calls")}
	version := "v0.0.1-go1.99.1." + target("-")
	at := filepath.Join(dir, "proxy", "golang.org", "toolchain", "@v")
	write(t, at, map[string]string{
		"list":            version + "\n",
		version + ".info": fmt.Sprintf(`{"Version":%q,"Time":"2020-01-01T00:00:00Z"}`, version),
		version + ".mod":  "module golang.org/toolchain\n",
	})
	f, err := os.Create(filepath.Join(at, version+".zip"))
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	for name, content := range map[string]string{
		"VERSION":                              "go1.99.1\ntime 2020-01-01\n",
		"bin/go":                               fmt.Sprintf(fakeGo, fx.calls),
		"pkg/tool/" + target("_") + "/compile": "compiler",
		"src/cmd/dist/build.go":                "package main\n",
		"pkg/include/asm.h":                    "",
		"src/_go.mod":                          "module std\n",
		"src/f.go":                             "package f\nvar a = 1\nvar b = 1\n",
		"src/runtime/mgc.go":                   "package runtime\n",
		"src/cmd/compile/gen.go":               "package main\n",
		"src/cmd/vet/vet.go":                   "package main\n",
		"src/runtime/asm.h":                    "",
		"src/sort/sort.go":                     "package sort\n",
		"src/internal/abi/abi.go":              "package abi\n",
		"src/make.bash":                        "#!/bin/sh\n",
	} {
		w, err := z.Create("golang.org/toolchain@" + version + "/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	cache, err := OpenCache(filepath.Join(dir, "cache"), nil)
	if err != nil {
		t.Fatal(err)
	}
	fx.Builder = &Builder{
		Cache: cache, Go: "go",
		Env: []string{
			"PATH=" + os.Getenv("PATH"), "HOME=" + filepath.Join(dir, "home"),
			"GOPROXY=file://" + filepath.Join(dir, "proxy"), "GOSUMDB=off",
			// None of these may change anything.
			"GOFLAGS=-nonsense", "GOENV=/nonsense", "GOROOT=/nonsense", "GOTOOLCHAIN=nonsense",
			"GOWORK=/nonsense", "GODEBUG=nonsense=1", "GOEXPERIMENT=nonsense", "CGO_ENABLED=nonsense",
		},
		Log: func(format string, args ...any) {
			fx.mu.Lock()
			defer fx.mu.Unlock()
			fx.logs = append(fx.logs, fmt.Sprintf(format, args...))
		},
	}
	return fx
}

// experiment makes an experiment whose sides set a to these values.
func (fx *fixture) experiment(t *testing.T, before, after string) *Experiment {
	t.Helper()
	diff := "--- a/src/f.go\n+++ b/src/f.go\n@@ -1,3 +1,3 @@\n package f\n-var a = %s\n+var a = %s\n var b = 1\n"
	write(t, filepath.Join(fx.dir, "patches"), map[string]string{
		"x/experiment.toml":   strings.Replace(goodTOML, "1.16.15", "1.99.1", 1),
		"x/before/0001.patch": fmt.Sprintf(diff, "1", before),
		"x/after/0001.patch":  fmt.Sprintf(diff, before, after),
	})
	e, err := LoadExperiment(filepath.Join(fx.dir, "patches"), "x")
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// calledFor counts the calls of the release's go command with a verb.
func (fx *fixture) calledFor(t *testing.T, verb string) int {
	t.Helper()
	data, err := os.ReadFile(fx.calls)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return strings.Count(string(data), " "+verb+" ")
}

func (fx *fixture) build(t *testing.T, e *Experiment) (before, after *Tree) {
	t.Helper()
	before, after, err := fx.Build(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	return before, after
}

// logged reports whether some log line has all the phrases.
func (fx *fixture) logged(phrases ...string) bool {
	fx.mu.Lock()
	defer fx.mu.Unlock()
	for _, line := range fx.logs {
		all := true
		for _, p := range phrases {
			all = all && strings.Contains(line, p)
		}
		if all {
			return true
		}
	}
	return false
}

// left lists what is in the store but locks, and of trees that are complete.
func (fx *fixture) left(t *testing.T) []string {
	t.Helper()
	var left []string
	for _, pattern := range []string{"trees/*", "gocache/*", "sources/*.partial*"} {
		found, err := filepath.Glob(fx.Cache.path(pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range found {
			if filepath.Ext(path) != ".lock" {
				left = append(left, path)
			}
		}
	}
	return left
}

// waitFor waits until a file is there.
func waitFor(t *testing.T, path string) {
	t.Helper()
	for {
		if _, err := os.Stat(path); err == nil {
			return
		}
		select {
		case <-t.Context().Done():
			t.Fatalf("%s did not appear", path)
		case <-time.After(5 * time.Millisecond):
		}
	}
}
