package bench

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// writeSuites writes suites by name into a folder of their own.
func writeSuites(t *testing.T, suites map[string]string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for name, text := range suites {
		if err := os.WriteFile(filepath.Join(dir, name+".toml"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const otherSuite = `title = "o"
[source]
btree = "here"
[[include]]
suite = "s"
only = ["Storm"]
procs = [4]
seconds = 2.0
[[benchmark]]
name = "BTree"
package = "modules/btree/github.com/google/btree"
pattern = "^BenchmarkInsert$"
loads = "nodes"
[[benchmark.era]]
from = "go1.21"
package = "modules/btree-go1.21/github.com/google/btree"
[[benchmark.era]]
from = "go1.27"
none = "the module is no more"
`

func TestInclude(t *testing.T) {
	dir := writeSuites(t, map[string]string{"s": goodSuite, "o": otherSuite, "all": "title = 'a'\n[[include]]\nsuite = 'o'\n"})
	s, err := LoadSuite(dir, "all")
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Benchmarks) != 2 || s.Benchmarks[0].Name != "Storm" || s.Benchmarks[1].Name != "BTree" {
		t.Fatalf("benchmarks %+v", s.Benchmarks)
	}
	storm := s.Benchmarks[0]
	if len(storm.Procs) != 1 || storm.Procs[0] != 4 || storm.Seconds != 2 || storm.Pattern != "^BenchmarkStorm$" {
		t.Errorf("storm %+v, want its procs and seconds overridden", storm)
	}
	if len(s.Units) != 1 || s.Source["btree"] != "here" {
		t.Errorf("units %v and source %v, want those of the included suites", s.Units, s.Source)
	}
	// What is included is part of what a suite is.
	other := writeSuites(t, map[string]string{"s": strings.Replace(goodSuite, "mark start", "x", 1), "o": otherSuite, "all": "title = 'a'\n[[include]]\nsuite = 'o'\n"})
	if s2, err := LoadSuite(other, "all"); err != nil || s2.SHA256 == s.SHA256 {
		t.Errorf("an included file that differs gives the same digest (%v)", err)
	}
}

func TestIncludeErrors(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"missing", "[[include]]\nsuite = 'nope'\n", `t.toml: include 1 (nope): no suite "nope": there are`},
		{"circle", "[[include]]\nsuite = 't'\n", "a circle: t → t"},
		{"only", "[[include]]\nsuite = 's'\nonly = ['Strom']\n", `only names "Strom", which that suite does not have`},
		{"seconds", "[[include]]\nsuite = 's'\nseconds = -1.0\n", "seconds is -1"},
		{"twice", "[[include]]\nsuite = 's'\n[[include]]\nsuite = 's'\n", "another benchmark has that name"},
		{"unit", "[[include]]\nsuite = 's'\n[[unit]]\nname = 'p99-sec'\nkind = 'latency'\nbetter = 'higher'\n", "declared twice, and differently"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := LoadSuite(writeSuites(t, map[string]string{"s": goodSuite, "t": "title = 't'\n" + test.text}), "t")
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got error %v, want one with %q", err, test.want)
			}
		})
	}
}

func TestEra(t *testing.T) {
	dir := writeSuites(t, map[string]string{"s": goodSuite, "o": otherSuite})
	s, err := LoadSuite(dir, "o")
	if err != nil {
		t.Fatal(err)
	}
	const old, middle = "modules/btree/github.com/google/btree", "modules/btree-go1.21/github.com/google/btree"
	for _, test := range []struct{ version, want string }{
		{"go1.16.15\n", old},
		{"go1.20.14", old},
		{"go1.21.0\ntime 2023-08-08\n", middle},
		{"go1.26.9", middle},
		{"devel go1.26-0123abcd Mon Nov 2 2026", middle},
		{"go1.27rc1", ""}, // a release candidate is of the era it is a candidate for
		{"go1.27.4", ""},
		{"devel +0123abcd", ""},
	} {
		era, missing := s.In(test.version)
		got := ""
		for _, b := range era.Benchmarks {
			if b.Name == "BTree" {
				got = b.Package
			}
		}
		if got != test.want {
			t.Errorf("%q: package %q, want %q", test.version, got, test.want)
		}
		if (got == "") != (len(missing) == 1 && missing[0] == "BTree: the module is no more") {
			t.Errorf("%q: missing %q", test.version, missing)
		}
	}
}

func TestSuiteChecks(t *testing.T) {
	replace := func(old, new string) string { return strings.Replace(otherSuite, old, new, 1) }
	for _, test := range []struct{ name, text, want string }{
		{"module", replace("modules/btree/github.com/google/btree", "modules/btree"), "not of the form modules/NAME/PATH"},
		{"dots", replace("modules/btree/github.com/google/btree", "modules/../x/y"), "which is no path of a package"},
		{"era", replace("go1.21\"", "1.21\""), `era 1: from is "1.21", not a release`},
		{"order", replace("go1.27\"", "go1.20\""), "era 2: from go1.20 does not come after go1.21"},
		{"era package", replace("modules/btree-go1.21/", "mods/"), `era 1: package is "mods/`},
		{"layouts", "layouts = 99\n" + otherSuite, "layouts is 99, not between 1 and 16"},
		{"memory", "memory = '4 elephants'\n" + otherSuite, "not of the form 4GB"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := LoadSuite(writeSuites(t, map[string]string{"s": goodSuite, "o": test.text}), "o")
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got error %v, want one with %q", err, test.want)
			}
		})
	}
	if n, err := (&Suite{Memory: "1500MB"}).MemoryLimit(); n != 1500e6 || err != nil {
		t.Errorf("1500MB is %d bytes (%v)", n, err)
	}
}
