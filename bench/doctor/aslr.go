package doctor

import "fmt"

func (d *Doctor) aslr() Check {
	c := Check{
		Name:   "aslr",
		Effect: "Addresses that differ from process to process are noise that many samples average out; fixed ones are one accident measured over and over.",
	}
	n, ok := d.number("proc/sys/kernel/randomize_va_space")
	switch {
	case !ok:
		c.Seen, c.Level = "no randomize_va_space in /proc/sys/kernel", Unknown
	case n == 2:
		c.Seen, c.Level = "on: each process has addresses of its own", Fine
	default:
		c.Seen, c.Level = fmt.Sprintf("off in part (%.0f): some addresses are the same each time", n), Matters
		if n == 0 {
			c.Seen = "off: every process has the same addresses"
		}
		c.Mend = "sudo sysctl kernel.randomize_va_space=2"
	}
	return c
}
