package bench

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// touched is what the role "touch" touches, in pages.
const (
	touchers = 4
	touched  = touchers * 2048
)

// touch makes the kernel map touched pages, from several threads.
func touch() int {
	var wg sync.WaitGroup
	for range touchers {
		wg.Go(func() {
			runtime.LockOSThread()
			n := touched / touchers * os.Getpagesize()
			mem, err := unix.Mmap(-1, 0, n, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
			if err == nil {
				err = unix.Madvise(mem, unix.MADV_NOHUGEPAGE)
			}
			if err != nil {
				panic(err)
			}
			for i := 0; i < n; i += os.Getpagesize() {
				mem[i] = 1
			}
		})
	}
	wg.Wait()
	return 0
}

// runRole runs a role through a shim of this process, with what is to be
// counted.
func runRole(t *testing.T, role string, events ...processorEvent) shimReply {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	req, err := json.Marshal(&shimRequest{Path: self, Args: []string{self}, Env: []string{"TEST_ROLE=" + role}, Timeout: time.Minute, Counts: events})
	if err != nil {
		t.Fatal(err)
	}
	reply := runShim(bytes.NewReader(req))
	runtime.UnlockOSThread()
	if reply.Error != "" || reply.Exit != 0 {
		t.Fatalf("%s: %+v", role, reply)
	}
	return reply
}

// What the kernel counts by itself goes the same way as what the processor
// counts: through exec, and from all threads.
func TestCounters(t *testing.T) {
	faults := processorEvent{Unit: "faults", Type: unix.PERF_TYPE_SOFTWARE, Config: unix.PERF_COUNT_SW_PAGE_FAULTS}
	if fd, err := faults.open(); err != nil {
		t.Skipf("the kernel counts nothing here: %v", err)
	} else {
		unix.Close(fd)
	}
	missing := processorEvent{Unit: "missing", Type: unix.PERF_TYPE_SOFTWARE, Config: 1 << 20}
	reply := runRole(t, "touch", faults, missing)
	got, ok := reply.Counts["faults"]
	if !ok || got < touched || int64(got) > reply.MinorFaults+reply.MajorFaults {
		t.Errorf("%d page faults (counted %v), want from %d to the %d of the process", got, ok, touched, reply.MinorFaults+reply.MajorFaults)
	}
	if _, ok := reply.Counts["missing"]; ok {
		t.Error("what can't be counted has a value")
	}
	// Nothing of the shim's own is in it: it counts afresh for each process.
	if quiet := runRole(t, "hello", faults).Counts["faults"]; quiet == 0 || quiet >= touched {
		t.Errorf("a small process had %d page faults", quiet)
	}
}

// A host without hardware counters gives everything else, and the reason.
func TestHardwareCounters(t *testing.T) {
	o := testExec(t, "hello", time.Minute)
	if err := HardwareCounters(); err != nil {
		if len(o.Counts) != 0 || !strings.HasPrefix(err.Error(), "no hardware counters: ") || strings.Contains(err.Error(), "\n") {
			t.Errorf("counts %v, error %q", o.Counts, err)
		}
	} else if o.Counts["instructions/op"] == 0 {
		t.Errorf("counts %v", o.Counts)
	}
	if o.MinorFaults <= 0 {
		t.Errorf("got %+v", o)
	}
}

func TestCounterError(t *testing.T) {
	for err, want := range map[error]string{
		syscall.EACCES: "perf_event_paranoid is ",
		syscall.ENOENT: "this machine's processor shows none",
		syscall.ENOSYS: "perf_event_open: function not implemented",
	} {
		if got := counterError(err); !strings.Contains(got.Error(), want) || !errors.Is(got, err) {
			t.Errorf("%v: %v, want %q in it", err, got, want)
		}
	}
}

func TestWholly(t *testing.T) {
	for _, test := range []struct {
		enabled, running uint64
		want             bool
	}{{1e9, 1e9, true}, {1e9, 1e9 - 1000, true}, {1e9, 8e8, false}, {0, 0, false}, {1e9, 0, false}, {100, 101, true}} {
		if got := wholly(test.enabled, test.running); got != test.want {
			t.Errorf("enabled %d, running %d: %v", test.enabled, test.running, got)
		}
	}
}

func TestProcessValues(t *testing.T) {
	o := &Outcome{User: time.Second, System: time.Second, Wall: 3 * time.Second, PeakRSS: 7, MinorFaults: 8, MajorFaults: 9, Switches: 10,
		Counts: map[string]uint64{"instructions/op": 500, "cycles/op": 250}}
	var got []string
	want := map[string]float64{"cpu-sec": 2, "wall-sec": 3, "peak-RSS-bytes": 7, "minor-faults": 8, "major-faults": 9, "ctx-switches": 10,
		"instructions/op": 5, "cycles/op": 2.5}
	values := processValues(o, 100)
	for _, v := range values {
		got = append(got, v.Unit)
		if v.Value != want[v.Unit] {
			t.Errorf("%s is %v, want %v", v.Unit, v.Value, want[v.Unit])
		}
	}
	if len(got) != len(want) {
		t.Errorf("units %q", got)
	}
	// What a host can count is no part of what a benchmark reports.
	if own := units(values); len(own) != 0 {
		t.Errorf("the process's own metrics pass for the benchmark's: %q", own)
	}
}
