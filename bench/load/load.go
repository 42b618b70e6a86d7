// Package load reads how busy a Linux machine is, and with what. On systems
// without /proc every reading is zero.
package load

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// A Reading is what the machine's counters say at one moment.
type Reading struct {
	At       time.Time
	Average  float64       // one-minute load average
	Total    float64       // CPU ticks of all cores since the machine started
	Idle     float64       // of them idle or waiting for a disk
	Steal    float64       // of them kept by the hypervisor
	Pressure time.Duration // total time in which some task waited for a CPU
}

// TicksPerSecond is the unit of /proc/stat on every Linux port Go runs on.
const TicksPerSecond = 100

// Read reads the counters of the machine whose file system starts at root,
// which is "/" but in tests. What can't be read is zero.
func Read(root string, at time.Time) Reading {
	r := Reading{At: at}
	if data, err := os.ReadFile(filepath.Join(root, "proc/loadavg")); err == nil {
		if f := strings.Fields(string(data)); len(f) > 0 {
			r.Average, _ = strconv.ParseFloat(f[0], 64)
		}
	}
	if data, err := os.ReadFile(filepath.Join(root, "proc/stat")); err == nil {
		r.Total, r.Idle, r.Steal = parseStat(string(data))
	}
	if data, err := os.ReadFile(filepath.Join(root, "proc/pressure/cpu")); err == nil {
		r.Pressure = parsePressure(string(data))
	}
	return r
}

// parseStat reads the first line of /proc/stat: user, nice, system, idle,
// iowait, irq, softirq and steal ticks. Guest time, which follows, is counted
// in user already.
func parseStat(text string) (total, idle, steal float64) {
	line, _, _ := strings.Cut(text, "\n")
	fields := strings.Fields(line)
	if len(fields) < 9 || fields[0] != "cpu" {
		return 0, 0, 0
	}
	for i, f := range fields[1:9] {
		v, err := strconv.ParseUint(f, 10, 64)
		if err != nil {
			return 0, 0, 0
		}
		total += float64(v)
		switch i {
		case 3, 4:
			idle += float64(v)
		case 7:
			steal = float64(v)
		}
	}
	return total, idle, steal
}

// parsePressure reads the "some" line of /proc/pressure/cpu.
func parsePressure(text string) time.Duration {
	line, _, _ := strings.Cut(text, "\n")
	_, total, ok := strings.Cut(line, "total=")
	if !ok || !strings.HasPrefix(line, "some ") {
		return 0
	}
	us, _ := strconv.ParseInt(strings.TrimSpace(total), 10, 64)
	return time.Duration(us) * time.Microsecond
}

// Shares returns, between two readings, the share of the machine's CPU time
// that was stolen, the share spent on processes other than those that used own
// CPU time, and the share of wall time in which some task waited for a CPU. All
// are 0 to 1.
func Shares(before, after Reading, own time.Duration) (steal, busy, pressure float64) {
	if ticks := after.Total - before.Total; ticks > 0 {
		// The kernel lets iowait, and some hypervisors steal, go backwards.
		steal = share((after.Steal - before.Steal) / ticks)
		used := ticks - (after.Idle - before.Idle) - (after.Steal - before.Steal)
		busy = share((used - own.Seconds()*TicksPerSecond) / ticks)
	}
	if wall := after.At.Sub(before.At); wall > 0 {
		pressure = share(float64(after.Pressure-before.Pressure) / float64(wall))
	}
	return steal, busy, pressure
}

func share(x float64) float64 { return min(1, max(0, x)) }
