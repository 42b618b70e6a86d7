package bench

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"patchbench/toolchain"
)

// fakeTools puts programs of that name and text, and nothing else, where
// programs are looked for.
func fakeTools(t *testing.T, tools map[string]string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range tools {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir)
}

// A cc and an emulator that do as much as FindCounter needs.
const (
	fakeCC       = "case $1 in --version) echo cc 1;; *) for a; do case $p in -o) echo \"$*\" >$a;; esac; p=$a; done;; esac\n"
	fakeEmulator = "case $1 in --version) echo qemu 7; echo more;; *) >${2#*,out=}; echo no program >&2; exit 1;; esac\n"
)

func TestFindCounter(t *testing.T) {
	fakeTools(t, map[string]string{"cc": fakeCC, "qemu-aarch64": fakeEmulator})
	cache := &toolchain.Cache{Dir: t.TempDir()}
	c, err := FindCounter(t.Context(), cache, "arm64")
	if err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(c.plugin); err != nil || !strings.Contains(string(data), "-DAPI_VERSION=1") {
		t.Errorf("plugin compiled with %q, %v", data, err)
	}
	if c.Version != "qemu 7" || c.String() != "qemu 7, "+filepath.Base(c.plugin) {
		t.Errorf("got %+v, %q", c, c)
	}
	if left, _ := filepath.Glob(filepath.Join(cache.Dir, "tmp", "*")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	// It is compiled once.
	again, err := FindCounter(t.Context(), cache, "arm64")
	if err != nil || *again != *c {
		t.Errorf("got %+v, %v, want %+v", again, err, c)
	}
	var none *Counter
	if none.String() != "" {
		t.Errorf("no counter is called %q", none)
	}
}

// An emulator of another interface gets the plugin for that one.
func TestFindCounterVersion(t *testing.T) {
	newer := strings.Replace(fakeEmulator, ">${2#*,out=}", `f=${2%%,*}; while read -r l; do case $l in *VERSION=2*) >${2#*,out=};; esac; done <$f`, 1)
	fakeTools(t, map[string]string{"cc": fakeCC, "qemu-x86_64": newer})
	c, err := FindCounter(t.Context(), &toolchain.Cache{Dir: t.TempDir()}, "amd64")
	if err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(c.plugin); err != nil || !strings.Contains(string(data), "-DAPI_VERSION=2") {
		t.Errorf("plugin compiled with %q, %v", data, err)
	}
}

// Whatever is missing, the error says in one line how to get it.
func TestFindCounterMissing(t *testing.T) {
	for _, test := range []struct {
		name, goarch, want string
		tools              map[string]string
	}{
		{"architecture", "s390x", "counted work: no emulator is known for s390x", nil},
		{"emulator", "amd64", "counted work: no qemu-x86_64 on this host: apt-get install qemu-user", nil},
		{"compiler", "amd64", "counted work: no C compiler (cc) on this host: apt-get install gcc", map[string]string{"qemu-x86_64": fakeEmulator}},
		{"headers", "amd64", "insn.c:1: fatal error: no stdio.h; its headers are in Debian's libc6-dev", map[string]string{
			"qemu-x86_64": fakeEmulator,
			"cc":          "case $1 in --version) echo cc 1;; *) echo insn.c:1: fatal error: no stdio.h; echo more; exit 1;; esac\n",
		}},
		{"static", "amd64", "does not take the plugin: ", map[string]string{
			"cc": fakeCC, "qemu-x86_64": "case $1 in --version) echo qemu 7;; *) echo unknown option; exit 1;; esac\n",
		}},
		{"deaf", "amd64", "it passes the option over", map[string]string{"cc": fakeCC, "qemu-x86_64": "echo qemu 7\n"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			fakeTools(t, test.tools)
			c, err := FindCounter(t.Context(), &toolchain.Cache{Dir: t.TempDir()}, test.goarch)
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v, %v, want an error with %q", c, err, test.want)
			}
		})
	}
}

