package doctor

import (
	"fmt"
	"path"
	"strconv"
	"strings"
)

// enough is a rule of thumb, in bytes: the largest benchmarks of suite gc keep
// some 250 MB alive, which takes twice that, and what else is read and written
// for a sample should stay in the page cache.
const enough = 2 << 30

// memoryLimit is the tightest limit of the cgroups below total, in bytes.
func (d *Doctor) memoryLimit(total float64) limit {
	l := limit{value: total}
	for _, g := range d.cgroups("memory") {
		names := []string{"memory.limit_in_bytes"}
		if g.v2 {
			names = []string{"memory.max", "memory.high"}
		}
		for _, dir := range g.folders {
			for _, name := range names {
				file := path.Join(dir, name)
				if n, ok := d.number(file); ok { // "max" is no number
					l.tighten(n, file)
				}
			}
		}
	}
	return l
}

func (d *Doctor) memory() Check {
	c := Check{Name: "memory", Effect: "Near its limit a process waits while the kernel takes pages back, or is killed, and neither has to do with the patch."}
	info, _ := d.read("proc/meminfo")
	total, ok := meminfo(info, "MemTotal")
	if !ok {
		c.Seen, c.Level = "no MemTotal in /proc/meminfo", Unknown
		return c
	}
	l := d.memoryLimit(total)
	available, ok := meminfo(info, "MemAvailable")
	switch {
	case l.file != "":
		c.Seen, c.Level = fmt.Sprintf("limit of %s on a machine of %s", bytes(l.value), bytes(total)), Matters
		c.Mend = lift(l.file)
	case ok:
		c.Seen, c.Level = fmt.Sprintf("%s of %s available, no limit", bytes(available), bytes(total)), Fine
	default:
		c.Seen, c.Level = bytes(total)+", no limit", Fine
	}
	if l.value < enough || ok && available < enough {
		c.Level = Bad
	}
	return c
}

// meminfo reads a line of /proc/meminfo, in bytes.
func meminfo(text, key string) (n float64, ok bool) {
	value, ok := field(text, key)
	kb, err := strconv.ParseUint(strings.TrimSuffix(value, " kB"), 10, 53)
	return float64(kb) * 1024, ok && err == nil
}

func bytes(n float64) string {
	if n < 1<<30 {
		return fmt.Sprintf("%.0f MiB", n/(1<<20))
	}
	return fmt.Sprintf("%.1f GiB", n/(1<<30))
}

func (d *Doctor) swap() Check {
	c := Check{Name: "swap", Effect: "Pages that are read back from a disk cost milliseconds each, in whichever sample touches them first."}
	text, ok := d.read("proc/swaps")
	if !ok {
		c.Seen, c.Level = "no /proc/swaps", Unknown
		return c
	}
	used := 0.0
	lines := strings.Split(text, "\n")[1:] // the first is the heading
	for _, line := range lines {
		if f := strings.Fields(line); len(f) >= 4 {
			kb, _ := strconv.ParseUint(f[3], 10, 53)
			used += float64(kb) * 1024
		}
	}
	switch {
	case used > 0:
		c.Seen, c.Level, c.Mend = bytes(used)+" in use", Matters, "sudo swapoff -a"
	case len(lines) > 0:
		c.Seen, c.Level = "there is some, not in use", Fine
	default:
		c.Seen, c.Level = "none", Fine
	}
	return c
}

func (d *Doctor) hugePages() Check {
	const file = "sys/kernel/mm/transparent_hugepage/enabled"
	c := Check{Name: "huge pages", Effect: "Where every mapping may get huge pages, which ones do depends on how free memory lies, and speed and RSS with it."}
	text, ok := d.read(file)
	_, rest, ok2 := strings.Cut(text, "[")
	mode, _, ok3 := strings.Cut(rest, "]")
	if !ok || !ok2 || !ok3 {
		c.Seen, c.Level = "no setting of transparent huge pages", Unknown
		return c
	}
	c.Seen, c.Level = mode, Fine
	if mode == "always" {
		c.Level, c.Mend = Matters, "echo madvise | sudo tee /"+file
	}
	return c
}
