package results

import "testing"

func TestClaimed(t *testing.T) {
	p := &Protocol{Improves: map[string]float64{"Assist": 0.03, "Assist-8": 0.05, "Storm-4": 0.1}}
	for _, tt := range []struct {
		name  string
		procs int
		want  float64
	}{
		{"Assist-4", 4, 0.03},
		{"Assist-8", 8, 0.05},
		{"Assist/counted-4", 4, 0},
		{"Storm-4", 4, 0.1},
		{"Storm-2", 2, 0},
		{"Assist-44", 4, 0},
	} {
		if got := p.Claimed(&Benchmark{Name: tt.name, Procs: tt.procs}); got != tt.want {
			t.Errorf("%s: %g, want %g", tt.name, got, tt.want)
		}
	}
}
