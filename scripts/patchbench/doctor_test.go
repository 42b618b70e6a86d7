package main

import (
	"strings"
	"testing"

	"patchbench/bench/doctor"
)

func TestPrintDoctor(t *testing.T) {
	const clock = "/sys/devices/system/clocksource/clocksource0/current_clocksource"
	r := &doctor.Report{Score: 72, Checks: []doctor.Check{
		{Name: "aslr", Seen: "on: each process has addresses of its own", Level: doctor.Fine, Effect: "Not told."},
		{Name: "virtual machine", Seen: "neither the processor nor the firmware tells", Level: doctor.Unknown, Effect: "In a virtual machine cores, caches and clock speed are shared with guests that can't be seen from here."},
		{Name: "clock", Seen: "hpet", Level: doctor.Bad, Effect: "Slow.", Mend: "echo tsc | sudo tee " + clock},
		{Name: "turbo", Seen: "on", Level: doctor.Matters, Effect: "Drifts.", Mend: "echo 1 | sudo tee /sys"},
	}}
	const want = `score 72 of 100

fine     aslr            on: each process has addresses of its own
unknown  virtual machine neither the processor nor the firmware tells
                         In a virtual machine cores, caches and clock speed are
                         shared with guests that can't be seen from here.
bad      clock           hpet
                         Slow.
         $ echo tsc | sudo tee \
             /sys/devices/system/clocksource/clocksource0/current_clocksource
matters  turbo           on
                         Drifts.
         $ echo 1 | sudo tee /sys
`
	var b strings.Builder
	if err := printDoctor(&b, r); err != nil || b.String() != want {
		t.Errorf("got %v\n%s\nwant\n%s", err, b.String(), want)
	}
	for line := range strings.Lines(b.String()) {
		if len(line)-1 > doctorWidth {
			t.Errorf("%d columns: %s", len(line)-1, line)
		}
	}
}
