package load

import (
	"strings"
	"testing"
	"time"
)

func TestParseProcess(t *testing.T) {
	tail := " S 7 1 1 0 -1 4194560 1 2 3 4 100 50 30 20 20 0 1 0 5\n"
	for _, name := range []string{"sh", "a b", "x) S 9 (y", ""} {
		p, err := parseProcess("812 (" + name + ")" + tail)
		if want := (Process{PID: 812, Parent: 7, Name: name, CPU: 1500 * time.Millisecond}); err != nil || p != want {
			t.Errorf("%q: got %+v, %v, want %+v", name, p, err, want)
		}
	}
	for _, bad := range []string{"", "812 sh S 7", "x (sh)" + tail, "812 (sh) S 7 1 1", ") 812 (" + tail, "812 (sh)" + strings.Replace(tail, "50", "z", 1)} {
		if p, err := parseProcess(bad); err == nil {
			t.Errorf("%q: got %+v, want an error", bad, p)
		}
	}
}

func FuzzParseProcess(f *testing.F) {
	f.Add("812 (sh) S 7 1 1 0 -1 4194560 1 2 3 4 100 50 30 20 20 0 1 0 5\n")
	f.Add("1 ((a) b)) R 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := parseProcess(text)
		if err == nil && !strings.Contains(text, "("+p.Name+")") {
			t.Errorf("the name %q is not in %q", p.Name, text)
		}
	})
}

func FuzzParseStat(f *testing.F) {
	f.Add("cpu  100 5 50 800 20 1 4 20 7 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n")
	f.Add("cpu 1 2")
	f.Fuzz(func(t *testing.T, text string) {
		total, idle, steal := parseStat(text)
		if total < 0 || idle < 0 || steal < 0 || idle+steal > total*(1+1e-9) {
			t.Errorf("%q: total %v, idle %v, steal %v", text, total, idle, steal)
		}
	})
}
