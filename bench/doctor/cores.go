package doctor

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// dedicated is the GOMAXPROCS from which on the pacer asks for a dedicated mark
// worker.
const dedicated = 4

var coreLine = regexp.MustCompile(`(?m)^cpu[0-9]+ `)

// countCores is the number of cores that are online, 0 where it can't be seen.
func (d *Doctor) countCores() int {
	if list, ok := d.read("sys/devices/system/cpu/online"); ok {
		if n := countList(list); n > 0 {
			return n
		}
	}
	stat, _ := d.read("proc/stat")
	return len(coreLine.FindAllString(stat, -1))
}

// countList counts the members of a list like "0-3,8". It is 0 where text is
// no such list.
func countList(text string) int {
	n := 0
	for part := range strings.SplitSeq(text, ",") {
		first, last, isRange := strings.Cut(strings.TrimSpace(part), "-")
		a, err := strconv.ParseUint(first, 10, 16)
		b := a
		if err == nil && isRange {
			b, err = strconv.ParseUint(last, 10, 16)
		}
		if err != nil || b < a {
			return 0
		}
		n += int(b-a) + 1
	}
	return n
}

func (d *Doctor) cores() Check {
	c := Check{Name: "cores", Effect: "With fewer cores than GOMAXPROCS, threads of a benchmark take turns, and how they do differs from process to process."}
	n := d.countCores()
	switch {
	case n == 0:
		c.Seen, c.Level = "no list of cores in sysfs or /proc/stat", Unknown
		return c
	case n == 1:
		c.Level = Bad
		c.Effect = "On one core the collector never runs beside the program, so that little of what it costs elsewhere can be seen."
	case n < d.Procs || n < dedicated:
		c.Level = Matters
	default:
		c.Level = Fine
	}
	c.Seen = fmt.Sprintf("%d, benchmarks run at GOMAXPROCS up to %d", n, d.Procs)
	return c
}

func (d *Doctor) affinity() Check {
	c := Check{Name: "affinity", Effect: "A process that may not use every core shares the few it has among its threads, as on a smaller machine."}
	status, ok := d.read("proc/self/status")
	list, have := field(status, "Cpus_allowed_list")
	n := countList(list)
	cores := d.countCores()
	if !ok || !have || n == 0 || cores == 0 {
		c.Seen, c.Level = "the cores this process may use are not listed", Unknown
		return c
	}
	c.Seen, c.Level = fmt.Sprintf("may use %d of %d cores (%s)", n, cores, list), Fine
	switch {
	case n < min(d.Procs, cores):
		c.Level = Bad
	case n < cores:
		c.Level = Matters
	}
	if c.Level != Fine {
		c.Mend = fmt.Sprintf("taskset -pc 0-%d $$", cores-1)
	}
	return c
}
