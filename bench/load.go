package bench

import (
	"os"
	"strconv"
	"strings"
	"time"
)

// A load is a reading of the machine's counters. On systems without /proc all
// are zero.
type load struct {
	at       time.Time
	average  float64       // one-minute load average
	total    float64       // CPU ticks of all cores
	idle     float64       // of them idle or waiting for a disk
	steal    float64       // of them kept by the hypervisor
	pressure time.Duration // total time in which some task waited for a CPU
}

// ticksPerSecond is the unit of /proc/stat on every Linux port Go runs on.
const ticksPerSecond = 100

func readLoad() load {
	l := load{at: time.Now()}
	if data, err := os.ReadFile("/proc/loadavg"); err == nil {
		if f := strings.Fields(string(data)); len(f) > 0 {
			l.average, _ = strconv.ParseFloat(f[0], 64)
		}
	}
	if data, err := os.ReadFile("/proc/stat"); err == nil {
		l.total, l.idle, l.steal = parseStat(string(data))
	}
	if data, err := os.ReadFile("/proc/pressure/cpu"); err == nil {
		l.pressure = parsePressure(string(data))
	}
	return l
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
		v, err := strconv.ParseFloat(f, 64)
		if err != nil {
			return 0, 0, 0
		}
		total += v
		switch i {
		case 3, 4:
			idle += v
		case 7:
			steal = v
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

// shares returns, between two readings, the share of the machine's CPU time
// that was stolen, the share spent on processes other than one that used own
// CPU time, and the share of wall time in which some task waited for a CPU.
func shares(before, after load, own time.Duration) (steal, busy, pressure float64) {
	if ticks := after.total - before.total; ticks > 0 {
		steal = (after.steal - before.steal) / ticks
		used := ticks - (after.idle - before.idle) - (after.steal - before.steal)
		busy = max(0, (used-own.Seconds()*ticksPerSecond)/ticks)
	}
	if wall := after.at.Sub(before.at); wall > 0 {
		pressure = min(1, max(0, float64(after.pressure-before.pressure)/float64(wall)))
	}
	return steal, busy, pressure
}
