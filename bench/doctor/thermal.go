package doctor

import (
	"fmt"
	"path"
)

// From these temperatures on, in degrees Celsius, processors begin to slow
// themselves down, and do so for sure.
const (
	warm = 85
	hot  = 95
)

// throttled counts how often cores and packages were throttled for heat since
// the machine started. Not every processor counts.
func (d *Doctor) throttled() (events float64, ok bool) {
	for _, name := range []string{"core_throttle_count", "package_throttle_count"} {
		for _, file := range d.glob("sys/devices/system/cpu/cpu[0-9]*/thermal_throttle/" + name) {
			if n, is := d.number(file); is {
				events, ok = events+n, true
			}
		}
	}
	return events, ok
}

// hottest is the highest temperature of any zone, in degrees Celsius. A zone
// that is off says something impossible.
func (d *Doctor) hottest() (degrees float64, zone string, ok bool) {
	for _, file := range d.glob("sys/class/thermal/thermal_zone*/temp") {
		milli, is := d.number(file)
		t := milli / 1000
		if !is || t < -50 || t > 150 || ok && t <= degrees {
			continue
		}
		degrees, ok = t, true
		if zone, is = d.read(path.Join(path.Dir(file), "type")); !is {
			zone = path.Base(path.Dir(file))
		}
	}
	return degrees, zone, ok
}

func (d *Doctor) thermal(w *watch) Check {
	c := Check{Name: "thermal", Effect: "A processor that is too hot slows down, and so the samples that come late in a run."}
	events, counted := d.throttled()
	degrees, zone, felt := d.hottest()
	if !counted && !felt {
		c.Seen, c.Level = "no temperature and no count of throttling in sysfs", Unknown
		return c
	}
	c.Level = Fine
	now := w.throttled[1] - w.throttled[0]
	switch {
	case counted && now > 0:
		c.Seen, c.Level = fmt.Sprintf("throttled %.0f times within a second", now), Bad
	case counted && events > 0:
		c.Seen, c.Level = fmt.Sprintf("throttled %.0f times since it started", events), Matters
	case counted:
		c.Seen = "never throttled"
	}
	if felt {
		if c.Seen != "" {
			c.Seen += ", "
		}
		c.Seen += fmt.Sprintf("%.0f °C (%s)", degrees, zone)
		switch {
		case degrees >= hot:
			c.Level = Bad
		case degrees >= warm && c.Level == Fine:
			c.Level = Matters
		}
	}
	return c
}
