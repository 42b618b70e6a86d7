package bench

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"patchbench/results"
	"patchbench/toolchain"
)

// A Counter counts the instructions of a benchmark, by running its test binary
// in the emulator qemu-user with a plugin of ours. On a busy machine time
// spreads by 7 to 22 % from process to process, and these counts by 0.1 to 2 %.
//
// They are of the program while the benchmark's timer runs, in all its
// threads: neither the kernel's, nor those of starting the process and of what
// the benchmark sets up. A block of instructions that a fault breaks off
// counts whole.
//
// What they can't see is what an instruction costs: cache and branch misses,
// memory bandwidth, contended locks and cache lines, the kernel. And they can't
// see waiting: pauses, latency, a processor left idle. The emulator is some
// ten times slower than the processor, unevenly so, and orders memory more
// strictly, so threads meet in another order than they would. A patch can
// count as no loss and be one in time.
type Counter struct {
	GOARCH  string // of the programs it runs
	Version string // of the emulator

	emulator string
	plugin   string
}

// String names what the counts depend on beside the program: the emulator and
// the plugin, by its digest. It is empty for a nil Counter.
func (c *Counter) String() string {
	if c == nil {
		return ""
	}
	return c.Version + ", " + filepath.Base(c.plugin)
}

// A Count is how many instructions all threads of a process executed while its
// benchmark was timed.
type Count struct {
	Work uint64

	// Search is what was executed from entering runtime.findrunnable to being
	// back in the scheduler, and is not in Work. A thread with nothing to do
	// searches for as long as the others take to make work, so this depends on
	// the machine's load, and spreads by tens of percents where Work does not.
	Search uint64
}

// emulators are the programs of qemu-user, by what they run.
var emulators = map[string]string{"amd64": "qemu-x86_64", "arm64": "qemu-aarch64"}

//go:embed counter/insn.c
var insnSource string

// insnFlags compile the plugin.
var insnFlags = []string{"-O2", "-Wall", "-shared", "-fPIC"}

// pluginVersions are the versions of QEMU's plugin interface that the plugin
// can ask for: of QEMU before 9.0, and from then on.
var pluginVersions = []int{1, 2}

// FindCounter returns what counts instructions of goarch programs on this
// host. It compiles the plugin unless it lies in the cache. Where the host has
// no emulator or no C compiler, the error says in one line what to install.
func FindCounter(ctx context.Context, cache *toolchain.Cache, goarch string) (c *Counter, err error) {
	defer func() {
		if err != nil && ctx.Err() == nil {
			err = fmt.Errorf("counted work: %w", err)
		}
	}()
	name := emulators[goarch]
	if name == "" {
		return nil, fmt.Errorf("no emulator is known for %s", goarch)
	}
	c = &Counter{GOARCH: goarch}
	if c.emulator, err = exec.LookPath(name); err != nil {
		return nil, fmt.Errorf("no %s on this host: apt-get install qemu-user (qemu-user-static does not do)", name)
	}
	cc, err := exec.LookPath("cc")
	if err != nil {
		return nil, errors.New("no C compiler (cc) on this host: apt-get install gcc libc6-dev")
	}
	scratch, done, err := cache.Scratch()
	if err != nil {
		return nil, err
	}
	defer done()
	version, err := runTool(ctx, scratch, c.emulator, "--version")
	if err != nil {
		return nil, err
	}
	c.Version, _, _ = strings.Cut(version, "\n")
	for _, v := range pluginVersions {
		if c.plugin, err = compilePlugin(ctx, cache, scratch, cc, v); err != nil {
			return nil, err
		}
		if err = c.probe(ctx, scratch); err == nil || ctx.Err() != nil {
			return c, err
		}
	}
	return nil, fmt.Errorf("%s does not take the plugin: %w; Debian's qemu-user does, its qemu-user-static does not", c.emulator, err)
}

