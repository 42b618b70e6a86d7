package bench

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"patchbench/results"
)

const goodSuite = `title = "t"
[[benchmark]]
name = "Storm"
package = "programs/storm"
pattern = "^BenchmarkStorm$"
loads = "mark start"
procs = [2, 8]
seconds = 0.5
primary = ["p99-sec", "cpu-sec"]
[[benchmark]]
name = "JSON"
package = "std/encoding/json"
pattern = "^BenchmarkCodeUnmarshal$"
loads = "allocation"
[[unit]]
name = "p99-sec"
kind = "latency"
better = "lower"
`

func writeSuite(t *testing.T, text string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "s.toml"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestLoadSuite(t *testing.T) {
	s, err := LoadSuite(writeSuite(t, goodSuite), "s")
	if err != nil {
		t.Fatal(err)
	}
	if s.Name != "s" || len(s.SHA256) != 64 || len(s.Benchmarks) != 2 {
		t.Errorf("got %+v", s)
	}
	want := []results.Metric{{Unit: "p99-sec", Kind: results.Latency, Better: "lower"}, results.CPUMetric}
	if got := s.primary(&s.Benchmarks[0]); len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("primary = %+v, want %+v", got, want)
	}
	if got := s.primary(&s.Benchmarks[1]); len(got) != 3 || got[0] != results.OpMetric {
		t.Errorf("default primary = %+v", got)
	}
}

func TestMatching(t *testing.T) {
	s, err := LoadSuite(writeSuite(t, goodSuite), "s")
	if err != nil {
		t.Fatal(err)
	}
	part, err := s.Matching("^JS")
	if err != nil || len(part.Benchmarks) != 1 || part.Benchmarks[0].Name != "JSON" || part.Name != "s/^JS" || part.SHA256 == s.SHA256 || len(s.Benchmarks) != 2 {
		t.Errorf("%+v, %v", part, err)
	}
	for expr, want := range map[string]string{
		"Nope": `no benchmark of suite s matches "Nope"; it has Storm, JSON`,
		"(":    "which benchmarks of suite s: error parsing regexp: missing closing )",
	} {
		if _, err := s.Matching(expr); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", expr, err)
		}
	}
}

func TestLoadSuiteErrors(t *testing.T) {
	replace := func(old, new string) string { return strings.Replace(goodSuite, old, new, 1) }
	for _, test := range []struct{ name, text, want string }{
		{"syntax", "title = \n", "s.toml:1:"},
		{"unknown key", replace("loads =", "lods ="), `s.toml:6:1: unknown key benchmark.lods; README.md beside it`},
		{"type", replace("procs = [2, 8]", `procs = "2"`), "s.toml:7:"},
		{"empty", "title = 't'\n", "has no [[benchmark]] and no [[include]]"},
		{"name", replace(`"Storm"`, `"storm x"`), "benchmark 1 (storm x): name"},
		{"twice", replace(`"JSON"`, `"Storm"`), "benchmark 2 (Storm): another"},
		{"package", replace("std/enc", "enc"), `package is "encoding/json"`},
		{"pattern", replace("^BenchmarkStorm$", "("), "benchmark 1 (Storm): pattern:"},
		{"no pattern", replace(`pattern = "^BenchmarkStorm$"`, ""), "pattern is missing"},
		{"loads", replace(`loads = "allocation"`, ""), "loads is missing"},
		{"procs", replace("[2, 8]", "[0]"), "procs has 0"},
		{"seconds", replace("seconds = 0.5", "seconds = -1.0"), "seconds is -1"},
		{"primary", replace(`"cpu-sec"`, `"x/op"`), `primary unit "x/op" is not declared`},
		{"kind", replace(`"latency"`, `"speed"`), `unit 1 (p99-sec): kind is "speed"`},
		{"no title", replace("title =", "# title ="), "title is missing"},
		{"procs twice", replace("[2, 8]", "[2, 2]"), "procs has 2: each is given once"},
		{"procs too large", replace("[2, 8]", "[100000]"), "procs has 100000"},
		{"not a number of seconds", replace("seconds = 0.5", "seconds = nan"), "seconds is NaN"},
		{"primary twice", replace(`"cpu-sec"`, `"p99-sec"`), "primary has p99-sec twice"},
		{"an era of nothing", replace("[[unit]]", "[[benchmark.era]]\nfrom = 'go1.26'\n[[unit]]"), "era 1: it takes none, or what differs"},
		{"untidy unit", replace(`name = "p99-sec"`, `name = "p98-ns"`), `name is "p98-ns", which benchstat calls p98-sec`},
		{"better", replace(`better = "lower"`, `better = "less"`), `better is "less"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := LoadSuite(writeSuite(t, test.text), "s")
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got error %v, want one with %q", err, test.want)
			}
			if err != nil && strings.Contains(err.Error(), "\n") {
				t.Errorf("error is not one line: %q", err)
			}
		})
	}
	dir := writeSuite(t, goodSuite)
	for _, name := range []string{"nope", "../s", ""} {
		if _, err := LoadSuite(dir, name); err == nil || !strings.Contains(err.Error(), "there are s") {
			t.Errorf("LoadSuite(%q): %v, want the names there are", name, err)
		}
	}
}

// The suites of the project load, and what they name exists in every era.
func TestOwnSuites(t *testing.T) {
	names := SuiteNames("suites")
	if len(names) < 8 {
		t.Errorf("the suites are %q", names)
	}
	for _, name := range names {
		s, err := LoadSuite("suites", name)
		if err != nil {
			t.Error(err)
			continue
		}
		for _, b := range s.Benchmarks {
			for _, e := range append(slices.Clone(b.Eras), Era{Package: b.Package}) {
				if rest, ok := strings.CutPrefix(e.Package, programsPrefix); ok {
					if _, err := os.Stat(filepath.Join("programs", rest)); err != nil {
						t.Errorf("%s: %s: %v", name, b.Name, err)
					}
				}
				if _, err := PinnedVersion("modules", e.Package); err != nil {
					t.Errorf("%s: %s: %v", name, b.Name, err)
				}
			}
		}
	}
}
