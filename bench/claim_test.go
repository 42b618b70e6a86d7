package bench

import (
	"strings"
	"testing"

	"patchbench/toolchain"
)

func TestCheckClaim(t *testing.T) {
	for _, tt := range []struct {
		name string
		want []string // in the error; none if there is to be none
	}{
		{"Assist", nil},
		{"Assist-4", nil},
		{"Storm-2", nil},
		{"Later", nil}, // this era lacks it, the suite does not
		{"Assist-3", []string{`x/experiment.toml: improves names "Assist-3", which suite s lacks`, "it has Assist, Storm, Later;"}},
		{"Asist", []string{`"Asist"`}},
	} {
		p := &Plan{
			Experiment: &toolchain.Experiment{Dir: "x", Improves: map[string]float64{tt.name: 0.03}},
			Suite:      &Suite{Name: "s", Benchmarks: []SuiteBenchmark{{Name: "Assist"}, {Name: "Storm", Procs: []int{2}}, {Name: "Later", From: "go1.26"}}},
			Procs:      []int{2, 4},
		}
		err := p.CheckClaim()
		if (err != nil) != (tt.want != nil) {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		for _, text := range tt.want {
			if !strings.Contains(err.Error(), text) {
				t.Errorf("%s: %v, want %q in it", tt.name, err, text)
			}
		}
	}
}
