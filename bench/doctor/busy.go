package doctor

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"patchbench/bench/load"
)

// Shares of the machine from which on they matter, or are bad. Reports of runs
// warn at the same ones.
const (
	someSteal, muchSteal = 0.02, 0.10
	someBusy, muchBusy   = 0.05, 0.25
	someWait, muchWait   = 0.05, 0.20
)

func level(x, some, much float64) Level {
	switch {
	case x > much:
		return Bad
	case x > some:
		return Matters
	}
	return Fine
}

func (d *Doctor) steal(w *watch) Check {
	c := Check{Name: "steal", Effect: "CPU time that the hypervisor gives to others is missing in some samples and not in others."}
	if w.readings[1].Total <= w.readings[0].Total {
		c.Seen, c.Level = "no CPU times in /proc/stat", Unknown
		return c
	}
	share, _, _ := load.Shares(w.readings[0], w.readings[1], 0)
	c.Seen, c.Level = fmt.Sprintf("%.1f %% of the CPU time within a second", 100*share), level(share, someSteal, muchSteal)
	return c
}

func (d *Doctor) pressure() Check {
	c := Check{Name: "pressure", Effect: "While some task waits for a CPU, a benchmark's threads are likely to be among those that wait."}
	text, _ := d.read("proc/pressure/cpu")
	line, _, _ := strings.Cut(text, "\n")
	_, rest, ok := strings.Cut(line, "avg10=")
	number, _, _ := strings.Cut(rest, " ")
	percent, err := strconv.ParseFloat(number, 64)
	if !ok || err != nil || !strings.HasPrefix(line, "some ") {
		c.Seen, c.Level = "no /proc/pressure/cpu: the kernel does not count it", Unknown
		return c
	}
	c.Seen, c.Level = fmt.Sprintf("some task waited in %.1f %% of the last 10 s", percent), level(percent/100, someWait, muchWait)
	return c
}

// mostNamed is how many busy processes are named; below smallest, a share of
// one core, none is.
const (
	mostNamed = 3
	smallest  = 0.02
)

func (d *Doctor) load(w *watch) Check {
	c := Check{Name: "other load", Effect: "Other processes take cores, caches and memory bandwidth from whichever sample runs beside them."}
	before, after := w.readings[0], w.readings[1]
	if after.Total <= before.Total {
		c.Seen, c.Level = "no CPU times in /proc/stat", Unknown
		return c
	}
	_, busy, _ := load.Shares(before, after, w.self[1].CPU-w.self[0].CPU)
	c.Level = level(busy, someBusy, muchBusy)
	c.Seen = fmt.Sprintf("%.1f %% of the machine within a second, load average %.2f", 100*busy, after.Average)
	if c.Level == Fine {
		return c
	}
	named := w.busiest()
	var pids []string
	for i, p := range named {
		sep := ", "
		if i == 0 {
			sep = ": "
		}
		c.Seen += fmt.Sprintf("%s%s (pid %d) %.0f %% of a core", sep, p.Name, p.PID, 100*p.CPU.Seconds()/period.Seconds())
		if !w.ancestor(p.PID) {
			pids = append(pids, strconv.Itoa(p.PID))
		}
	}
	if len(named) == 0 {
		c.Seen += "; of processes that can't be seen from here, or end at once"
	}
	if len(pids) == 0 {
		return c
	}
	c.Mend = "kill -STOP " + strings.Join(pids, " ") + " # and kill -CONT afterwards"
	return c
}

// busiest lists the other processes that used most CPU within the period, with
// that as their CPU.
func (w *watch) busiest() []load.Process {
	var list []load.Process
	for pid, p := range w.processes[1] {
		first, ok := w.processes[0][pid]
		if !ok || first.Name != p.Name || pid == w.self[1].PID {
			continue
		}
		if p.CPU -= first.CPU; p.CPU >= time.Duration(smallest*float64(period)) {
			list = append(list, p)
		}
	}
	slices.SortFunc(list, func(a, b load.Process) int {
		return cmp.Or(cmp.Compare(b.CPU, a.CPU), cmp.Compare(a.PID, b.PID))
	})
	return list[:min(mostNamed, len(list))]
}

// ancestor reports whether this process descends from pid. Who stopped that
// would stop themselves.
func (w *watch) ancestor(pid int) bool {
	at := w.self[1].Parent
	for range len(w.processes[1]) {
		if at == pid {
			return true
		}
		at = w.processes[1][at].Parent
	}
	return false
}
