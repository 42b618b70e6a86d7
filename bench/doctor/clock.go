package doctor

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// coarse is the step of the clock from which on single pauses of the collector,
// of some microseconds, are no longer measured well.
const coarse = time.Microsecond

// readings is how often the clock is read to find its step.
const readings = 1000

// step is the smallest difference of two readings of the clock that follow each
// other, 0 where it never moved.
func (d *Doctor) step() time.Duration {
	var least time.Duration
	last := d.Now()
	for range readings {
		now := d.Now()
		if diff := now.Sub(last); diff > 0 && (least == 0 || diff < least) {
			least = diff
		}
		last = now
	}
	return least
}

func (d *Doctor) clock() Check {
	const dir = "sys/devices/system/clocksource/clocksource0/"
	c := Check{Name: "clock", Effect: "A clock outside of the processor takes a microsecond and more to read, which is added to every operation that is timed."}
	step := d.step()
	source, ok := d.read(dir + "current_clocksource")
	if !ok {
		c.Seen, c.Level = fmt.Sprintf("steps of %s, from an unknown source", step), Unknown
		return c
	}
	c.Seen = fmt.Sprintf("%s, steps of %s", source, step)
	switch source {
	case "tsc", "kvm-clock", "arch_sys_counter", "hyperv_clocksource_tsc_page", "timebase", "tod", "riscv_clocksource":
		c.Level = Fine
	case "hpet", "acpi_pm", "jiffies", "refined-jiffies", "pit":
		c.Level = Bad
	default:
		c.Level = Matters
	}
	if step == 0 || step > coarse {
		c.Level = Bad
	}
	available, _ := d.read(dir + "available_clocksource")
	if c.Level != Fine && source != "tsc" && slices.Contains(strings.Fields(available), "tsc") {
		c.Mend = "echo tsc | sudo tee /" + dir + "current_clocksource"
	}
	return c
}