// compilePlugin returns the path of the plugin for a version of the interface.
func compilePlugin(ctx context.Context, cache *toolchain.Cache, scratch, cc string, version int) (path string, err error) {
	compiler, err := runTool(ctx, scratch, cc, "--version")
	if err != nil {
		return "", err
	}
	args := slices.Concat(insnFlags, []string{fmt.Sprintf("-DAPI_VERSION=%d", version)})
	key := digest(insnSource, cc, compiler, strings.Join(args, " "))
	path = filepath.Join(cache.Dir, "counter", key+".so")
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	source, compiled := filepath.Join(scratch, "insn.c"), filepath.Join(scratch, "insn.so")
	if err := os.WriteFile(source, []byte(insnSource), 0o644); err != nil {
		return "", err
	}
	if _, err := runTool(ctx, scratch, cc, slices.Concat(args, []string{"-o", compiled, source})...); err != nil {
		return "", fmt.Errorf("compile the plugin: %w; its headers are in Debian's libc6-dev", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return "", err
	}
	return path, os.Rename(compiled, path)
}

// probe finds out whether the emulator loads the plugin. The plugin makes its
// output file as soon as it is loaded, before there is a program to run.
func (c *Counter) probe(ctx context.Context, scratch string) error {
	out := filepath.Join(scratch, "count")
	_, err := runTool(ctx, scratch, c.emulator, append(c.flags(out), os.DevNull)...)
	if _, serr := os.Stat(out); serr == nil {
		return nil
	}
	if err == nil {
		err = errors.New("it passes the option over")
	}
	return err
}

// toolTimeout bounds a run of the compiler or the emulator without a program.
const toolTimeout = time.Minute

// runTool runs a program to its end and returns what it printed. An error is
// one line and ends with the first line it printed, which names the cause.
func runTool(ctx context.Context, scratch, path string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, toolTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Dir = scratch
	cmd.Env = []string{"PATH=/usr/bin:/bin", "HOME=" + scratch, "TMPDIR=" + scratch, "LC_ALL=C"}
	cmd.WaitDelay = grace
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if err != nil {
		first, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
		return "", fmt.Errorf("%s: %w: %s", path, err, first)
	}
	return string(out), nil
}

// flags are the emulator's, with the count written to out. It takes a comma in
// a name for the end of it unless there are two.
func (c *Counter) flags(out string) []string {
	double := func(name string) string { return strings.ReplaceAll(name, ",", ",,") }
	return []string{"-plugin", double(c.plugin) + ",out=" + double(out)}
}

// Wrap returns the command that runs cmd under the emulator, with the same
// environment, folder and timeout, and a function that returns the count once
// that has ended well. out is a file to use for it in between.
func (c *Counter) Wrap(cmd *Command, out string) (counted *Command, read func() (Count, error)) {
	w := *cmd
	w.Path = c.emulator
	w.Args = append(append(c.flags(out), cmd.Path), cmd.Args...)
	return &w, func() (Count, error) {
		defer os.Remove(out)
		data, err := os.ReadFile(out)
		if err != nil {
			return Count{}, fmt.Errorf("read the count: %w", err)
		}
		n, err := parseCount(string(data))
		if err != nil {
			return Count{}, fmt.Errorf("read the count: %w", err)
		}
		return n, nil
	}
}

// parseCount parses what the plugin wrote.
func parseCount(text string) (Count, error) {
	work, search, ok := strings.Cut(strings.TrimSuffix(text, "\n"), " ")
	n, err := strconv.ParseUint(work, 10, 64)
	m, serr := strconv.ParseUint(search, 10, 64)
	if !ok || err != nil || serr != nil {
		return Count{}, fmt.Errorf("the plugin wrote %.40q, not two numbers", text)
	}
	if n == 0 {
		return Count{}, errors.New("nothing was executed between the start and the stop of the benchmark's timer: is the binary stripped of its symbols?")
	}
	return Count{Work: n, Search: m}, nil
}

// values are the metrics of a counted process, and all that is used of it.
func (n Count) values(iterations int) []results.Value {
	return []results.Value{
		{Value: perOp(n.Work, iterations), Unit: results.InstructionsMetric.Unit},
		{Value: perOp(n.Search, iterations), Unit: results.SearchMetric.Unit},
	}
}
