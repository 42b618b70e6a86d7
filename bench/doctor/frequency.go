package doctor

import (
	"fmt"
	"strings"
)

const (
	governors = "sys/devices/system/cpu/cpu[0-9]*/cpufreq/scaling_governor"
	drivers   = "sys/devices/system/cpu/cpu[0-9]*/cpufreq/scaling_driver"
	noTurbo   = "sys/devices/system/cpu/intel_pstate/no_turbo"
	boost     = "sys/devices/system/cpu/cpufreq/boost"
)

func (d *Doctor) governor() Check {
	c := Check{Name: "governor", Effect: "A governor that follows the load changes the clock speed within a sample, and a pause at the wrong moment lowers it."}
	seen := d.distinct(governors)
	if len(seen) == 0 {
		c.Seen, c.Level = "no cpufreq in sysfs: the speed is set where this can't see it", Unknown
		return c
	}
	c.Seen, c.Level = strings.Join(seen, " and "), Fine
	if driver := d.distinct(drivers); len(driver) > 0 {
		c.Seen += " by " + strings.Join(driver, " and ")
	}
	for _, g := range seen {
		if g != "performance" && g != "userspace" {
			c.Level = Matters
		}
	}
	if len(seen) > 1 {
		c.Level = Bad // a sample's speed depends on which core it lands on
	}
	if c.Level != Fine {
		c.Mend = "sudo cpupower frequency-set -g performance"
	}
	return c
}

func (d *Doctor) turbo() Check {
	c := Check{Name: "turbo", Effect: "Above its nominal speed a core runs as fast as heat and the other cores allow, which changes over minutes."}
	if off, ok := d.number(noTurbo); ok {
		return c.onOff(off == 0, "echo 1 | sudo tee /"+noTurbo)
	}
	if on, ok := d.number(boost); ok {
		return c.onOff(on != 0, "echo 0 | sudo tee /"+boost)
	}
	if driver := d.distinct(drivers); len(driver) > 0 {
		c.Seen, c.Level = fmt.Sprintf("%s knows none", strings.Join(driver, " and ")), Fine
		return c
	}
	c.Seen, c.Level = "no setting of turbo or boost in sysfs", Unknown
	return c
}

// onOff is c for something that had better be off.
func (c Check) onOff(on bool, mend string) Check {
	if !on {
		c.Seen, c.Level = "off", Fine
		return c
	}
	c.Seen, c.Level, c.Mend = "on", Matters, mend
	return c
}
