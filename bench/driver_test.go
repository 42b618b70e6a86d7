package bench

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"patchbench/results"
	"patchbench/toolchain"
)

// Stand-ins for the commands of golang.org/x/benchmarks: they take the
// arguments and the configuration that these take, refuse what these would,
// and leave results where these do. The time they print is told by the tree.
const (
	standInSweet = `#!/bin/sh
set -eu
[ "$1" = run ] || { echo "no command $1" >&2; exit 1; }
shift
while [ $# -gt 1 ]; do
	case "$1" in
	-quiet) shift; continue;;
	-count) [ "$2" = 1 ];;
	-run) name=$2;;
	-bench-dir) [ -d "$2" ];;
	-assets-dir) [ -d "$2" ];;
	-work-dir) mkdir -p "$2";;
	-results) results=$2;;
	*) echo "flag provided but not defined: $1" >&2; exit 1;;
	esac
	shift 2
done
[ "$(grep -c '^\[\[config\]\]$' "$1")" = 1 ]
config=$(sed -n 's/^name = "\(.*\)"$/\1/p' "$1")
root=$(sed -n 's/^goroot = "\(.*\)"$/\1/p' "$1")
[ "$GOROOT" = "$root" ] || { echo "GOROOT is $GOROOT" >&2; exit 1; }
if [ "$name" = broken ]; then echo "failed to execute benchmarks: $name" >&2; exit 1; fi
mkdir -p "$results/$name"
time=$(cat "$root/time")
printf 'pkg: x\nBenchmarkA 1 %s ns/op 5000 peak-RSS-bytes\nBenchmarkB 1 7 ns/op\n' "$time" >"$results/$name/$config.results"
`
	standInBent = `#!/bin/sh
set -eu
n=1 run= bench= only= more=
while [ $# -gt 0 ]; do
	case "$1" in
	-I) mkdir bench testbin; echo >benchmarks-all.toml; exit 0;;
	-N) n=$2;;
	-S) ;;
	-r) run=$2;;
	-C) config=$2;;
	-B) [ -f "$2" ];;
	-b) bench=$2;;
	-c) only=$2;;
	--) shift; more=$*; break;;
	*) echo "flag provided but not defined: $1" >&2; exit 1;;
	esac
	shift 2
done
if [ -z "$run" ]; then
	[ "$n" = 0 ]
	for c in side-a side-b; do
		root=$(sed -n "/\"$c\"/,/Root/s/^Root = \"\(.*\)\"$/\1/p" "$config")
		for b in $(echo "$bench" | tr , ' '); do [ "$b" = broken ] || cp "$root/time" "testbin/${b}_$c"; done
	done
	exit 0
fi
printf 'toolchain: %s\n' "$only" >"bench/20260101T000000.$only.stdout"
[ -f "testbin/${bench}_$only" ] || exit 0
[ "$more" = "-test.bench=^BenchmarkA$" ]
printf 'BenchmarkA-4 1 %s ns/op\n' "$(cat "testbin/${bench}_$only")" >>"bench/20260101T000000.$only.stdout"
`
)

// driverRunner has a stand-in for a driver's command, and trees that take 100
// and 200 ns.
func driverRunner(t *testing.T, command, script string) (*Compiler, *Runner) {
	t.Helper()
	source := t.TempDir()
	for _, dir := range []string{"assets", "benchmarks"} {
		if err := os.Mkdir(filepath.Join(source, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(source, command), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	trees := make(Trees)
	for side, ns := range map[results.Side]string{results.Before: "100", results.After: "200"} {
		root := t.TempDir()
		writeFiles(t, root, map[string]string{"time": ns})
		trees[side] = &toolchain.Tree{GOROOT: root, Digest: ns, Version: "go1.27"}
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := &Compiler{
		Cache: &toolchain.Cache{Dir: t.TempDir()}, Programs: t.TempDir(), Log: t.Logf,
		Source: map[string]string{command: source},
	}
	r := &Runner{
		Cache: c.Cache, Trees: trees, Log: t.Logf, Now: time.Now, Network: func(context.Context) ([]string, error) { return nil, nil },
		Exec: NewExec(self),
	}
	return c, r
}

func TestDrivers(t *testing.T) {
	for command, script := range map[string]string{sweetDriver: standInSweet, bentDriver: standInBent} {
		t.Run(command, func(t *testing.T) {
			c, r := driverRunner(t, command, script)
			suite := &Suite{Benchmarks: []SuiteBenchmark{
				{Name: "A", Package: command + "/good", Pattern: "^BenchmarkA$", Primary: []string{"sec/op"}},
				{Name: "B", Package: command + "/broken", Pattern: "^BenchmarkA$", Primary: []string{"sec/op"}},
			}}
			p := &Plan{Experiment: &toolchain.Experiment{}, Suite: suite, Procs: []int{2}}
			var err error
			if r.Binaries, err = c.Compile(t.Context(), r.Trees, p.Packages(), 1); err != nil {
				t.Fatal(err)
			}
			bs, _, err := r.TryAll(t.Context(), p, nil, func(string, int, int) {})
			if err != nil {
				t.Fatal(err)
			}
			if bs[0].Broken != "" || !bs[0].Opaque || !bs[0].Measured() || passed(&bs[0]) {
				t.Errorf("good: %+v", bs[0])
			}
			if bs[1].Broken == "" {
				t.Error("what can't be built is not broken")
			}

			// The samples of another process find all prepared.
			w, done, err := r.open(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer done()
			for side, want := range map[results.Side]float64{results.Before: 100, results.After: 200} {
				_, n, values, err := r.sample(t.Context(), w, &bs[0], side, 0, fixed(1))
				if err != nil {
					t.Fatal(err)
				}
				i := slices.IndexFunc(values, func(v results.Value) bool { return v.Unit == "ns/op" })
				if n != 1 || i < 0 || values[i].Value != want {
					t.Errorf("%s: %d iterations, %v, want %v ns/op", side, n, values, want)
				}
				// Nothing of the command's own process is told.
				if slices.ContainsFunc(values, func(v results.Value) bool { return v.Unit == results.CPUMetric.Unit }) {
					t.Errorf("%s: %v", side, values)
				}
			}
		})
	}
}

// A driver that is not there is unavailable, and the reason says the way out.
func TestDriverUnavailable(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(t *testing.T, c *Compiler)
		want   string
	}{
		{"no source", func(_ *testing.T, c *Compiler) { c.Source = nil }, "name its folder by PATCHBENCH_SOURCE_SWEET"},
		{"no assets", func(t *testing.T, c *Compiler) {
			if err := os.Remove(filepath.Join(c.Source["sweet"], "assets")); err != nil {
				t.Fatal(err)
			}
		}, "sweet get -copy assets"},
		{"no command", func(t *testing.T, c *Compiler) {
			if err := os.Remove(filepath.Join(c.Source["sweet"], "sweet")); err != nil {
				t.Fatal(err)
			}
		}, "is no command: build it"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, r := driverRunner(t, sweetDriver, standInSweet)
			test.change(t, c)
			name := "sweet/good" + programMark
			bins, err := c.Compile(t.Context(), r.Trees, []string{name}, 1)
			if err != nil {
				t.Fatal(err)
			}
			if why := bins[name].Unavailable; !strings.Contains(why, test.want) || strings.Contains(why, "\n") {
				t.Errorf("unavailable %q, want one line with %q", why, test.want)
			}
		})
	}
}
