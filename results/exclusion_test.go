package results

import "testing"

func TestExclusion(t *testing.T) {
	both := &Exclusion{Busy: 0.5, Steal: 0.25}
	for _, test := range []struct {
		rule        *Exclusion
		busy, steal float64
		want        string
	}{
		{both, 0.5, 0.25, ""},
		{both, 0.51, 0, "other processes used 51 % of the machine"},
		{both, 0, 0.4, "the hypervisor kept 40 % of the CPU time"},
		{both, 0.6, 0.3, "other processes used 60 % of the machine"},
		{&Exclusion{Steal: 0.25}, 0.9, 0.1, ""},
		{&Exclusion{Busy: 0.5}, 0.1, 0.9, ""},
		{&Exclusion{}, 1, 1, ""},
		{nil, 1, 1, ""},
		{&Exclusion{Busy: 0.5, Shortest: 0.11}, 1, 1, ""},
		{&Exclusion{Busy: 0.5, Shortest: 0.1}, 1, 1, "other processes used 100 % of the machine"},
	} {
		if got := test.rule.Reason(&Benchmark{Seconds: 0.1}, &Event{Busy: test.busy, Steal: test.steal}); got != test.want {
			t.Errorf("%+v, busy %v, steal %v: %q, want %q", test.rule, test.busy, test.steal, got, test.want)
		}
	}
	for _, test := range []struct {
		rule *Exclusion
		want string
	}{
		{both, "blocks with a sample during which other processes used more than 50 % of the machine or the hypervisor kept more than 25 % of the CPU time"},
		{&Exclusion{Steal: 0.25}, "blocks with a sample during which the hypervisor kept more than 25 % of the CPU time"},
		{&Exclusion{Busy: 0.5, Shortest: 0.1}, "blocks with a sample during which other processes used more than 50 % of the machine, where samples take 0.1 s or longer"},
		{&Exclusion{}, "none: every block measured is used"},
		{nil, "none: every block measured is used"},
	} {
		if got := test.rule.String(); got != test.want {
			t.Errorf("%+v: %q, want %q", test.rule, got, test.want)
		}
	}
}
