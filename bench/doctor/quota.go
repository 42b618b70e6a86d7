package doctor

import (
	"fmt"
	"math"
	"path"
	"strconv"
	"strings"
)

// A limit is the tightest one found, with the file that sets it.
type limit struct {
	value float64
	file  string
}

func (l *limit) tighten(value float64, file string) {
	if value < l.value {
		l.value, l.file = value, file
	}
}

// cpuLimit is how many CPUs' worth of time the cgroups allow, infinite where
// there is no quota. seen says that some hierarchy was there to say so.
func (d *Doctor) cpuLimit() (l limit, seen bool) {
	l.value = math.Inf(1)
	for _, g := range d.cgroups("cpu") {
		for _, dir := range g.folders {
			if g.v2 {
				file := path.Join(dir, "cpu.max")
				if text, ok := d.read(file); ok {
					if cpus, err := parseCPUMax(text); err == nil {
						seen = true
						l.tighten(cpus, file)
					}
				} else if _, ok := d.read(path.Join(dir, "cgroup.controllers")); ok {
					seen = true // the root cgroup has no limits, nor one without the controller
				}
				continue
			}
			file := path.Join(dir, "cpu.cfs_quota_us")
			quota, ok := d.number(file)
			period, ok2 := d.number(path.Join(dir, "cpu.cfs_period_us"))
			if ok && ok2 && period > 0 {
				seen = true
				if quota > 0 { // -1 is none
					l.tighten(quota/period, file)
				}
			}
		}
	}
	return l, seen
}

// parseCPUMax reads a cpu.max: "QUOTA PERIOD" in microseconds, where the quota
// may be "max". It returns CPUs, infinite for none.
func parseCPUMax(text string) (cpus float64, err error) {
	f := strings.Fields(text)
	if len(f) != 2 {
		return 0, fmt.Errorf("cpu.max is %.40q, not a quota and a period", text)
	}
	period, err := strconv.ParseUint(f[1], 10, 32)
	if err != nil || period == 0 {
		return 0, fmt.Errorf("cpu.max has the period %.40q", f[1])
	}
	if f[0] == "max" {
		return math.Inf(1), nil
	}
	quota, err := strconv.ParseUint(f[0], 10, 63)
	if err != nil {
		return 0, fmt.Errorf("cpu.max has the quota %.40q", f[0])
	}
	return float64(quota) / float64(period), nil
}

func (d *Doctor) quota() Check {
	c := Check{Name: "cpu quota", Effect: "Once a benchmark has used its quota the kernel stops all its threads for the rest of the period (often 100 ms), in the middle of a collection as likely as not."}
	l, seen := d.cpuLimit()
	cores := d.countCores()
	need := d.Procs
	if cores > 0 {
		need = min(need, cores)
	}
	switch {
	case !seen:
		c.Seen, c.Level = "no cgroup with a quota can be seen", Unknown
	case math.IsInf(l.value, 1):
		c.Seen, c.Level = "none", Fine
	case l.value < float64(need):
		c.Seen, c.Level = fmt.Sprintf("%.3g CPUs, benchmarks use up to %d", l.value, need), Bad
	case cores == 0 || l.value < float64(cores):
		// What the harness and the kernel do for a sample is paid from it too.
		c.Seen, c.Level = fmt.Sprintf("%.3g CPUs, benchmarks use up to %d", l.value, need), Matters
	default:
		c.Seen, c.Level = fmt.Sprintf("%.3g CPUs, all there are", l.value), Fine
	}
	if l.file != "" && c.Level != Fine {
		c.Mend = lift(l.file)
	}
	return c
}

// lift is the command that takes the limit in a cgroup's file away.
func lift(file string) string {
	none := "max"
	if !strings.HasSuffix(file, ".max") && !strings.HasSuffix(file, ".high") {
		none = "-1" // version 1
	}
	return "echo " + none + " | sudo tee /" + file
}
