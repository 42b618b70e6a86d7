package results

import (
	"fmt"
	"strings"
	"testing"
)

// unplain returns text with its result lines as benchfmt reads them alike, but
// no Writer writes them.
func unplain(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if i := strings.IndexAny(line, " \t"); i >= 0 && strings.HasPrefix(line, "Benchmark") {
			line = line[:i] + " " + line[i:]
		}
		b.WriteString(line)
	}
	return b.String()
}

const plainRun = `goos: linux
protocol: abc
side: before
Sample: id=0 round=0 position=0 order=ABBA slot=0 tree=b binary=b
BenchmarkX-4 1 2 ns/op	3.5e-07 MB/s 0 p99-ns
side: after
Sample: id=1 round=0 position=0 order=ABBA slot=1 tree=a binary=a
BenchmarkX-4	1	12345678901 ns/op	7 allocs/op	1 p99-ns
`

func TestPlainResult(t *testing.T) {
	samples, _, err := parseSamples("f", []byte(plainRun))
	if err != nil || len(samples) != 2 {
		t.Fatal(samples, err)
	}
	if s := samples[1]; s.Benchmark != "X-4" || s.Side != After || s.Protocol != "abc" || s.Tree != "a" || s.Line != 8 ||
		fmt.Sprint(s.Values) != "[{12.345678901000001 sec/op} {7 allocs/op} {1e-09 p99-sec}]" {
		t.Errorf("%+v", s)
	}
	var p plainResult
	for line, want := range map[string]bool{
		"BenchmarkX 1 2 ns/op\n":           true,
		"BenchmarkX\t10\t2.5e+3\tB/op\n":   true,
		"Benchmark 1 2 ns/op\n":            false,
		"BenchmarkX 1 2 ns/op":             false, // no newline
		"BenchmarkX 1 2 ns/op \n":          false,
		"BenchmarkX  1 2 ns/op\n":          false,
		"BenchmarkX 1 2 ns/op\r\n":         false,
		"BenchmarkX 1\n":                   false,
		"BenchmarkX 1 2\n":                 false,
		"BenchmarkX 1 2 ns/op 3\n":         false,
		"BenchmarkX 1.5 2 ns/op\n":         false,
		"BenchmarkX 1 NaN ns/op\n":         false,
		"BenchmarkX 1 0x10 ns/op\n":        false,
		"BenchmarkX 1 1e999 ns/op\n":       false,
		"BenchmarkÄ 1 2 ns/op\n":           false,
		"side: before\n":                   false,
		"BenchmarkX 1 2 ns/op\n3 more\n":   false,
		"BenchmarkX 99999999999999999 1 x": false,
	} {
		if got := p.parse([]byte(line)); got != want {
			t.Errorf("%q: %v", line, got)
		}
	}
}

// Whoever reads a line, it reads the same.
func FuzzPlainResult(f *testing.F) {
	f.Add(plainRun)
	f.Add(strings.Replace(plainRun, "side: after\n", "side:\nside: after\nprotocol: d\n", 1))
	f.Add(strings.Replace(plainRun, "BenchmarkX-4\t", "BenchmarkX-4  ", 1) + "side: before\nBenchmarkY\nSample: id=2 round=1 position=0 order=ABAB slot=0\nBenchmarkX 1 1 x\n")
	f.Add(strings.Replace(plainRun, "side: after\n", "side: middle\n", 1))
	f.Fuzz(func(t *testing.T, text string) {
		plain, _, err1 := parseSamples("f", []byte(text))
		other, _, err2 := parseSamples("f", []byte(unplain(text)))
		if fmt.Sprint(plain, err1) != fmt.Sprint(other, err2) {
			t.Errorf("%v, %v\nby benchfmt:\n%v, %v", plain, err1, other, err2)
		}
	})
}
