package bench

import (
	"maps"
	"testing"
	"time"

	"patchbench/results"
)

func TestAllot(t *testing.T) {
	// With the overhead a sample takes 1 s and a round 4.
	entry := func(name string, need int) results.Benchmark {
		b := results.Benchmark{Name: name, Seconds: 1 - overhead, Difference: results.Code}
		if need > 0 {
			b.Pilot = []results.Noise{{Unit: "sec/op", Need: 1}, {Unit: "cpu-sec", Need: need}}
		}
		return b
	}
	same := results.Benchmark{Name: "Same", Seconds: 1, Difference: results.Identical}
	bs := []results.Benchmark{entry("Loud", 400), entry("Quiet", 3), same, entry("Middling", 31), entry("Unknown", 0)}
	for _, test := range []struct {
		name    string
		seconds float64
		all     bool
		rounds  map[string]int
		decides []string
		spent   float64
	}{
		{"for all that have a pilot", 1000, false, map[string]int{"Quiet": 7, "Middling": 16, "Loud": 200}, []string{"Quiet", "Middling", "Loud"}, 892},
		{"the cheapest, and one in reserve", 850, false, map[string]int{"Quiet": 7, "Middling": 16, "Loud": 200}, []string{"Quiet", "Middling"}, 92},
		{"the cheapest", 100, false, map[string]int{"Quiet": 7, "Middling": 16}, []string{"Quiet", "Middling"}, 92},
		{"and what is left", 100, true, map[string]int{"Quiet": 7, "Middling": 16, "Loud": 1, "Unknown": 1}, []string{"Quiet", "Middling"}, 100},
		{"too little for a verdict on all", 120, true, map[string]int{"Quiet": 7, "Middling": 16, "Loud": 7}, []string{"Quiet", "Middling"}, 120},
		{"no more than it takes", 2000, true, map[string]int{"Quiet": 7, "Middling": 16, "Loud": 200, "Unknown": 277}, []string{"Quiet", "Middling", "Loud"}, 2000},
		{"nobody", 10, false, map[string]int{}, nil, 0},
		{"nobody, and too little for all", 10, true, map[string]int{}, nil, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := Allot(bs, test.seconds, test.all)
			if !maps.Equal(a.Rounds, test.rounds) {
				t.Errorf("rounds: %v, want %v", a.Rounds, test.rounds)
			}
			if want := test.seconds == 850; a.Reserve["Loud"] != want || len(a.Reserve) > 1 {
				t.Errorf("in reserve: %v, want Loud there: %v", a.Reserve, want)
			}
			decides := make(map[string]bool)
			for _, name := range test.decides {
				decides[name] = true
			}
			if !maps.Equal(a.Decides, decides) {
				t.Errorf("decides %v, want %v", a.Decides, decides)
			}
			if d := a.Seconds - test.spent; d < -1e-6 || d > 1e-6 {
				t.Errorf("takes %g s, want %g", a.Seconds, test.spent)
			}
		})
	}
}

func TestMost(t *testing.T) {
	p := testProtocol(10, "A", "B")
	p.Benchmarks[0].Seconds, p.Benchmarks[1].Seconds = 1-overhead, 1-overhead
	p.Benchmarks[1].Rounds = 4
	p.Profiles, p.GCTraces = 2, 1
	if got, want := Most(p).Round(time.Millisecond), 4*14*time.Second+2*2*3*time.Second; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got := TooFew(p); got != 1 {
		t.Errorf("%d benchmarks with too few pairs, want the one with 8", got)
	}
}

func TestAllotEvenly(t *testing.T) {
	const second = 1 - overhead
	bs := []results.Benchmark{
		{Name: "quiet", Difference: results.Copied, Seconds: second, Pilot: []results.Noise{{Need: 12}}},
		{Name: "noisy", Difference: results.Copied, Seconds: second, Pilot: []results.Noise{{Need: 1000}}},
		{Name: "unknown", Difference: results.Copied, Seconds: second},
		{Name: "broken", Broken: "yes"},
	}
	a := AllotEvenly(bs, 3*4*10)
	want := map[string]int{"quiet": 7, "noisy": 10, "unknown": 10}
	if !maps.Equal(a.Rounds, want) || !a.Decides["quiet"] || a.Decides["noisy"] {
		t.Errorf("got %v, decides %v, want %v", a.Rounds, a.Decides, want)
	}
	if a.Seconds > 120.001 {
		t.Errorf("spends %g s of 120", a.Seconds)
	}
}

func TestAllotWithPasses(t *testing.T) {
	var bs []results.Benchmark
	for i := range 40 {
		b := results.Benchmark{Name: string(rune('A' + i)), Seconds: 1 - overhead, Difference: results.Code}
		b.Pilot = []results.Noise{{Unit: "sec/op", Need: 40 * (i + 1)}}
		bs = append(bs, b)
	}
	const budget = 1000 * time.Second
	plan := &Plan{Budget: budget, MemProfile: true}
	a := plan.AllotWithPasses(bs, false)
	plain := Allot(bs, budget.Seconds()-plan.Lay(bs).Passes.Seconds(), false)
	sure := func(a Allotment) int { return len(a.Rounds) - len(a.Reserve) }
	if sure(a) <= sure(plain) {
		t.Errorf("%d benchmarks, no more than the %d there are with the passes of all kept", sure(a), sure(plain))
	}
	for i := range bs {
		if name := bs[i].Name; a.Rounds[name] == 0 || a.Reserve[name] {
			bs[i].Unmeasured = "no rounds"
		}
	}
	if took := a.Seconds + plan.Lay(bs).Passes.Seconds(); took > budget.Seconds() {
		t.Errorf("takes %g s with its passes, of %s", took, budget)
	}
}