func TestWrap(t *testing.T) {
	c := &Counter{emulator: "/q/emulator", plugin: "/a,b/insn.so"}
	out := filepath.Join(t.TempDir(), "count")
	in := &Command{Path: "/bench.test", Args: []string{"-test.x"}, Env: []string{"GOMAXPROCS=4"}, Dir: "/d", Timeout: time.Second}
	got, read := c.Wrap(in, out)
	if got.Path != "/q/emulator" || !slices.Equal(got.Args, []string{"-plugin", "/a,,b/insn.so,out=" + out, "/bench.test", "-test.x"}) {
		t.Errorf("got %s %q", got.Path, got.Args)
	}
	if !slices.Equal(got.Env, in.Env) || got.Dir != in.Dir || got.Timeout != in.Timeout || in.Path != "/bench.test" {
		t.Errorf("%+v became %+v", in, got)
	}
	if n, err := read(); err == nil {
		t.Errorf("a process that wrote nothing counted %+v", n)
	}
	if err := os.WriteFile(out, []byte("12 3\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if n, err := read(); err != nil || n != (Count{Work: 12, Search: 3}) {
		t.Errorf("got %+v, %v", n, err)
	}
	if _, err := read(); err == nil {
		t.Error("a count is read twice")
	}
}

func TestParseCount(t *testing.T) {
	for _, text := range []string{"", "\n", "1", "1 \n", "1 2 3\n", "x 2\n", "-1 2\n", "0 5\n"} {
		if n, err := parseCount(text); err == nil {
			t.Errorf("%q: %+v", text, n)
		}
	}
}

// TestCount counts a real benchmark on both architectures: one with a planted
// loop more counts more, and the same one twice the same.
func TestCount(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles for two architectures")
	}
	gotool := filepath.Join(runtime.GOROOT(), "bin", "go")
	if _, err := os.Stat(gotool); err != nil {
		t.Skip("there is no go command to compile with")
	}
	dir := os.Getenv("PATCHBENCH_TEST_CACHE")
	if dir == "" {
		dir = t.TempDir()
	}
	cache, err := toolchain.OpenCache(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for goarch := range emulators {
		t.Run(goarch, func(t *testing.T) {
			counter, err := FindCounter(t.Context(), cache, goarch)
			if err != nil {
				if os.Getenv("CI") != "" {
					t.Fatal(err)
				}
				t.Skip(err)
			}
			home := t.TempDir()
			binary := filepath.Join(home, "bench.test")
			cmd := exec.CommandContext(t.Context(), gotool, "test", "-c", "-vet=off", "-o", binary, ".")
			cmd.Dir = filepath.Join("testdata", "counted")
			cmd.Env = []string{"PATH=/usr/bin:/bin", "HOME=" + home, "GOCACHE=" + filepath.Join(cache.Dir, "counted"), "GOENV=off", "GOPROXY=off", "GOWORK=off", "CGO_ENABLED=0", "GOARCH=" + goarch}
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			count := func(name string) Count {
				c, read := counter.Wrap(&Command{
					Path: binary, Args: []string{"-test.run=^$", "-test.bench=^Benchmark" + name + "$", "-test.benchtime=20x"},
					Env: []string{"GOMAXPROCS=4"}, Dir: home, Timeout: 2 * time.Minute,
				}, filepath.Join(home, "count"))
				o, err := NewExec(self)(context.Background(), c)
				if err == nil {
					err = o.Err()
				}
				if err != nil {
					t.Fatal(err)
				}
				n, err := read()
				if err != nil {
					t.Fatalf("%v\n%s", err, o.Stdout)
				}
				t.Logf("%s: %+v in %s", name, n, o.Wall)
				return n
			}
			plain, again, planted, setup := count("Plain"), count("Plain"), count("Planted"), count("SetUp")
			if ratio := float64(again.Work) / float64(plain.Work); ratio < 0.95 || ratio > 1.05 {
				t.Errorf("the same benchmark counts %d, then %d", plain.Work, again.Work)
			}
			// The loop is a fifth of the plain one's.
			if ratio := float64(planted.Work) / float64(plain.Work); ratio < 1.1 || ratio > 1.3 {
				t.Errorf("a fifth more counts %.2f times as much", ratio)
			}
			if ratio := float64(setup.Work) / float64(plain.Work); ratio > 1.05 {
				t.Errorf("setting up ten times as much counts %.2f times as much", ratio)
			}
			if plain.Search == 0 {
				t.Error("threads that wait for each other never looked for work")
			}
		})
	}
}
