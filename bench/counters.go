package bench

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"

	"patchbench/results"
)

// A processorEvent is something the processor, or the kernel in its place, can
// count of a process, by perf_event_open.
type processorEvent struct {
	Unit   string // of the count once it is divided by the iterations
	Type   uint32 // PERF_TYPE_…
	Config uint64 // PERF_COUNT_…
	Kernel bool   // counted in the kernel, and not in the program
	Pinned bool   // counted all the time, before any that is not pinned
}

// hardwareEvents are counted of every sample where the host lets us. There are
// five because that many fit the counters of common processors at once, with
// one taken by the kernel's watchdog.
func hardwareEvents() []processorEvent {
	return []processorEvent{
		{Unit: results.InstructionsMetric.Unit, Type: unix.PERF_TYPE_HARDWARE, Config: unix.PERF_COUNT_HW_INSTRUCTIONS, Pinned: true},
		{Unit: results.KernelInstructionsMetric.Unit, Type: unix.PERF_TYPE_HARDWARE, Config: unix.PERF_COUNT_HW_INSTRUCTIONS, Kernel: true},
		{Unit: results.CyclesMetric.Unit, Type: unix.PERF_TYPE_HARDWARE, Config: unix.PERF_COUNT_HW_CPU_CYCLES},
		{Unit: results.CacheMissesMetric.Unit, Type: unix.PERF_TYPE_HARDWARE, Config: unix.PERF_COUNT_HW_CACHE_MISSES},
		{Unit: results.BranchMissesMetric.Unit, Type: unix.PERF_TYPE_HARDWARE, Config: unix.PERF_COUNT_HW_BRANCH_MISSES},
	}
}

// HardwareCounters returns nil if the processor's counters can be used, and
// otherwise an error that says why not and what would help. Samples then lack
// these values, and nothing else.
func HardwareCounters() error {
	fd, err := hardwareEvents()[0].open()
	if err == nil {
		unix.Close(fd)
		return nil
	}
	return counterError(err)
}

// counterError words what perf_event_open answered.
func counterError(err error) error {
	switch {
	case errors.Is(err, unix.EACCES), errors.Is(err, unix.EPERM):
		data, _ := os.ReadFile("/proc/sys/kernel/perf_event_paranoid")
		level := strings.TrimSpace(string(data))
		if level == "" {
			level = "unknown"
		}
		return fmt.Errorf("no hardware counters: the kernel does not allow them (perf_event_paranoid is %s; root can set it to 2, a container needs CAP_PERFMON): %w", level, err)
	case errors.Is(err, unix.ENOENT), errors.Is(err, unix.ENODEV), errors.Is(err, unix.EOPNOTSUPP):
		return fmt.Errorf("no hardware counters: this machine's processor shows none, as is common of virtual machines: %w", err)
	}
	return fmt.Errorf("no hardware counters: perf_event_open: %w", err)
}

// readTimes asks for how long an event was to be counted, and was, beside its
// count.
const readTimes = unix.PERF_FORMAT_TOTAL_TIME_ENABLED | unix.PERF_FORMAT_TOTAL_TIME_RUNNING

// open opens a counter that stands still in the calling thread, and counts in
// the processes started from it, and all their threads, from the moment they
// execute another program.
func (e processorEvent) open() (fd int, err error) {
	attr := &unix.PerfEventAttr{
		Type:        e.Type,
		Size:        uint32(unsafe.Sizeof(unix.PerfEventAttr{})),
		Config:      e.Config,
		Read_format: readTimes,
		Bits:        unix.PerfBitDisabled | unix.PerfBitInherit | unix.PerfBitEnableOnExec | unix.PerfBitExcludeHv,
	}
	if e.Kernel {
		attr.Bits |= unix.PerfBitExcludeUser
	} else {
		attr.Bits |= unix.PerfBitExcludeKernel
	}
	if e.Pinned {
		attr.Bits |= unix.PerfBitPinned
	}
	return unix.PerfEventOpen(attr, 0, -1, -1, unix.PERF_FLAG_FD_CLOEXEC)
}

// counters are open ones, by unit.
type counters map[string]int

// openCounters opens those of events that the host has. The caller has locked
// its thread and starts the process to be counted from it.
func openCounters(events []processorEvent) counters {
	c := make(counters)
	for _, e := range events {
		if fd, err := e.open(); err == nil {
			c[e.Unit] = fd
		}
	}
	return c
}

// read returns what was counted of a process that has ended, and closes the
// counters.
//
// An event that shared its counter with another, and so was counted part of
// the time only, is left out. It could be scaled up, but the result would be
// an estimate, good or bad by how evenly the process runs, among counts that
// are taken to be exact.
func (c counters) read() map[string]uint64 {
	counts := make(map[string]uint64)
	for unit, fd := range c {
		var buf [24]byte
		n, err := unix.Read(fd, buf[:])
		unix.Close(fd)
		if err != nil || n != len(buf) {
			continue // a pinned one that found no place
		}
		value := binary.NativeEndian.Uint64(buf[0:])
		enabled, running := binary.NativeEndian.Uint64(buf[8:]), binary.NativeEndian.Uint64(buf[16:])
		if wholly(enabled, running) {
			counts[unit] = value
		}
	}
	return counts
}

// wholly reports whether an event was counted all the time it should have
// been, in nanoseconds. The kernel takes the two times at slightly different
// moments, so a thousandth may be missing.
func wholly(enabled, running uint64) bool {
	return running > 0 && enabled-min(running, enabled) <= enabled/1000
}
