package doctor

import "strings"

const smtControl = "sys/devices/system/cpu/smt/control"

func (d *Doctor) smt() Check {
	c := Check{Name: "smt", Effect: "Two hardware threads of one core slow each other down, so a sample's speed depends on what ran beside it."}
	if active, ok := d.number("sys/devices/system/cpu/smt/active"); ok {
		// A virtual machine is told one thread a core whatever there is below it.
		return c.onOff(active != 0, "echo off | sudo tee /"+smtControl)
	}
	lists := d.distinct("sys/devices/system/cpu/cpu[0-9]*/topology/thread_siblings_list")
	if len(lists) == 0 {
		c.Seen, c.Level = "no topology of the cores in sysfs", Unknown
		return c
	}
	shared := false
	for _, list := range lists {
		shared = shared || strings.ContainsAny(list, ",-")
	}
	return c.onOff(shared, "echo off | sudo tee /"+smtControl)
}
